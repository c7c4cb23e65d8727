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
#include "espalier/kernel/pivot.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier::detail {

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I and sum x = bound, or sum |x| <=
/// bound, or sum max(x, 0) <= bound, or sum max(-x, 0) <= bound. With a multiplier mu the coordinates come
/// apart: x_i(mu) = P_I(prox_h(s_i, t_i)), where s_i is y_i - mu t_i, or y_i moved by mu t_i toward zero if
/// its magnitude counts. The sum falls with mu. All but the first need an h that is zero at zero and linear
/// on either side of it.
template <Summed summed, Scalar S, class Elements>
class SumProjection {
 public:
  SumProjection(const Elements& elements, const Intervals<S, Elements>& intervals, S* row, Index n,
                Steps<S> steps, double bound)
      : elements_(elements), intervals_(intervals), row_(row), n_(n), steps_(steps), bound_(bound) {
    double total = steps.each ? sum_of_steps() : static_cast<double>(n) * static_cast<double>(steps.uniform);
    even_ = !(total > 0 && std::isfinite(total));
    total_ = even_ ? static_cast<double>(n) : total;
    // A power of two: its products are exact.
    least_ = std::ldexp(1.0, std::max(std::ilogb(total_) - 100, std::numeric_limits<double>::min_exponent));
  }

  /// Turns y, in the row, into x.
  void operator()() {
    move();
    settle();
  }

  /// The same, before rounding is made good. For numbers of one sign it leaves those of the other as they
  /// are.
  void move() {
    solve();
    if constexpr (one_sign)
      for (Index i = 0; i < n_; ++i) {  // without a branch: to a processor signs are coins
        const S moved = static_cast<S>(at(i));
        row_[i] = (summed == Summed::positive ? row_[i] < 0 : row_[i] > 0) ? row_[i] : moved;
      }
    else
      each([&](Index i, const Line<double>& x, const Line<double>&) { store_narrow(x, row_ + i); },
           [&](Index i, double x) { row_[i] = static_cast<S>(x); });
  }

  /// Makes good what rounding has done to the sum of the row.
  void settle() {
    for (Index pass = 0; pass < n_ + 16 && !holds(); ++pass)
      if (!move_one(true) && !move_one(false)) return;
  }

 private:
  static constexpr bool equal = summed == Summed::numbers, one_sign = !equal && summed != Summed::sizes;

  /// mu as an unevaluated sum: where x is much smaller than y, one double is not enough. Where it is so much
  /// smaller that two are not, mu is seen from one of the weights.
  struct Multiplier {
    double high = 0, low = 0;
    Pivot<S> pivot{};
  };

  /// A step size of zero holds its weight as good as fast.
  double step(Index i) const { return even_ ? 1 : std::max(static_cast<double>(steps_[i]), least_); }
  /// y_i - mu t_i, rounded about once.
  double lowered(double y, double t) const {
    if (mu_.pivot) return mu_.pivot.lowered(y, t);
    if constexpr (std::same_as<S, double>)
      return std::fma(-mu_.high, t, y) - mu_.low * t;
    else
      return y - mu_.high * t;
  }
  /// x_i(mu)
  double at(Index i) const {
    const double y = row_[i], t = step(i);
    return intervals_[i].clamp(
        elements_.at(i).prox(y == y ? moved(y, t) : y, static_cast<double>(steps_[i])));
  }
  double moved(double y, double t) const {
    if constexpr (equal) return lowered(y, t);
    if constexpr (summed == Summed::sizes) return std::copysign(std::max(lowered(std::abs(y), t), 0.0), y);
    const double sign = summed == Summed::positive ? 1 : -1;
    return sign * std::max(lowered(sign * y, t), std::min(sign * y, 0.0));
  }
  /// Does x_i follow when mu changes a little? It rests at the ends of the interval, and at the kinks of
  /// magnitudes and penalties, which are at zero.
  bool is_free(Index i, double x) const {
    return intervals_[i].strictly_inside(x) &&
           (summand<summed>(x) > 0 || (equal && (x != 0 || Elements::none)));
  }

  /// The same for a line of weights, with their step sizes.
  ESPALIER_INLINE Line<double> lowered(const Line<double>& y, const Line<double>& t) const {
    if (mu_.pivot) return mu_.pivot.lowered(y, t);
    if constexpr (std::same_as<S, double>)
      return fused(-mu_.high, t, y) - mu_.low * t;
    else
      return y - mu_.high * t;
  }
  ESPALIER_INLINE Line<double> at(const WideInterval& interval, const Line<double>& y,
                                  const Line<double>& t) const {
    const Line<double> from = moved(y, even_ ? Line<double>(1.0) : t.max(least_));
    if constexpr (Elements::none || !Elements::alike)
      return interval.clamp(from);
    else
      return interval.clamp(elements_.prox(from, t));
  }
  ESPALIER_INLINE Line<double> moved(const Line<double>& y, const Line<double>& t) const {
    if constexpr (equal)
      return lowered(y, t);
    else if constexpr (summed == Summed::sizes)
      return lowered(y.abs(), t).max(0.0) * y.sign();
    else if constexpr (summed == Summed::positive)
      return lowered(y, t).max(y.min(0.0));
    else
      return -(lowered(-y, t).max((-y).min(0.0)));
  }

