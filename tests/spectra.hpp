// SPDX-License-Identifier: MIT
// Singular values and eigenvalues in long double, by Jacobi's methods: what the library's are compared with.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/core/rng.hpp"

namespace test {

using Wide = std::vector<long double>;

template <class S>
Wide widened(const std::vector<S>& w) {
  return Wide(w.begin(), w.end());
}

/// The columns u_i s_i of a matrix with the singular values s_i: rotated until all are orthogonal (Hestenes
/// 1958).
inline Wide orthogonal_columns(Wide a, std::size_t rows, std::size_t cols) {
  for (int sweep = 0; sweep < 60; ++sweep)
    for (std::size_t p = 0; p < cols; ++p)
      for (std::size_t q = p + 1; q < cols; ++q) {
        long double x = 0, y = 0, z = 0;
        for (std::size_t j = 0; j < rows; ++j)
          x += a[j * cols + p] * a[j * cols + p], y += a[j * cols + q] * a[j * cols + q],
              z += a[j * cols + p] * a[j * cols + q];
        if (z == 0) continue;
        const long double t = (y - x) / (2 * z),
                          tangent = std::copysign(1 / (std::abs(t) + std::sqrt(1 + t * t)), t),
                          c = 1 / std::sqrt(1 + tangent * tangent), s = c * tangent;
        for (std::size_t j = 0; j < rows; ++j) {
          const long double u = a[j * cols + p], v = a[j * cols + q];
          a[j * cols + p] = c * u - s * v, a[j * cols + q] = s * u + c * v;
        }
      }
  return a;
}

/// In descending order; as many as columns.
inline Wide singular_values(const Wide& w, std::size_t rows, std::size_t cols) {
  const Wide a = orthogonal_columns(w, rows, cols);
  Wide values(cols);
  for (std::size_t p = 0; p < cols; ++p) {
    for (std::size_t j = 0; j < rows; ++j) values[p] += a[j * cols + p] * a[j * cols + p];
    values[p] = std::sqrt(values[p]);
  }
  std::sort(values.rbegin(), values.rend());
  return values;
}
/// min(rows, cols) of them.
template <class S>
Wide singular_values(const std::vector<S>& w, espalier::Index rows, espalier::Index cols) {
  const auto m = static_cast<std::size_t>(rows), n = static_cast<std::size_t>(cols);
  Wide values = singular_values(widened(w), m, n);
  values.resize(std::min(m, n));
  return values;
}

/// The largest of a matrix by columns, which is its transpose by rows.
inline double two_norm(const espalier::Matrix<double>& w) {
  const std::vector<double> numbers(w.data(), w.data() + w.size());
  return static_cast<double>(singular_values(numbers, w.cols(), w.rows()).front());
}

/// Of a symmetric matrix, in descending order: A + c I is positive definite for large c, so that its singular
/// values are its eigenvalues.
template <class S>
Wide eigenvalues(const std::vector<S>& w, espalier::Index rows) {
  const auto n = static_cast<std::size_t>(rows);
  Wide a = widened(w);
  long double shift = 0;
  for (const long double x : a) shift += std::abs(x);
  for (std::size_t i = 0; i < n; ++i) a[i * n + i] += shift;
  Wide values = singular_values(a, n, n);
  for (long double& x : values) x -= shift;
  return values;
}

template <class S>
std::vector<S> random_weight(espalier::Index rows, espalier::Index cols, double scale, std::uint64_t seed) {
  espalier::Rng rng{seed};
  std::vector<S> w(static_cast<std::size_t>(rows * cols));
  for (S& x : w) x = static_cast<S>(scale * rng.normal());
  return w;
}

/// The policy's projection of a weight.
template <class P, class S>
std::vector<S> projected(const P& policy, std::vector<S> w, espalier::Index rows, espalier::Index cols) {
  std::vector<double> room(w.size() * 6 + 1);
  policy.project(espalier::Block<S>{w.data(), rows, cols}, room.data());
  return w;
}
template <class P, class S>
bool contains(const P& policy, const std::vector<S>& w, espalier::Index rows, espalier::Index cols) {
  const espalier::Block<const S> block{w.data(), rows, cols};
  std::vector<double> room(w.size() * 6 + 1);
  if constexpr (requires { policy.contains(block, room.data()); })
    return policy.contains(block, room.data());
  else
    return policy.contains(block);
}

inline std::vector<std::pair<espalier::Index, espalier::Index>> shapes() {
  return {{1, 1}, {1, 5}, {4, 1}, {3, 3}, {6, 2}, {9, 14}};
}

}  // namespace test
