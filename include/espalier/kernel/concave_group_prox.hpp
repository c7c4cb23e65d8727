// SPDX-License-Identifier: MIT
// The proximal operator of a concave penalty on the norm of a vector: the better one of two candidates.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "espalier/kernel/group_prox.hpp"

namespace espalier::detail {

/// A part of a penalty p of a norm s: p'(s) = lambda - bend s, from where the part before ends up to `end`.
struct ConcavePart {
  double lambda, bend, end;
};

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i) + p(norm(x)) over a cone, where p is concave, and constant from
/// the end of its last part on; h is linear on either side of zero.
///
/// p(s) is the least of mu s^2 / 2 + c(mu) over mu >= 0, so that a minimum is x(mu) = z / (1 + mu t) for the
/// mu = p'(s) / s of its own norm s: where q(s) = s / norm(x(s)) is 1. On each part q is concave, a power
/// mean of lines. So along s the objective falls until q reaches 1 for the first time, rises until q falls
/// below 1 again, and falls from there on. What counts is that first root, or zero, and z, which the penalty
/// leaves as it is. Where bend t_i < 1 for all i the objective is convex, and only one of the two is there.
template <std::size_t count, Scalar S, class Elements>
class ConcaveGroupProx {
 public:
  /// `whole` is the value of p beyond the last part.
  ConcaveGroupProx(const Elements& elements, S* row, Index n, Steps<S> t,
                   const std::array<ConcavePart, count>& parts, double whole)
      : elements_(elements), row_(row), n_(n), t_(t), parts_(parts), whole_(whole) {}

  /// Turns y, in the row, into x. `value` is p. Of two that are equally good it is the shorter one.
  void operator()(const auto& value) const {
    const double most = std::sqrt(part(0).squares_at(infinity).value);
    double begin = 0;
    for (std::size_t k = 0; k < count; begin = parts_[k++].end) {
      const double s = parts_[k].lambda > 0 ? first_root(part(k), begin, parts_[k].end) : infinity;
      if (std::isinf(s)) continue;
      if (!(most > parts_.back().end) || is_better(part(k), s, value(s))) return part(k).write(s, row_);
      break;
    }
    part(0).write(infinity, row_);
  }

 private:
  using Part = GroupProx<true, S, Elements>;
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  static constexpr double noise = 0x1p-51;

  Part part(std::size_t k) const { return {elements_, row_, n_, t_, parts_[k].lambda, parts_[k].bend}; }

  /// 1 - q(s), and its slope.
  static ValueAndSlope lack(const Part& part, double s) {
    const ValueAndSlope squares = part.squares_at(s);
    const double norm = std::sqrt(squares.value), quotient = s / norm;
    return {1 - quotient, (quotient * squares.slope / (2 * norm) - 1) / norm, noise};
  }

  /// The first s of a part where q is 1, of one before which it is below; infinity if there is none.
  static double first_root(const Part& part, double begin, double end) {
    if (begin == 0 && part.goes_to_zero()) return 0;
    const ValueAndSlope last = lack(part, end);
    if (last.value <= noise) {
      const double norm = std::sqrt(part.squares_at(end).value), start = std::clamp(norm, begin, end);
      return falling_root({start, begin, end, end}, [&](double s) { return lack(part, s); });
    }
    if (last.slope <= 0) return infinity;  // q still rises there
    // q may reach 1 and fall again. Newton's method comes from the left, and does not overtake the root.
    double s = std::max(begin, end * 0x1p-100);
    for (int k = 0; k < 400; ++k) {
      double squares = 0, rise = 0;  // q' is s / norm(x)^3 times `rise`, in which nothing cancels
      for (Index i = 0; i < part.n; ++i) {
        const double x = part.at(i, s), t = part.step(i);
        squares += x * x;
        rise += x * x *
                (part.intervals[i].strictly_inside(x) ? (1 - part.bend * t) / part.denominator(s, t) : 1 / s);
      }
      const double norm = std::sqrt(squares), missing = norm / s - 1;
      if (!(missing > noise)) return s;
      if (!(rise > 0)) return infinity;
      const double next = s + missing * squares / rise;
      if (!(next <= end)) return infinity;
      if (!(next > s)) return s;
      s = next;
    }
    return infinity;
  }

  /// Is x(s), at which p has this value, at least as good as z?
  bool is_better(const Part& part, double s, double value) const {
    double cost = value;
    for (Index i = 0; i < n_; ++i) {
      const double z = part.at(i, infinity), away = part.at(i, s) - z;
      if (away != 0) cost += away / (2 * part.step(i)) * away;
    }
    return cost <= whole_;
  }

  const Elements& elements_;
  S* row_;
  Index n_;
  Steps<S> t_;
  std::array<ConcavePart, count> parts_;
  double whole_;
};

}  // namespace espalier::detail
