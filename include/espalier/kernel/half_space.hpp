// SPDX-License-Identifier: MIT
// The nearest point of a half-space, in a diagonal metric and together with policies of elements: one
// multiplier.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/kernel/compare_dot.hpp"
#include "espalier/kernel/falling_root.hpp"

namespace espalier::detail {

/// min sum (x_i - y_i)^2 / (2 t_i) + h_i(x_i)  over x_i in an interval I_i and sum a_i x_i <= bound. With a
/// multiplier mu >= 0 the coordinates come apart: x_i(mu) = P_I_i(prox_h_i(y_i - mu a_i t_i, t_i)), and
/// sum a_i x_i(mu) falls with mu (theorem T1 of the policies; h_i is any penalty with a prox).
template <Scalar S, class Elements>
class HalfSpaceProjection {
 public:
  HalfSpaceProjection(const Elements& elements, const double* a, S* row, Index n, Steps<S> steps,
                      double bound)
      : elements_(elements), intervals_(elements), a_(a), row_(row), n_(n), steps_(steps), bound_(bound) {
    for (Index i = 0; i < n; ++i) total_ += a[i] * a[i] * static_cast<double>(steps[i]);
    for (Index i = 0; i < n; ++i) least_ = std::max(least_, static_cast<double>(steps[i]));
    least_ *= 0x1p-100;
    even_ = !(total_ > 0 && std::isfinite(total_));
    if (!even_) return;
    total_ = 0;
    for (Index i = 0; i < n; ++i) total_ += a[i] * a[i];
  }

  /// Turns y, in the row, into x.
  void operator()() {
    solve();
    for (Index i = 0; i < n_; ++i) row_[i] = static_cast<S>(at(i));
    settle();
  }
  /// Makes good what rounding did to a row that is nearly in the half-space.
  void settle() {
    for (Index pass = 0; pass < n_ + 16 && !ComparedDot<S>(a_, row_, n_).at_most(bound_); ++pass)
      if (!move_one(true) && !move_one(false)) return;
  }

 private:
  /// A step size of zero holds its weight as good as fast.
  double step(Index i) const { return even_ ? 1 : std::max(static_cast<double>(steps_[i]), least_); }
  /// x_i(mu)
  double at(Index i) const {
    const double factor = a_[i] * step(i);
    double moved = std::fma(-mu_, factor, static_cast<double>(row_[i]));
    if constexpr (std::same_as<S, double>) moved -= mu_ * std::fma(a_[i], step(i), -factor) + rest_ * factor;
    return intervals_[i].clamp(elements_.at(i).prox(moved, static_cast<double>(steps_[i])));
  }
  /// Does x_i follow when mu changes a little? It rests at the ends of its interval, and at the kinks of
  /// penalties, which are at zero.
  bool is_free(Index i, double x) const {
    return a_[i] != 0 && intervals_[i].strictly_inside(x) && (x != 0 || Elements::none);
  }

  ValueAndSlope excess() const {
    double sum = -bound_, slope = 0, size = std::abs(bound_);
    for (Index i = 0; i < n_; ++i) {
      const double x = at(i);
      sum += a_[i] * x, size += std::abs(a_[i] * x);
      if (is_free(i, x)) slope -= a_[i] * a_[i] * step(i);
    }
    return {sum, slope, (std::same_as<S, float> ? 0x1p-40 : 0x1p-52) * size};
  }
  void solve() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double stride = excess().value / total_;
    if (!(stride > 0 && std::isfinite(stride))) return;
    mu_ = falling_root({0, 0, infinity, stride}, [&](double mu) {
      mu_ = mu;
      return excess();
    });
    if constexpr (std::same_as<S, double>) {
      const ValueAndSlope last = excess();
      const double rest = last.value / -last.slope;
      if (std::abs(rest) <= 4 * std::numeric_limits<double>::epsilon() * mu_) rest_ = rest;
    }
  }

  /// Rounding leaves the sum off by about sqrt(n) units in the last place of its largest term: that takes all
  /// of it, as far as it may. With `only_free` not one that rests. Was there any?
  bool move_one(bool only_free) {
    // The bound does not hold: it is missed by no less than can be told.
    const ComparedDot<S> sum(a_, row_, n_);
    const double excess = std::max(sum.excess(bound_), sum.resolution());
    if (!std::isfinite(excess)) return false;
    Index best = -1;
    double size = 0;
    S result = 0;
    for (Index i = 0; i < n_; ++i) {
      const double term = std::abs(a_[i] * static_cast<double>(row_[i]));
      if (a_[i] == 0 || (only_free && !is_free(i, static_cast<double>(row_[i]))) ||
          (best >= 0 && term <= size))
        continue;
      const S moved = lowered(i, excess);
      if (moved != row_[i]) best = i, size = term, result = moved;
    }
    if (best >= 0) row_[best] = result;
    return best >= 0;
  }
  /// x_i with a_i x_i lower by `excess`, or by a little more, in its interval.
  S lowered(Index i, double excess) const {
    const S away = a_[i] > 0 ? std::numeric_limits<S>::lowest() : std::numeric_limits<S>::max();
    const double wanted = static_cast<double>(row_[i]) - excess / a_[i];
    S moved = static_cast<S>(std::clamp(wanted, static_cast<double>(std::numeric_limits<S>::lowest()),
                                        static_cast<double>(std::numeric_limits<S>::max())));
    if (moved == row_[i] || (a_[i] > 0) == (static_cast<double>(moved) > wanted))
      moved = std::nextafter(moved, away);
    return static_cast<S>(intervals_[i].clamp(static_cast<double>(moved)));
  }

  const Elements& elements_;
  Intervals<S, Elements> intervals_;
  const double* a_;
  S* row_;
  Index n_;
  Steps<S> steps_;
  double bound_, total_ = 0, least_ = 0;
  double mu_ = 0, rest_ = 0;  // of double, where x is much smaller than y, one number is not enough
  bool even_ = false;         // no step size says what is near: all are alike
};

}  // namespace espalier::detail
