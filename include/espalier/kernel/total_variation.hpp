// SPDX-License-Identifier: MIT
// The proximal operator of the total variation of a vector in a diagonal metric, by dynamic programming.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// min sum d_i (x_i - y_i)^2 / 2 + bound sum |x_i+1 - x_i|, in time proportional to n (Johnson 2013, here
/// with weights).
///
/// What the first k numbers cost at best is a convex function of x_k, whose slope is made of lines. Of the
/// slope, the next number sees what is between -bound and bound: from x = low_k on, and up to high_k, and x_k
/// is the x_k+1 that it meets, moved to between these two. The slope is kept as its kinks. On the left each
/// kink adds to the steepness what it says, on the right it takes that away, so that what is kept are sums
/// of some d, and no differences; and a kink stands beside a number of y, from which it is so far away. So
/// numbers beside one that weighs many times more are as exact as without it.
template <class Weight>
class TotalVariationProx {
 public:
  static constexpr Index room = 8;             ///< doubles for each number of the vector
  static constexpr double heaviest = 0x1p600;  ///< what weighs so much stays where it is

  /// `weight(i)` is d_i > 0. `numbers` has `room` doubles for each of n numbers.
  TotalVariationProx(const Weight& weight, double bound, Index n, double* numbers)
      : weight_(weight),
        bound_(bound),
        n_(n),
        low_(numbers),
        high_(numbers + n),
        kinks_(numbers + 2 * n),
        begin_(n),
        middle_(n),
        end_(n) {}

  /// Turns y, in x, into the result. Numbers that become equal are exactly equal.
  void solve(double* x) {
    for (Index k = 0; k < n_; ++k) {
      scale_ = std::max(scale_, std::abs(x[k]));
      if (k + 1 == n_) break;
      const double d = weight_(k), y = x[k];
      if (d >= heaviest || k == 0) {
        begin_ = middle_ = end_ = n_;
        push_left({y, -bound_ / d, d});
        push_right({y, bound_ / d, d});
      } else {
        push_left(from_left(d, y, 0));
        push_right(from_right(d, y));
      }
      low_[k] = d >= heaviest ? y : kink(begin_).at();
      high_[k] = d >= heaviest ? y : kink(end_ - 1).at();
    }
    double* const result = low_;
    for (Index k = n_ - 1; k >= 0; --k) {
      const double next = k + 1 < n_ ? result[k + 1] : last(x[k]);
      // What is not a number stays so.
      result[k] = x[k] != x[k] ? x[k] : next < low_[k] ? low_[k] : next > high_[k] ? high_[k] : next;
    }
    refine(result, x);
  }

 private:
  struct Kink {
    double base, offset;  ///< it is at their sum; the base is a number of y
    double steeper;       ///< how much steeper the slope is on its inner side

    double at() const { return base + offset; }
    double beyond(double y) const { return (base - y) + offset; }
    double beyond(const Kink& other) const { return (base - other.base) + (offset - other.offset); }
  };
  Kink kink(Index k) const { return {kinks_[3 * k], kinks_[3 * k + 1], kinks_[3 * k + 2]}; }
  void set(Index k, const Kink& to) {
    kinks_[3 * k] = to.base, kinks_[3 * k + 1] = to.offset, kinks_[3 * k + 2] = to.steeper;
  }
  void push_left(const Kink& k) { set(--begin_, k); }
  void push_right(const Kink& k) { set(end_++, k); }

  /// The last number, of y; nothing holds it.
  double last(double y) {
    low_[n_ - 1] = y, high_[n_ - 1] = y;
    const double d = weight_(n_ - 1);
    if (n_ > 1 && d < heaviest) low_[n_ - 1] = high_[n_ - 1] = from_left(d, y, bound_).at();
    return low_[n_ - 1];
  }

