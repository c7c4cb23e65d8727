// SPDX-License-Identifier: MIT
// The nearest point with a given sum, or sum of magnitudes, in a diagonal metric and together with policies
// of elements: one multiplier.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/kernel/compare_sum.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier::detail {

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I and sum x = bound, or sum |x| <=
/// bound. With a multiplier mu the coordinates come apart: x_i(mu) = P_I(prox_h(s_i, t_i)), where s_i is y_i
/// - mu t_i, or for magnitudes y_i moved by mu t_i toward zero. The sum falls with mu. `magnitudes` needs an
/// h that is zero at zero and linear on either side of it.
template <bool magnitudes, Scalar S, class Elements>
class SumProjection {
 public:
  SumProjection(const Elements& elements, const Intervals<S, Elements>& intervals, S* row, Index n,
                Steps<S> steps, double bound)
      : elements_(elements), intervals_(intervals), row_(row), n_(n), steps_(steps), bound_(bound) {
    double total = steps.each ? sum_of_steps() : static_cast<double>(n) * static_cast<double>(steps.uniform);
    even_ = !(total > 0 && std::isfinite(total));
    total_ = even_ ? static_cast<double>(n) : total;
    least_ = total_ * 0x1p-100;
  }

  /// Turns y, in the row, into x.
  void operator()() {
    solve();
    each([&](Index i, const Line<double>& x, const Line<double>&) { store_narrow(x, row_ + i); },
         [&](Index i, double x) { row_[i] = static_cast<S>(x); });
    settle();
  }

  /// Makes good what rounding has done to the sum of the row.
  void settle() {
    for (Index pass = 0; pass < n_ + 16 && !holds(); ++pass)
      if (!move_one(true) && !move_one(false)) return;
  }

 private:
  /// mu as an unevaluated sum: where x is much smaller than y, one double is not enough.
  struct Multiplier {
    double high = 0, low = 0;
  };

  /// A step size of zero holds its weight as good as fast.
  double step(Index i) const { return even_ ? 1 : std::max(static_cast<double>(steps_[i]), least_); }
  /// y_i - mu t_i, rounded about once.
  double lowered(double y, double t) const {
    if constexpr (std::same_as<S, double>)
      return std::fma(-mu_.high, t, y) - mu_.low * t;
    else
      return y - mu_.high * t;
  }
  /// x_i(mu)
  double at(Index i) const {
    const double y = row_[i], t = step(i);
    double moved = magnitudes ? std::copysign(std::max(lowered(std::abs(y), t), 0.0), y) : lowered(y, t);
    if (y != y) moved = y;
    return intervals_[i].clamp(elements_.at(i).prox(moved, static_cast<double>(steps_[i])));
  }
  /// Does x_i follow when mu changes a little? It rests at the ends of the interval, and at the kinks of
  /// magnitudes and penalties, which are at zero.
  bool is_free(Index i, double x) const {
    return intervals_[i].strictly_inside(x) && (x != 0 || !(magnitudes || !Elements::none));
  }

  /// The same for a line of weights, with their step sizes.
  EIGEN_ALWAYS_INLINE Line<double> lowered(const Line<double>& y, const Line<double>& t) const {
    if constexpr (std::same_as<S, double>)
      return fused(-mu_.high, t, y) - mu_.low * t;
    else
      return y - mu_.high * t;
  }
  EIGEN_ALWAYS_INLINE Line<double> at(const WideInterval& interval, const Line<double>& y,
                                      const Line<double>& t) const {
    const Line<double> step = even_ ? Line<double>(1.0) : t.max(least_),
                       moved = magnitudes ? lowered(y.abs(), step).max(0.0) * y.sign() : lowered(y, step);
    if constexpr (Elements::none || !Elements::alike)
      return interval.clamp(moved);
    else
      return interval.clamp(elements_.prox(moved, t));
  }

  /// lines(i, x, t) for the weights from the i-th on, a line of doubles at a time, and single(i, x) for the
  /// rest.
  template <class Lines, class Single>
  EIGEN_ALWAYS_INLINE void each(Lines&& lines, Single&& single) const {
    constexpr Index length = line_length<S>;
    const Index whole = Elements::alike ? n_ / length * length : 0;
    const WideInterval interval(intervals_.common());
    const WideLine<S> uniform = widened(Line<S>(steps_.uniform));
    for (Index i = 0; i < whole; i += length) {
      const WideLine<S> y = widened(Line<S>::load(row_ + i)),
                        t = steps_.each ? widened(Line<S>::load(steps_.each + i)) : uniform;
      unrolled<std::tuple_size_v<WideLine<S>>>([&](auto k) __attribute__((always_inline)) {
        lines(i + k * Line<double>::size, at(interval, y[k], t[k]), t[k]);
      });
    }
    for (Index i = whole; i < n_; ++i) single(i, at(i));
  }

