// SPDX-License-Identifier: MIT
// Orthogonal initialization: the shorter side of every weight matrix starts orthonormal.
#pragma once

#include <Eigen/QR>
#include <algorithm>
#include <type_traits>

#include "espalier/core/error.hpp"
#include "espalier/init/initializer.hpp"

namespace espalier {

/// gain times a matrix with orthonormal rows (or columns, whichever are fewer), uniformly distributed among
/// those (Saxe et al. 2014; the signs of R's diagonal make it uniform: Mezzadri 2007). Computed in double.
struct Orthogonal {
  double gain = 1;

  void validate() const {
    if (!std::isfinite(gain) || gain == 0) detail::fail("Orthogonal", "a finite gain that is not 0", gain);
  }

  void operator()(auto& w, Index, Index, Rng& rng) const {
    using S = typename std::remove_cvref_t<decltype(w)>::Scalar;
    validate();
    const bool wide = w.cols() > w.rows();
    Matrix<double> tall(std::max(w.rows(), w.cols()), std::min(w.rows(), w.cols()));
    detail::fill_normal(tall, 1, rng);
    const Eigen::HouseholderQR<Matrix<double>> qr(tall);
    Matrix<double> q = qr.householderQ() * Matrix<double>::Identity(tall.rows(), tall.cols());
    for (Index i = 0; i < q.cols(); ++i) q.col(i) *= qr.matrixQR()(i, i) < 0 ? -gain : gain;
    if (wide)
      w = q.transpose().template cast<S>();
    else
      w = q.template cast<S>();
  }
};

static_assert(Initializer<Orthogonal>);

}  // namespace espalier
