// SPDX-License-Identifier: MIT
// Upper bounds of the norms of a matrix, with all roundings covered: they may be too large by a few units of
// roundoff, and are never too small.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/kernel/eigenvectors.hpp"
#include "espalier/kernel/spectral_bound.hpp"
#include "espalier/kernel/upward.hpp"

namespace espalier::detail {

/// The largest sum of magnitudes of a row: norm(W)_inf.
inline double infinity_norm_above(Block<const double> w) {
  double most = 0;
  for (Index j = 0; j < w.rows; ++j)
    most = std::max(most, sum_of_above(w.cols, [&](Index i) { return std::abs(w.row(j)[i]); }));
  return most;
}

/// The largest sum of magnitudes of a column: norm(W)_1.
inline double one_norm_above(Block<const double> w) {
  std::vector<double> sums(static_cast<std::size_t>(w.cols));
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i) sums[static_cast<std::size_t>(i)] += std::abs(w.row(j)[i]);
  double most = 0;
  for (const double sum : sums) most = std::max(most, total_above(sum, w.rows));
  return most;
}

/// norm(W)_2 <= norm(W)_F and norm(W)_2^2 <= norm(W)_1 norm(W)_inf.
inline double simple_norm_above(Block<const double> w) {
  const double sums = product_above(root_above(one_norm_above(w)), root_above(infinity_norm_above(w)));
  return std::min(norm_above(w.data, w.size()), sums);
}

/// The largest eigenvalue of a tridiagonal matrix, to roundoff, by counting those above.
inline double largest_of_tridiagonal(const std::vector<double>& diagonal, const std::vector<double>& beside) {
  double lo = 0, hi = 0;
  const std::size_t n = diagonal.size();
  for (std::size_t i = 0; i < n; ++i)
    hi = std::max(hi, diagonal[i] + (i > 0 ? beside[i - 1] : 0) + (i + 1 < n ? beside[i] : 0));
  const auto all_below = [&](double x) {
    double pivot = x - diagonal[0];
    for (std::size_t i = 1; i < n && pivot > 0; ++i)
      pivot = x - diagonal[i] - beside[i - 1] * beside[i - 1] / pivot;
    return pivot > 0;
  };
  for (int step = 0; step < 70 && lo < hi; ++step) {
    const double middle = lo + (hi - lo) / 2;
    (all_below(middle) ? hi : lo) = middle;
  }
  return hi;
}

/// An estimate of norm(y)_2, most often right to roundoff, and mostly from below: Lanczos' method on Y Y'
/// (Golub & Van Loan 2013, 10.1), without making its vectors orthogonal again, which the largest value does
/// not need.
inline double estimated_norm(const ShortRows& y) {
  constexpr Index most = 400, between = 8;
  const auto k = static_cast<std::size_t>(y.count);
  std::vector<double> v(k), before(k), next(k), long_side(static_cast<std::size_t>(y.length)), diagonal,
      beside;
  Rng rng(1);
  for (double& x : v) x = rng.normal();
  double size = norm(v.data(), y.count), found = 0;
  for (Index step = 1; step <= std::min(most, 2 * y.count + 8); ++step) {
    for (double& x : v) x /= size;
    std::fill(long_side.begin(), long_side.end(), 0.0);
    for (Index i = 0; i < y.count; ++i)
      add_multiple(long_side.data(), v[static_cast<std::size_t>(i)], y.row(i), y.length);
    for (Index i = 0; i < y.count; ++i)
      next[static_cast<std::size_t>(i)] = dot(y.row(i), long_side.data(), y.length);
    diagonal.push_back(dot(v.data(), next.data(), y.count));
    add_multiple(next.data(), -diagonal.back(), v.data(), y.count);
    if (step > 1) add_multiple(next.data(), -size, before.data(), y.count);
    size = norm(next.data(), y.count);
    if (step % between == 0 || step <= between) {
      const double earlier = std::exchange(found, largest_of_tridiagonal(diagonal, beside));
      if (!(size > 1e-14 * found) || (step % between == 0 && found <= earlier * (1 + 4 * roundoff<double>)))
        break;
    }
    beside.push_back(size);
    before.swap(v), v.swap(next);
  }
  return std::sqrt(found);
}

/// An upper bound of norm(W)_2, within about spectral_slack of it: an estimate, and Cholesky factors that
/// prove what is a little more (spectral_bound.hpp). Time: the Gram matrix of the shorter side and a
/// factorization of it or a few.
inline double spectral_norm_above(Block<const double> w) {
  const double largest = largest_magnitude(w), simple = simple_norm_above(w);
  if (largest == 0 || !std::isfinite(simple) || std::min(w.rows, w.cols) == 1) return simple;
  const double scale = inverse_power_of_two(simple);  // norms are from 1 to 2
  const auto size = static_cast<std::size_t>(w.size());
  if (!(scale > 0x1p-1021) || !std::isfinite(scale)) return simple;
  std::vector<double> numbers(size);
  const ShortRows y = short_rows(w, scale, numbers.data());
  std::vector<double> gram(static_cast<std::size_t>(y.count * y.count));
  const double estimate = estimated_norm(y), slack = spectral_slack(w.rows, w.cols);
  for (double more = slack; more < 1e-2; more *= 16) {
    const double bound = estimate * (1 + more + 4 * roundoff<double>);
    if (surely_shorter_than(y, bound, gram.data())) return std::min(simple, above(bound / scale));
  }
  return simple;
}

}  // namespace espalier::detail