  double sum_of_steps() const {
    constexpr Index length = line_length<S>;
    const Index whole = n_ / length * length;
    Line<double> sums = 0.0;
    for (Index i = 0; i < whole; i += length)
      for (const Line<double>& t : widened(Line<S>::load(steps_.each + i))) sums += t;
    double sum = sums.sum();
    for (Index i = whole; i < n_; ++i) sum += static_cast<double>(steps_.each[i]);
    return sum;
  }

  ValueAndSlope excess() const {
    const WideInterval interval(intervals_.common());
    Line<double> sums = 0.0, sizes = 0.0, free = 0.0;
    double sum = -bound_, slope = 0, size = std::abs(bound_);
    each(
        [&](Index, const Line<double>& x, const Line<double>& t) __attribute__((always_inline)) {
          sums += magnitudes ? x.abs() : x, sizes += x.abs();
          Line<double> follows = interval.strictly_inside(x);
          if constexpr (magnitudes || !Elements::none) follows *= Line<double>::differ(x, 0.0);
          free += even_ ? follows : follows * t.max(least_);
        },
        [&](Index i, double x) {
          sum += magnitudes ? std::abs(x) : x, size += std::abs(x);
          if (is_free(i, x)) slope -= step(i);
        });
    sum += sums.sum(), size += sizes.sum(), slope -= free.sum();
    // A float is rounded much more coarsely than this.
    return {sum, slope, (std::same_as<S, float> ? 0x1p-40 : 0x1p-52) * size};
  }

  void solve() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const ValueAndSlope first = excess();
    ValueAndSlope last = first;
    const double stride = std::abs(first.value) / total_;
    if (!(stride > 0 && std::isfinite(stride))) return;
    const RootSearch search{0, magnitudes ? 0 : -infinity, infinity, stride};
    mu_.high = falling_root(search, [&](double mu) {
      mu_.high = mu;
      return last = excess();
    });
    // Between neighboring doubles all may come to rest at once: then the root is on the side where they move.
    if (last.value < 0 && last.slope == 0) mu_.high = std::nextafter(mu_.high, -infinity);
    if constexpr (std::same_as<S, double>) {
      last = excess();
      const double rest = last.value / -last.slope;
      if (std::abs(rest) <= 4 * std::numeric_limits<double>::epsilon() * std::abs(mu_.high)) mu_.low = rest;
    }
  }

  bool holds() const { return magnitudes ? sum_of_sizes_holds(row_, n_, bound_) : sum_is(row_, n_, bound_); }

  /// Rounding leaves the sum off by about sqrt(n) units in the last place of its largest number: that takes
  /// all of it, as far as it may. With `only_free` not one that rests. Was there any? A bound that does not
  /// hold is missed by no less than can be told: the number may be so small that units of its own lead
  /// nowhere.
  bool move_one(bool only_free) {
    const ComparedSum<magnitudes, S> sum(row_, n_);
    const double above = sum.excess(bound_), excess = magnitudes ? std::max(above, sum.resolution()) : above;
    if (!std::isfinite(excess)) return false;
    Index best = -1;
    S result = 0;
    for (Index i = 0; i < n_; ++i) {
      if (best >= 0 && !(std::abs(row_[i]) > std::abs(row_[best]))) continue;
      if (only_free && !is_free(i, static_cast<double>(row_[i]))) continue;
      const S moved = magnitudes ? shortened(i, excess) : lowered_by(i, excess);
      if (moved != row_[i]) best = i, result = moved;
    }
    if (best < 0) return false;
    row_[best] = result;
    return true;
  }
  S lowered_by(Index i, double excess) const {
    const S lowered = static_cast<S>(static_cast<double>(row_[i]) - excess);
    return static_cast<S>(intervals_[i].clamp(static_cast<double>(lowered)));
  }
  S shortened(Index i, double excess) const {
    const S x = row_[i];
    const double wanted = std::max(std::abs(static_cast<double>(x)) - excess, 0.0);
    S size = static_cast<S>(wanted);
    if (size > 0 && (static_cast<double>(size) > wanted || size >= std::abs(x)))
      size = std::nextafter(size, S(0));
    return static_cast<S>(intervals_[i].clamp(static_cast<double>(std::copysign(size, x))));
  }

  const Elements& elements_;
  Intervals<S, Elements> intervals_;
  S* row_;
  Index n_;
  Steps<S> steps_;
  double bound_, total_ = 0, least_ = 0;
  bool even_ = false;  // no step size says what is near: all are alike
  Multiplier mu_;
};

}  // namespace espalier::detail
