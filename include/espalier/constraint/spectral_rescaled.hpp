// SPDX-License-Identifier: MIT
// Weights whose 2-norm is at most 1, whatever is stored.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/spectral_rescale.hpp"

namespace espalier {

/// W = bound P / t, each row of P by its own t_i = (sum_j |(P P')^(2^(n-1))|_ij)^(1 / 2^n); of P with more
/// rows than columns, each column by that of P' P. norm(W)_2 <= bound for every P, in exact arithmetic,
/// without an iteration that would have to converge: t is raised by what roundings can have done. n = 1 is
/// AOL (Prach & Lampert 2022, theorem 1); the larger n, the closer is the largest singular value to `bound`,
/// at one product of k x k each, k the shorter side. W does not depend on the scale of P. A zero row stays
/// zero and takes no gradient; where a number of the power is zero, its part of the gradient is. `assign`
/// takes a W that is its own P, as one with orthogonal rows of length `bound`.
struct SpectralRescaled {
  int n = 4;
  double bound = 1;

  static constexpr std::string_view name = "SpectralRescaled";

  Index room_for(Index rows, Index cols) const {
    const Index k = std::min(rows, cols);
    return 2 * (rows * cols + k) + detail::rescale_room(k, n);
  }

  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double* room) const {
    const double largest = detail::largest_magnitude(p);
    if (!usable(largest, w)) return;
    const Parts all = parts(p, largest, room);
    all.rows.divisors(all.t);
    for (Index i = 0; i < all.y.count; ++i)
      ArrayMap<double>(all.y.row(i), all.y.length) *= reached<S>(all.y) / all.t[i];
    detail::write_short_rows(all.y, 1, w);
  }

  template <Scalar S>
  void pull_back(Block<const S> p, Block<const S>, Block<S> dw, double* room) const {
    const double largest = detail::largest_magnitude(p);
    if (!usable(largest, dw)) return;
    const Parts all = parts(p, largest, room);
    const detail::ShortRows& y = all.y;
    const detail::ShortRows g = detail::short_rows(Block<const S>(dw), 1, all.g);
    all.rows.divisors(all.t);
    for (Index i = 0; i < y.count; ++i) {
      const double factor = reached<S>(y) / all.t[i], along = detail::dot(g.row(i), y.row(i), y.length);
      ArrayMap<double> row(g.row(i), y.length);
      row *= (ArrayMap<double>(y.row(i), y.length) == 0).all() ? 0 : factor;
      all.dt()[i] = -along * factor / all.t[i];
    }
    all.rows.add_gradient(all.t, all.dt(), g.data);
    detail::write_short_rows(g, scale_of(largest), dw);
  }

  template <Scalar S>
  bool parameter(Block<S> w, double* room) const {
    const double largest = detail::largest_magnitude(Block<const S>(w));
    if (largest == 0 || !std::isfinite(largest)) return largest == 0;
    const Parts all = parts(Block<const S>(w), largest, room);
    all.rows.divisors(all.t);
    const double tolerance = 4 * detail::rescale_slack(all.y.count, all.y.length, detail::roundoff<S>);
    for (Index i = 0; i < all.y.count; ++i) {
      const bool zero = (ArrayMap<double>(all.y.row(i), all.y.length) == 0).all();
      if (!zero && !(std::abs(reached<S>(all.y) * scale_of(largest) / all.t[i] - 1) <= tolerance))
        return false;
    }
    return true;
  }

  void validate() const {
    if (n < 1 || n > 10) detail::fail(name, "n from 1 to 10", n);
    detail::check_positive_float(name, "bound", bound);
  }

  void describe(auto&& f) const { f("n", static_cast<double>(n)), f("bound", bound); }

  bool operator==(const SpectralRescaled&) const = default;

 private:
  /// P in double, with numbers near 1 and its shorter side as rows, and what is computed of it.
  struct Parts {
    detail::ShortRows y;
    double *g, *t;
    detail::RescaledRows<double> rows;

    double* dt() const { return t + y.count; }
  };
  template <Scalar S>
  Parts parts(Block<const S> p, double largest, double* room) const {
    const detail::ShortRows y = detail::short_rows(p, scale_of(largest), room);
    double *const g = room + p.size(), *const t = g + p.size();
    return {y, g, t, {y, n, t + 2 * y.count}};
  }

  /// Zeros and what is not finite stay so.
  template <Scalar S>
  static bool usable(double largest, Block<S> result) {
    if (largest > 0 && std::isfinite(largest)) return true;
    std::fill_n(result.data, result.size(), largest == 0 ? S(0) : std::numeric_limits<S>::quiet_NaN());
    return false;
  }
  /// A power of 2 whose inverse is a normal number, too.
  static double scale_of(double largest) {
    return std::ldexp(1.0, -std::clamp(std::ilogb(largest), -1022, 1022));
  }
  /// The largest singular value that is aimed at, below `bound` by all roundings.
  template <Scalar S>
  double reached(const detail::ShortRows& y) const {
    return bound * (1 - detail::rescale_slack(y.count, y.length, detail::roundoff<S>));
  }
};

}  // namespace espalier
