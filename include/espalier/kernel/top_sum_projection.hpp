// SPDX-License-Identifier: MIT
// The nearest row of which the k largest numbers of each sign have a bounded sum, in a diagonal metric and
// together with policies of elements.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/top_sum.hpp"

namespace espalier::detail {

/// Doubles that it needs for each weight: z, and for those of one sign z, the interval and the step size.
inline constexpr Index top_sum_room = 5;

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in an interval I_i, with the sum of the k largest
/// max(x_i, 0) at most `bound`, and that of the k largest max(-x_i, 0), for an h that is zero at zero and
/// linear on either side of it. The signs do not see one another.
///
/// The sum of the k largest is the least k s + sum max(x_i - s, 0) of all s >= 0. With a multiplier mu of
/// that, and z_i = prox_h(y_i, t_i), x_i is P_I(max(min(z_i, s), z_i - mu t_i)): below s what it was, at s,
/// or lowered by mu t_i. For each s the bound says what mu is, and s is right where the parts l_i of the
/// multiplier that the weights take, from 0 below s to 1 above, have the sum k (Karush, Kuhn, Tucker).
template <Scalar S, class Elements>
class TopSumProjection {
 public:
  /// `room` has top_sum_room n doubles, of which settle() needs none.
  TopSumProjection(const Elements& elements, S* row, Index n, Steps<S> steps, Index k, double bound,
                   double* room = nullptr)
      : elements_(elements),
        intervals_(elements),
        row_(row),
        n_(n),
        steps_(steps),
        k_(std::min(k, std::max<Index>(n, 1))),
        bound_(bound),
        z_(room) {
    double largest = 0;
    for (Index i = 0; i < n; ++i) largest = std::max(largest, static_cast<double>(steps[i]));
    even_ = !(largest > 0 && std::isfinite(largest));
    least_ = largest * 0x1p-100;
  }

  /// Turns y, in the row, into x.
  void operator()() {
    for (Index i = 0; i < n_; ++i) {
      z_[i] = elements_.at(i).prox(static_cast<double>(row_[i]), static_cast<double>(steps_[i]));
      row_[i] = static_cast<S>(intervals_[i].clamp(z_[i]));
    }
    for (const double sign : {1.0, -1.0}) {
      sign_ = sign;
      if (!holds() && finite()) move();
    }
    settle();
  }

  /// Makes good what rounding has done to the sums of the row.
  void settle() {
    for (const double sign : {1.0, -1.0}) {
      sign_ = sign;
      // One or two passes are enough, but for weights at their bounds; then all come down.
      for (int pass = 0; pass < 64 && !holds(); ++pass) lower_some();
      if (!holds() && finite()) cap(round_down<S>(bound_ / static_cast<double>(k_)));
    }
  }

 private:
  /// A weight that counts for the sign at hand, which is then taken for positive.
  struct One {
    double z, low, high, t;

    double clamp(double x) const { return x < low ? low : x > high ? high : x; }
    double at(double s, double mu) const { return clamp(std::max(std::min(z, s), z - mu * t)); }
  };
  /// Is the i-th weight one?
  bool counts(Index i) const { return sign_ * static_cast<double>(intervals_[i].clamp(z_[i])) > 0; }
  /// Lays them side by side.
  void gather() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    count_ = 0, most_low_ = -infinity;
    for (Index i = 0; i < n_; ++i) {
      if (!counts(i)) continue;
      const Interval<S> interval = intervals_[i];
      const double low = interval.bounded_below() ? static_cast<double>(interval.low) : -infinity,
                   high = interval.bounded_above() ? static_cast<double>(interval.high) : infinity;
      double* const to = z_ + n_ + 4 * count_++;
      to[0] = sign_ * z_[i], to[1] = sign_ > 0 ? low : -high, to[2] = sign_ > 0 ? high : -low,
      to[3] = step(i);
      most_low_ = std::max(most_low_, to[1]);
    }
  }
  One one(Index j) const {
    const double* const from = z_ + n_ + 4 * j;
    return {from[0], from[1], from[2], from[3]};
  }
  /// f(weight) for each of them.
  template <class F>
  void each(F&& f) const {
    for (Index j = 0; j < count_; ++j) f(one(j));
  }
  /// A step size of zero holds its weight as good as fast.
  double step(Index i) const { return even_ ? 1 : std::max(static_cast<double>(steps_[i]), least_); }

  TopSum<S> top() const { return TopSum<S>(row_, n_, k_, static_cast<S>(sign_)); }
  bool holds() const { return top().is_below(bound_); }
  bool finite() const {
    return std::all_of(row_, row_ + n_, [](S x) { return std::isfinite(x); });
  }

