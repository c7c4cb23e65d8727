// SPDX-License-Identifier: MIT
// Singular values and vectors of small matrices, by Jacobi's rotations: apart from the library, whose figures
// are compared with these, and compiled in no time.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Core>

namespace detail {

inline double dot(const double* u, const double* v, Eigen::Index n) {
  return std::inner_product(u, u + n, v, 0.0);
}

/// Turns two columns of n numbers in their plane until they are orthogonal. False if they were, as far as
/// rounding says.
inline bool turn(double* u, double* v, Eigen::Index n) {
  const double x = dot(u, u, n), y = dot(v, v, n), z = dot(u, v, n);
  if (std::abs(z) <= 1e-15 * std::sqrt(x * y)) return false;
  const double ratio = (y - x) / (2 * z),
               tangent = std::copysign(1 / (std::abs(ratio) + std::sqrt(1 + ratio * ratio)), ratio),
               c = 1 / std::sqrt(1 + tangent * tangent), s = c * tangent;
  for (Eigen::Index i = 0; i < n; ++i) {
    const double a = u[i], b = v[i];
    u[i] = c * a - s * b, v[i] = s * a + c * b;
  }
  return true;
}

}  // namespace detail

/// The columns u_i s_i of a = sum of u_i s_i v_i' with orthonormal u_i and v_i, the longest first: turned in
/// pairs until all are orthogonal (Hestenes 1958). As many as `a` has.
inline Eigen::MatrixXd orthogonal_columns(Eigen::MatrixXd a) {
  const Eigen::Index n = a.rows();
  const auto column = [&](Eigen::Index k) { return a.data() + k * n; };
  bool turned = true;
  for (int sweep = 0; turned && sweep < 60; ++sweep) {
    turned = false;
    for (Eigen::Index p = 0; p < a.cols(); ++p)
      for (Eigen::Index q = p + 1; q < a.cols(); ++q) turned |= detail::turn(column(p), column(q), n);
  }
  const auto length = [&](Eigen::Index k) { return detail::dot(column(k), column(k), n); };
  for (Eigen::Index k = 0; k < a.cols(); ++k)
    for (Eigen::Index l = k + 1; l < a.cols(); ++l)
      if (length(l) > length(k)) std::swap_ranges(column(k), column(k) + n, column(l));
  return a;
}
