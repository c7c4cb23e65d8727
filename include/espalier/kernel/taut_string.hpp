// SPDX-License-Identifier: MIT
// The proximal operator of the total variation of a vector in a diagonal metric: the taut string.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// min sum d_i (x_i - y_i)^2 / 2 + bound sum |x_i+1 - x_i|, in time proportional to n.
///
/// Over the sums of d as abscissas, x is the slope of the shortest string from the origin to the sum of all d
/// y that passes between a floor and a ceiling, which are the sums of d y less and plus the bound (Davies &
/// Kovac 2001, here with weights). From the anchor, up to which the string is known, two chains of segments
/// go to the ends of floor and ceiling as far as they have been read: the greatest convex minorant of the
/// ceiling and the least concave majorant of the floor. Where the first slope of the ceiling's chain falls
/// below that of the floor's, one of the chains is a single segment; the string then follows the first
/// segment of the other one, and the anchor moves to the end of that.
///
/// Chains hold mean slopes and no sums from the beginning, so that a weight is not lost beside one that is
/// many times larger.
template <class Weight>
class TautString {
 public:
  static constexpr Index room = 6;             ///< doubles for each number of the vector
  static constexpr double heaviest = 0x1p600;  ///< what weighs so much stays where it is

  /// `weight(i)` is d_i > 0. `numbers` has `room` doubles for each of n numbers.
  TautString(const Weight& weight, double bound, Index n, double* numbers)
      : weight_(weight), bound_(bound), n_(n), ceiling_{numbers, 1}, floor_{numbers + 3 * n, -1} {}

  /// Turns y, in x, into the result. Numbers that become equal are exactly equal.
  void solve(double* x) {
    x_ = x;
    for (Index i = 0; i < n_; ++i) {
      last_ = i + 1 == n_;
      for (Chain* chain : {&ceiling_, &floor_}) {
        // From the sum of d y itself at both ends, and along floor or ceiling between them.
        const double rise = (last_ ? 0 : chain->side) - (i == 0 ? 0 : chain->side), d = weight_(i);
        chain->push({d, x[i] + rise * (bound_ / d), i + 1});
      }
      settle();
    }
  }

 private:
  struct Segment {
    double weight, slope;
    Index end;  ///< it goes up to the sums of so many numbers
  };
  static Segment joined(const Segment& a, const Segment& b) {
    const double sum = a.weight + b.weight, share = b.weight / sum, apart = b.slope - a.slope;
    return {sum, std::isfinite(apart) ? a.slope + apart * share : a.slope * (1 - share) + b.slope * share,
            b.end};
  }

  struct Chain {
    double* numbers;
    double side;  ///< 1: the slopes rise, as along the ceiling; -1: they fall
    Index first = 0, size = 0;
    double reference = 0;  ///< the weight of which the first segment is a rest

    Segment operator[](Index k) const {
      const double* from = numbers + 3 * (first + k);
      return {from[0], from[1], static_cast<Index>(from[2])};
    }
    void set(Index k, const Segment& s) {
      double* to = numbers + 3 * (first + k);
      to[0] = s.weight, to[1] = s.slope, to[2] = static_cast<double>(s.end);
    }
    void push(Segment s) {
      for (; size > 0 && !(side * (s.slope - (*this)[size - 1].slope) > 0); --size)
        s = joined((*this)[size - 1], s);
      set(size++, s);
    }
    void pop() { ++first, --size, reference = 0; }
    Segment sum() const {
      Segment all = (*this)[0];
      for (Index k = 1; k < size; ++k) all = joined(all, (*this)[k]);
      return all;
    }
  };

  /// Moves the anchor as far as what has been read says; in the end, to the end.
  void settle() {
    while (ceiling_.size > 1 || floor_.size > 1) {
      if (!last_ && !(ceiling_[0].slope < floor_[0].slope)) return;
      if (ceiling_.size == 1)
        follow(floor_, ceiling_);
      else if (floor_.size == 1)
        follow(ceiling_, floor_);
      else
        ceiling_.set(0, ceiling_.sum()), ceiling_.size = 1;  // both are straight, but for rounding
    }
    if (last_) draw(n_, 0);
  }

  /// The string follows the first segment of a chain, and the other chain, which is one segment, begins anew.
  void follow(Chain& chain, Chain& other) {
    constexpr double least = 0x1p-10;  // a difference of sums loses ten bits at most
    const Segment followed = chain[0], one = other[0];
    other.reference = std::max(other.reference, one.weight);
    draw(followed.end, chain.side);
    chain.pop();
    Segment rest{one.weight - followed.weight, 0, one.end};
    if (rest.weight > least * other.reference) {
      rest.slope = one.slope + (one.slope - followed.slope) * (followed.weight / rest.weight);
    } else {
      rest = chain.sum();
      if (!last_) rest.slope += (other.side - chain.side) * (bound_ / rest.weight);
      other.reference = rest.weight;
    }
    other.set(0, rest);
  }

  /// The string is straight from the anchor to the sums of `end` numbers, `offset` bounds above them.
  void draw(Index end, double offset) {
    Segment all{0, 0, end};
    double held = 0;
    bool holds = false;
    for (Index i = anchor_; i < end; ++i) {
      const double d = weight_(i);
      all = i == anchor_ ? Segment{d, x_[i], end} : joined(all, {d, x_[i], end});
      if (d >= heaviest) holds = true, held = x_[i];
    }
    const double slope = holds ? held : all.slope + (offset - offset_) * (bound_ / all.weight);
    for (Index i = anchor_; i < end; ++i)
      if (weight_(i) < heaviest || x_[i] != x_[i]) x_[i] = slope;
    anchor_ = end, offset_ = offset;
  }

  const Weight& weight_;
  double bound_;
  Index n_;
  Chain ceiling_, floor_;
  double* x_ = nullptr;
  Index anchor_ = 0;
  double offset_ = 0;
  bool last_ = false;
};

}  // namespace espalier::detail