  void move() {
    gather();
    const double all_at = bound_ / static_cast<double>(k_);
    double s = all_at, mu = 0;
    if (!all_capped(s)) {
      s = 0;
      ValueAndSlope taken = parts(s, mu);
      if (taken.value > 0) {
        s = falling_root({0, 0, all_at, all_at}, [&](double level) { return taken = parts(level, mu); });
        parts(s, mu);
      }
    } else {
      mu = std::numeric_limits<double>::infinity();
    }
    for (Index i = 0, j = 0; i < n_; ++i)
      if (counts(i)) row_[i] = static_cast<S>(sign_ * one(j++).at(s, mu));
  }

  /// Is x_i = min(z_i, s) right, where k s is the bound? If k parts of a multiplier can be taken at s.
  bool all_capped(double s) const {
    double largest = 0, sum = 0;
    bool below = true;
    each([&](const One& w) {
      below = below && w.low <= s;
      if (w.z > s && w.high >= s) largest = std::max(largest, (w.z - s) / w.t);
    });
    each([&](const One& w) {
      if (w.z > s && w.high >= s) sum += (w.z - s) / w.t / largest;
    });
    return below && sum >= static_cast<double>(k_);
  }

  /// How many parts of the multiplier the weights take at s, beyond k, and how that changes with s. mu
  /// becomes the multiplier at s. (The noise for floats is coarse, and still finer than their rounding.)
  ValueAndSlope parts(double s, double& mu) const {
    mu = multiplier(s, std::isfinite(mu) ? mu : 0);
    double sum = 0, above = 0, steps = 0, tied = 0, rates = 0;
    each([&](const One& w) {
      const double x = w.at(s, mu);
      if (x > s) {
        ++sum, ++above;
        if (x > w.low && x < w.high) steps += w.t;
      } else if (x == s && w.z > s) {
        const double part = (w.z - s) / (mu * w.t);
        sum += part < 1 ? part : 1;
        if (part < 1) tied += part, rates += 1 / (mu * w.t);
      }
    });
    const double k = static_cast<double>(k_), rise = steps > 0 ? (k - above) / steps : 0;
    return {sum - k, -rates - tied * rise / mu, (std::same_as<S, float> ? 0x1p-36 : 0x1p-50) * (sum + k)};
  }

  /// mu with k s + sum max(x_i - s, 0) = bound; infinity where there is none.
  double multiplier(double s, double start) const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto excess = [&](double mu) {
      double sum = static_cast<double>(k_) * s - bound_, slope = 0, size = bound_;
      each([&](const One& w) {
        const double x = w.at(s, mu);
        if (!(x > s)) return;
        sum += x - s, size += x;
        if (x > w.low && x < w.high) slope -= w.t;
      });
      return ValueAndSlope{sum, slope, (std::same_as<S, float> ? 0x1p-40 : 0x1p-52) * size};
    };
    const double level = static_cast<double>(k_) * s;
    if (!(most_low_ > s ? excess(infinity).value < 0 : level < bound_)) return infinity;
    if (start > 0) return falling_root({start, 0, infinity, start}, excess);
    const ValueAndSlope first = excess(0);
    const double stride = first.value > 0 && first.slope < 0 ? first.value / -first.slope : 1;
    return falling_root({0, 0, infinity, stride}, excess);
  }

  /// The largest gives way, down to the k-th largest, or all that are equal to that.
  void lower_some() {
    TopSum<S> top = this->top();
    top.find();
    const double sum = top.excess(0), least = static_cast<double>(top.least()),
                 excess = std::max(sum - bound_, 0x1p-53 * sum);
    if (!std::isfinite(excess)) return;
    Index largest = -1;
    for (Index i = 0; i < n_; ++i)
      if (size(i) > least && lowered(i, least) < size(i) && (largest < 0 || size(i) > size(largest)))
        largest = i;
    if (largest >= 0)
      set(largest, lowered(largest, std::max(least, size(largest) - excess)));
    else
      cap(below(static_cast<S>(least - excess / static_cast<double>(k_ - top.above())), top.least()));
  }
  void cap(S most) {
    for (Index i = 0; i < n_; ++i)
      if (size(i) > static_cast<double>(most)) set(i, lowered(i, static_cast<double>(most)));
  }
  double size(Index i) const { return sign_ * static_cast<double>(row_[i]); }
  /// What a weight may be at most at `size`, rounded down and below what it is.
  double lowered(Index i, double size) const {
    const S narrow = below(static_cast<S>(std::max(size, 0.0)), static_cast<S>(this->size(i)));
    return sign_ * intervals_[i].clamp(sign_ * static_cast<double>(narrow));
  }
  static S below(S x, S than) { return x < than ? std::max(x, S(0)) : std::nextafter(than, S(0)); }
  void set(Index i, double size) { row_[i] = static_cast<S>(sign_ * size); }

  const Elements& elements_;
  Intervals<S, Elements> intervals_;
  S* row_;
  Index n_;
  Steps<S> steps_;
  Index k_;
  double bound_, *z_, least_ = 0, sign_ = 1, most_low_ = 0;
  Index count_ = 0;
  bool even_ = false;
};

}  // namespace espalier::detail
