// SPDX-License-Identifier: MIT
// Divisors t_i of the rows of a matrix Y, after which its 2-norm is surely at most 1, and their gradient.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/small_rows.hpp"

namespace espalier::detail {

/// Doubles that RescaledRows works in, for `count` rows and n powers.
inline Index rescale_room(Index count, int n) { return count * (count * (n + 2) + 1) + n; }

/// With A = Y Y' and m = 2^(n-1), t_i = (sum_j |A^m|_ij)^(1 / 2m): A^m <= diag(t^2m) since its row sums are
/// those of a diagonally dominant matrix, and so A <= diag(t^2), since roots keep the order of positive
/// matrices. n = 1 is Prach & Lampert 2022, theorem 1. Powers are by squaring; each is scaled by a power
/// of 2.
template <std::same_as<double> R>
struct RescaledRows {
  ShortRows y;
  int n;
  R* room;

  /// Writes t.
  void divisors(R* t) const {
    const Index k = y.count;
    product_of_rows(y.data, y.data, k, k, y.length, power(0));
    R exponent = 0;
    for (int level = 1; level < n; ++level) {
      R* const a = power(level);
      product_of_rows(power(level - 1), power(level - 1), k, k, k, a);  // it is symmetric
      const R scale = scale_of(level);
      exponent = 2 * exponent - std::log2(scale);
      ArrayMap<R>(a, k * k) *= scale;
    }
    R* const sums = this->sums();
    const R root = std::ldexp(1.0, -n);
    for (Index i = 0; i < k; ++i) {
      sums[i] = std::max(ConstArrayMap<R>(power(n - 1) + i * k, k).abs().sum(), least);
      t[i] = std::exp2(exponent * root) * std::pow(sums[i], root);
    }
  }

  /// Adds to the gradient of Y what it gets through t, whose gradient is dt. Needs the powers of `divisors`.
  void add_gradient(const R* t, const R* dt, R* dy) const {
    const Index k = y.count;
    R *const h = power(n), *const product = power(n + 1), *const sums = this->sums();
    const R root = std::ldexp(1.0, -n);
    for (Index i = 0; i < k; ++i) {
      const R slope = sums[i] > least ? dt[i] * t[i] * root / sums[i] : 0;
      for (Index j = 0; j < k; ++j) {
        const R a = power(n - 1)[i * k + j];
        h[i * k + j] = a > 0 ? slope : a < 0 ? -slope : 0;
      }
    }
    symmetrize(h);
    for (int level = n - 1; level > 0; --level) {
      row_product(h, power(level - 1), k, k, k, product);
      const R scale = 2 * scales()[level];
      for (Index i = 0; i < k * k; ++i) h[i] = scale * product[i];
      symmetrize(h);
    }
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < k; ++j) add_multiple(dy + i * y.length, 2 * h[i * k + j], y.row(j), y.length);
  }

 private:
  /// Sums below are raised to it: further down the roundings of denormal numbers would count.
  static constexpr R least = 0x1p-900;

  R* power(int level) const { return room + level * y.count * y.count; }
  R* sums() const { return power(n + 2); }
  R* scales() const { return sums() + y.count; }

  /// The power of 2 that brings the largest number of a power near 1, kept for the way back.
  R scale_of(int level) const {
    const R largest = ConstArrayMap<R>(power(level), y.count * y.count).abs().maxCoeff();
    const R scale = largest > 0 && std::isfinite(largest) ? inverse_power_of_two(largest) : 1;
    return scales()[level] = scale;
  }
  void symmetrize(R* h) const {
    for (Index i = 0; i < y.count; ++i)
      for (Index j = 0; j < i; ++j)
        h[i * y.count + j] = h[j * y.count + i] = (h[i * y.count + j] + h[j * y.count + i]) / 2;
  }
};

/// How much t must be larger than computed, in units of it. Computed products Y_i Y_j are off by c u |Y_i|
/// |Y_j|, so that the matrix of the errors is at most c u k diag(A); likewise in every squaring, where A_ii
/// of the next power is the squared norm of row i. The largest of k roundings of W to S is sqrt(k) of its
/// norm.
inline double rescale_slack(Index count, Index length, double unit_of_w) {
  const double k = static_cast<double>(count),
               of_sums = static_cast<double>(std::max(count, length)) / 8 + 20;
  return roundoff<double> * (k * (of_sums + 1) + 100) + unit_of_w * (std::sqrt(k) + 1);
}

}  // namespace espalier::detail