  /// lines(i, x, t) for the weights from the i-th on, a line of doubles at a time, and single(i, x) for the
  /// rest.
  template <class Lines, class Single>
  ESPALIER_INLINE void each(Lines&& lines, Single&& single) const {
    constexpr Index length = line_length<S>;
    const Index whole = Elements::alike ? n_ / length * length : 0;
    const WideInterval interval(intervals_.common());
    const WideLine<S> uniform = widened(Line<S>(steps_.uniform));
    for (Index i = 0; i < whole; i += length) {
      const WideLine<S> y = widened(Line<S>::load(row_ + i)),
                        t = steps_.each ? widened(Line<S>::load(steps_.each + i)) : uniform;
      unrolled<std::tuple_size_v<WideLine<S>>>([&](auto k) ESPALIER_INLINE_LAMBDA {
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
        [&](Index, const Line<double>& x, const Line<double>& t) ESPALIER_INLINE_LAMBDA {
          sums += summand<summed>(x), sizes += summand_size<summed>(x);
          Line<double> follows = interval.strictly_inside(x);
          if constexpr (one_sign)
            follows *= Line<double>::below(0.0, summand<summed>(x));
          else if constexpr (!equal || !Elements::none)
            follows *= Line<double>::differ(x, 0.0);
          free += even_ ? follows : follows * t.max(least_);
        },
        [&](Index i, double x) {
          sum += summand<summed>(x), size += summand_size<summed>(x);
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
    if (!(stride > 0 && std::isfinite(stride)) || (!equal && first.value < 0)) return;
    const RootSearch search{0, equal ? -infinity : 0, infinity, stride};
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
    // Is what is left so small beside what was taken that the last places of mu t matter?
    if (last.noise < (std::same_as<S, float> ? 0x1p-60 : 0x1p-92) * std::abs(mu_.high) * total_) refine();
  }

  /// The same root, seen from one of the weights that move there: of these the one with the largest step
  /// size, so that the offset times any step size is no larger than what is left. That weight may turn out to
  /// rest, and then another one is nearer.
  void refine() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (int round = 0; round < 16; ++round) {
      const Index moving = longest_of_moving();
      if (moving < 0) return;
      const double y = magnitude(row_[moving]), t = step(moving), start = -lowered(y, t) / t;
      if (y == mu_.pivot.weight && t == mu_.pivot.step) return;
      mu_.pivot = Pivot<S>(y, t);
      mu_.pivot.offset = start;
      const double stride = std::abs(excess().value) / t;
      if (!(stride > 0 && std::isfinite(stride))) return;
      mu_.pivot.offset = falling_root({start, -infinity, infinity, stride}, [&](double offset) {
        mu_.pivot.offset = offset;
        return excess();
      });
    }
  }
  static double magnitude(double y) {
    return equal ? y : summed == Summed::sizes ? std::abs(y) : summed == Summed::positive ? y : -y;
  }
  /// The weight with the largest step size that moves when mu changes by a few units in its last place.
  Index longest_of_moving() {
    const Multiplier mu = mu_;
    double& last = mu_.pivot ? mu_.pivot.offset : mu_.high;
    const double at_root = last, few = 8 * std::numeric_limits<double>::epsilon() * std::abs(at_root);
    mu_.low = 0;
    Index longest = -1;
    for (Index i = 0; i < n_; ++i) {
      if (longest >= 0 && !(step(i) > step(longest))) continue;
      last = at_root - few;
      const double most = at(i);
      last = at_root + few;
      if (at(i) != most) longest = i;
    }
    mu_ = mu;
    return longest;
  }

  bool holds() const {
    if constexpr (equal) return sum_is(row_, n_, bound_);
    return sum_is_below<summed>(row_, n_, bound_);
  }

  /// Rounding leaves the sum off by about sqrt(n) units in the last place of its largest number: that takes
  /// all of it, as far as it may. With `only_free` not one that rests. Was there any? A bound that does not
  /// hold is missed by no less than can be told: the number may be so small that units of its own lead
  /// nowhere.
  bool move_one(bool only_free) {
    const ComparedSum<summed, S> sum(row_, n_);
    const double above = sum.excess(bound_), excess = equal ? above : std::max(above, sum.resolution());
    if (!std::isfinite(excess)) return false;
    Index best = -1;
    S result = 0;
    for (Index i = 0; i < n_; ++i) {
      if (best >= 0 && !(std::abs(row_[i]) > std::abs(row_[best]))) continue;
      const double x = row_[i];
      if ((only_free && !is_free(i, x)) || (one_sign && !(summand<summed>(x) > 0))) continue;
      const S changed = equal ? lowered_by(i, excess) : shortened(i, excess);
      if (changed != row_[i]) best = i, result = changed;
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