  /// x = the mean of each run of equal results, moved by what its neighbors pull, which is more exact where
  /// the bound is large. A mean that is further away than roundings explain is that of a run which rounding
  /// has divided, and does not count.
  void refine(const double* result, double* x) const {
    double before = 0;
    for (Index first = 0, end = 0; first < n_; first = end) {
      double mean = x[first], sum = weight_(first);
      for (end = first + 1; end < n_ && result[end] == result[first]; ++end) {
        const double d = weight_(end);
        sum += d;
        mean += (x[end] - mean) * (d / sum);
      }
      const double after = end == n_                     ? 0
                           : result[end] > result[first] ? bound_
                                                         : -bound_,
                   value = mean + (after - before) / sum;
      const bool near = std::abs(value - result[first]) <= 0x1p-40 * (scale_ + bound_ / sum);
      std::fill(x + first, x + end, near && sum < heaviest ? value : result[first]);
      before = after;
    }
  }

  /// A steepness less what a kink takes away. Where that loses more than ten bits, it is added up from the
  /// other side: `base` and the kinks from `first` to `last` - 1.
  double gentler(double own, double by, double base, Index first, Index last) const {
    if (own - by > own * 0x1p-10) return own - by;
    for (Index k = first; k < last; ++k) base += kink(k).steeper;
    return base;
  }

  /// Where the slope, with d (x - y) added, is `above` over -bound. Takes away the kinks to the left.
  Kink from_left(double d, double y, double above) {
    Kink at = kink(begin_);
    double risen = 0, own = 0;  // so far beyond -bound is the slope, and so steep is it to the right
    own_ = 0;
    if (d * at.beyond(y) >= above) return {y, above / d, d};
    while (true) {
      const bool left = begin_ < middle_;
      if (++begin_ == end_) break;
      own = left ? own + at.steeper : gentler(own, at.steeper, 0, begin_, end_);
      const Kink next = kink(begin_);
      const double width = next.beyond(at), there = risen + own * width;
      if (d * next.beyond(y) + there >= above) {
        middle_ = std::max(middle_, begin_);
        own_ = own;
        if (own > d) {
          const double on = (above - risen - d * at.beyond(y)) / (d + own);
          return {at.base, at.offset + std::clamp(on, 0.0, std::max(width, 0.0)), d + own};
        }
        const double offset = (above - risen + own * at.beyond(y)) / (d + own);
        return {y, std::clamp(offset, at.beyond(y), std::max(at.beyond(y), next.beyond(y))), d + own};
      }
      at = next, risen = there;
    }
    middle_ = begin_;
    return {y, std::max(at.beyond(y), (above - 2 * bound_) / d), d};
  }

  /// Where it is bound, once the kink at which it is -bound is there. Takes away the kinks to the right.
  Kink from_right(double d, double y) {
    Kink at = kink(end_ - 1);
    double fallen = 0, own = 0;
    if (end_ - begin_ == 1 || d * at.beyond(y) <= 0) return {y, std::max(kink(begin_).beyond(y), 0.0), d};
    while (true) {
      const bool right = end_ > middle_;
      --end_;
      own = right ? own + at.steeper : gentler(own, at.steeper, own_, begin_ + 1, end_);
      const Kink next = kink(end_ - 1);
      const double width = at.beyond(next), there = fallen + own * width;
      if (d * next.beyond(y) <= there || end_ - begin_ == 1) {
        middle_ = std::min(middle_, end_);
        if (own > d) {
          const double back = (d * at.beyond(y) - fallen) / (d + own);
          return {at.base, at.offset - std::clamp(back, 0.0, std::max(width, 0.0)), d + own};
        }
        const double offset = (fallen + own * at.beyond(y)) / (d + own);
        return {y, std::clamp(offset, next.beyond(y), std::max(at.beyond(y), next.beyond(y))), d + own};
      }
      at = next, fallen = there;
    }
  }

  const Weight& weight_;
  double bound_;
  Index n_;
  double *low_, *high_, *kinks_;
  Index begin_, middle_, end_;  ///< kinks of the left side are before `middle_`
  double scale_ = 0;            ///< the largest |y|
  double own_ = 0;              ///< how steep the slope was to the right of the first kink, without d
};

}  // namespace espalier::detail
