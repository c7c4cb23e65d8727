// SPDX-License-Identifier: MIT
// The rows of a weight are orthonormal, or its columns where those are fewer.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "espalier/constraint/on_singular_values.hpp"
#include "espalier/kernel/singular_vectors.hpp"

namespace espalier {
namespace detail {

/// A bound on norm(Y Y' - I)_F, roundings covered. Infinity or NaN where a number is not finite.
inline double distance_from_orthonormal(const ShortRows& y) {
  double squares = 0, trace = 0;
  for (Index i = 0; i < y.count; ++i) {
    for (Index j = 0; j < i; ++j) {
      const double product = dot(y.row(i), y.row(j), y.length);
      squares += 2 * product * product;
    }
    const double own = dot(y.row(i), y.row(i), y.length);
    squares += (own - 1) * (own - 1), trace += own;
  }
  const double k = static_cast<double>(y.count), of_sums = static_cast<double>(y.length) / 8 + 12;
  return std::sqrt(squares) * (1 + k * k * roundoff<double>)+roundoff<double> * of_sums * trace;
}

/// The tolerance: rounding the weights, k = min(rows, cols), and sums of m = max(rows, cols) products.
template <Scalar S>
double orthonormal_tolerance(Index rows, Index cols) {
  const double k = static_cast<double>(std::min(rows, cols)), m = static_cast<double>(std::max(rows, cols));
  return 4 * roundoff<S> * std::sqrt(k) + roundoff<double> * k * (m / 4 + 24);
}

}  // namespace detail

/// G = I for the Gram matrix G of the rows, W W', or of the columns, W' W, where those are fewer: all
/// singular values are 1, and W keeps the lengths of inputs (or of gradients). The nearest such matrix of the
/// Euclidean norm, and of every scalar metric, is the polar factor U V' (Fan & Hoffman 1955; Higham
/// 2008, 8.1). The set is not convex.
///
/// Floats cannot be orthonormal exactly. It holds that
///
///   norm(G - I)_F <= 4 u sqrt(k) + v k (m / 4 + 24),   k = min(rows, cols), m = max(rows, cols),
///
/// with the unit of roundoff u of the weights and v = 2^-53, as a bound that is computed after every step
/// with its own roundings covered; weights within it are not touched. Where singular values are zero, several
/// points are nearest. The one taken completes the vectors by unit vectors: weights of zeros become the first
/// rows (or columns) of the unit matrix.
///
/// A step costs min(rows, cols)^2 max(rows, cols) multiplications for the bound, and about ten to twenty
/// times that for the polar factor, which every step needs that moves W.
struct Orthonormal {
  static constexpr std::string_view name = "Orthonormal";
  static constexpr bool of_singular_values = true, flat = true, corners = true;
  static constexpr Index room = detail::vectors_room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_singular_values<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    if (!(detail::largest_magnitude(w) <= 2)) return false;
    return detail::distance_from_orthonormal(detail::short_rows(w, 1, numbers)) <=
           detail::orthonormal_tolerance<S>(w.rows, w.cols);
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    if (!std::isfinite(detail::largest_magnitude(Block<const S>(w)))) return;
    for (int pass = 0; pass < 3; ++pass) {
      if (contains(Block<const S>(w), numbers)) return;
      detail::SingularVectors(Block<const S>(w), numbers).compose(w, [](double) { return 1; });
    }
    if (contains(Block<const S>(w), numbers)) return;
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i < w.cols; ++i) w.row(j)[i] = S(i == j);
  }

  Orthogonal initializer() const { return {}; }

  bool operator==(const Orthonormal&) const = default;
};

}  // namespace espalier
