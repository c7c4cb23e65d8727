// SPDX-License-Identifier: MIT
// The nearest vector of a convex set inside a ball, or the best one under a convex penalty, in a diagonal
// metric: one multiplier, whatever the set or penalty.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/pack/apply.hpp"

namespace espalier::detail {

/// What policies make of one weight, or of all that are alike, for rows in double whose result is rounded to
/// S: the interval is that of S.
template <Scalar S, class Elements>
struct WidenedWeight {
  Elements elements;

  template <class T>  // double, or a line of them
  T prox(const T& y, const T& t) const {
    return elements.prox(y, t);
  }
  template <class T>
  double cost(T w) const {
    return elements.cost(w);
  }
  template <class T>
  Interval<double> interval() const {
    const Interval<S> narrow = elements.template interval<S>();
    Interval<double> wide;
    if (narrow.bounded_below()) wide.low = static_cast<double>(narrow.low);
    if (narrow.bounded_above()) wide.high = static_cast<double>(narrow.high);
    return wide;
  }
};

/// The elements of a pack, so widened.
template <Scalar S, class Elements>
struct WidenedElements : WidenedWeight<S, const Elements&> {
  static constexpr bool homogeneous = Elements::homogeneous, none = Elements::none, alike = Elements::alike;

  decltype(auto) at([[maybe_unused]] Index i) const {
    if constexpr (alike)
      return (*this);
    else
      return WidenedWeight<S, std::decay_t<decltype(this->elements.at(i))>>{this->elements.at(i)};
  }
};

/// A set of vectors: x = the nearest one in it. A penalty of vectors: x = its proximal point.
template <class P, Scalar S, class Elements>
void move_vector(const P& p, S* x, Index n, Steps<S> steps, const Elements& elements, double* room) {
  if constexpr (VectorPenalty<P>)
    prox_vector(p, x, n, steps, elements, room, static_cast<S*>(nullptr));
  else
    project_vector(p, x, n, steps, elements, room);
}

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x) over x in a convex set C, or with a convex penalty C(x) added, and
/// norm(x) <= radius. With a multiplier mu on norm(x)^2 / 2, x(mu) is what C alone makes of y_i / (1 + mu
/// t_i) at step sizes t_i / (1 + mu t_i), and norm(x(mu)) falls with mu (docs/numerics.md, "A set in a
/// ball"). All in double.
template <class P, Scalar S, class Elements>
class SetInBall {
 public:
  /// `x` is x(0). `room` has 2 n doubles and what the set asks for.
  SetInBall(const P& set, const Elements& elements, const S* y, S* x, Index n, Steps<S> steps, double radius,
            double* room)
      : set_(set), elements_{{elements}}, y_(y), x_(x), n_(n), steps_(steps), radius_(radius), row_(room) {
    double largest = 0;
    for (Index i = 0; i < n; ++i) largest = std::max(largest, static_cast<double>(steps[i]));
    even_ = !(largest > 0 && std::isfinite(largest));
    largest_ = even_ ? 1 : largest;
  }

  /// x = the nearest point. A row that is not finite stays as it is.
  void operator()() {
    for (Index i = 0; i < n_; ++i)
      if (!std::isfinite(y_[i])) return;
    double margin = 8 * roundoff<S>;  // for what rounding adds to the norm
    for (int pass = 0; pass < 24; ++pass, margin *= 2) {
      evaluate(multiplier(radius_ * (1 - margin)));
      if (write()) return;
    }
    // The shortest vector of the set is in the ball, or the pack would not be there.
    if constexpr (VectorPenalty<P>) {
      const Intervals<S, Elements> intervals(elements_.elements);
      for (Index i = 0; i < n_; ++i) x_[i] = static_cast<S>(intervals[i].clamp(0));
    } else {
      for (Index i = 0; i < n_; ++i) x_[i] = 0;
      project_vector(set_, x_, n_, Steps<S>{nullptr, S(1)}, elements_.elements, row_);
    }
  }

 private:
  double step(Index i) const {
    // A step size of zero holds its weight as good as fast.
    return even_ ? 1 : std::max(static_cast<double>(steps_[i]), largest_ * 0x1p-100);
  }

  /// row = x(mu); its norm^2.
  double evaluate(double mu) {
    double* const steps = row_ + n_;
    for (Index i = 0; i < n_; ++i) {
      const double t = step(i), shrink = 1 + mu * t;
      row_[i] = static_cast<double>(y_[i]) / shrink, steps[i] = t / shrink;
    }
    move_vector(set_, row_, n_, Steps<double>{steps, 1}, elements_, row_ + 2 * n_);
    return sum_of_squares(row_, n_);
  }

  /// mu with norm(x(mu)) = radius: where 1 - radius / norm(x(mu)) is zero, which is nearly a line in mu.
  double multiplier(double radius) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double last_mu = 0, last_value = 0;
    const auto excess = [&](double mu) {
      const double norm = std::sqrt(evaluate(mu)), value = 1 - radius / norm;
      double slope = (value - last_value) / (mu - last_mu);
      if (!(mu > 0 && slope < 0)) {  // that of a row without a set
        slope = 0;
        for (Index i = 0; i < n_; ++i) slope -= row_[i] / norm * row_[n_ + i] * (row_[i] / norm);
        slope *= radius / norm;
      }
      last_mu = mu, last_value = value;
      return ValueAndSlope{value, slope, std::same_as<S, float> ? 0x1p-37 : 0x1p-51};
    };
    return falling_root({0, 0, infinity, 1 / largest_}, excess);
  }

  /// x = the row, rounded. Is it feasible?
  bool write() {
    for (Index i = 0; i < n_; ++i) x_[i] = static_cast<S>(row_[i]);
    if constexpr (requires { set_.settle(Row<S>(x_, n_), elements_.elements); })
      set_.settle(Row<S>(x_, n_), elements_.elements);
    if constexpr (VectorSet<P>)
      if (!set_.contains(ConstRow<S>(x_, n_))) return false;
    return norm_holds(x_, n_, radius_, false);
  }

  const P& set_;
  WidenedElements<S, Elements> elements_;
  const S* y_;
  S* x_;
  Index n_;
  Steps<S> steps_;
  double radius_, largest_ = 1;
  double* row_;
  bool even_ = false;
};

}  // namespace espalier::detail
