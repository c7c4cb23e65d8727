// SPDX-License-Identifier: MIT
// Orthogonal initialization: the shorter side of every weight matrix starts orthonormal.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/error.hpp"
#include "espalier/init/initializer.hpp"

namespace espalier {
namespace detail {

/// Makes the columns of `a` orthonormal: the Q of A = QR whose R has a positive diagonal. Every column loses
/// its part along the columns before it twice, after which it is orthogonal to them to a few units of
/// roundoff (Giraud et al. 2005), unless the columns are dependent: normal ones are with probability 0.
template <std::same_as<double> D>
void orthonormalize(Matrix<D>& a) {
  for (Index j = 0; j < a.cols(); ++j) {
    for (int pass = 0; pass < 2; ++pass)
      for (Index i = 0; i < j; ++i) {
        D along = 0;
        for (Index k = 0; k < a.rows(); ++k) along += a(k, i) * a(k, j);
        for (Index k = 0; k < a.rows(); ++k) a(k, j) -= along * a(k, i);
      }
    D square = 0;
    for (Index k = 0; k < a.rows(); ++k) square += a(k, j) * a(k, j);
    const D length = std::sqrt(square);
    for (Index k = 0; k < a.rows(); ++k) a(k, j) /= length;
  }
}

}  // namespace detail

/// gain times a matrix with orthonormal rows (or columns, whichever are fewer), uniformly distributed among
/// those (Saxe et al. 2014; that R's diagonal is positive makes it uniform: Mezzadri 2007). Computed in
/// double.
struct Orthogonal {
  double gain = 1;

  void validate() const {
    if (!std::isfinite(gain) || gain == 0) detail::fail("Orthogonal", "a finite gain that is not 0", gain);
  }

  template <class W, std::same_as<double> D = double>
  void operator()(W& w, Index, Index, Rng& rng) const {
    validate();
    const bool wide = w.cols() > w.rows();
    Matrix<D> tall(std::max(w.rows(), w.cols()), std::min(w.rows(), w.cols()));
    detail::fill_normal(tall, 1, rng);
    detail::orthonormalize(tall);
    if (wide)
      w = (gain * tall.transpose()).template cast<typename W::Scalar>();
    else
      w = (gain * tall).template cast<typename W::Scalar>();
  }
};

/// s U V' with U and V of `rank` orthonormal columns each, both uniformly distributed: `rank` singular values
/// s, the others zero. Sums keep their variance as with HeNormal, norm(W)_F^2 = 2 rows, unless s times the
/// rank would be more than `most_sum`. A rank above min(rows, cols) means that. Computed in double.
struct OrthogonalFactors {
  Index rank = std::numeric_limits<Index>::max();
  double most_sum = std::numeric_limits<double>::infinity();

  template <class W, std::same_as<double> D = double>
  void operator()(W& w, Index, Index, Rng& rng) const {
    const Index columns = std::min({rank, w.rows(), w.cols()});
    if (columns == 0) return;
    const D k = static_cast<D>(columns), value = std::sqrt(2 * static_cast<D>(w.rows()) / k);
    Matrix<D> left(w.rows(), columns), right(w.cols(), columns);
    for (Matrix<D>* const factor : {&left, &right}) {
      detail::fill_normal(*factor, 1, rng);
      detail::orthonormalize(*factor);
    }
    w = (std::min(value, most_sum / k) * left * right.transpose()).template cast<typename W::Scalar>();
  }
};

}  // namespace espalier
