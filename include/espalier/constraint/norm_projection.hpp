// SPDX-License-Identifier: MIT
// The nearest row inside a Euclidean ball, or on a sphere, in the metric of the step and together with
// element policies.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/norm.hpp"
#include "espalier/core/policy.hpp"

namespace espalier::detail {

/// The step sizes that the optimizer has just used on a row: one for each weight, or the same for all.
template <Scalar S>
struct Steps {
  const S* each;  // null: uniform
  S uniform;

  S operator[](Index i) const { return each ? each[i] : uniform; }
};

template <Scalar S>
bool norm_holds(const S* x, Index n, double radius, bool sphere) {
  const double length = norm(x, n);
  return sphere ? std::abs(length - radius) <= 2 * roundoff<S> * radius : length <= radius;
}

/// Solves  min_x sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in I and norm(x) <= r (or == r).  With a
/// multiplier mu on norm(x)^2 / 2 the coordinates come apart: x_i(mu) = P_I(prox_h(y_i / (1 + mu t_i), t_i /
/// (1 + mu t_i))), and norm(x(mu)) falls with mu, so that one root is left. On a sphere mu may be negative,
/// down to -1 / max t.
///
/// Elements is the pack's element policies: prox(y, t), restrict(x), gain(y), and whether they are
/// `homogeneous` or `none`.
template <Scalar S, class Elements>
class NormProjection {
 public:
  NormProjection(const Elements& elements, const S* y, S* x, Index n, Steps<S> steps, double radius)
      : elements_(elements), y_(y), x_(x), n_(n), steps_(steps), radius_(radius) {}

  /// `x` must hold x(0), found infeasible.
  void onto_ball() {
    if (Elements::homogeneous && !steps_.each)
      rescale(radius_, norm(x_, n_));
    else
      solve(0);
    for (double ulps = 1; !(norm(x_, n_) <= radius_) && ulps < 0x1p60; ulps *= 2)
      rescale(std::max(0.0, 1 - ulps * roundoff<S>), 1);
  }

  void onto_sphere() {
    const double length = norm(x_, n_);
    if (length == 0 && (!Elements::none || !steps_.each)) return to_vertex();
    if (!Elements::none || !steps_.each)
      rescale(radius_, length);
    else if (length > radius_)
      solve(0);
    else
      expand();
    for (int k = 0; k < 64 && !norm_holds(x_, n_, radius_, true); ++k) rescale(radius_, norm(x_, n_));
  }

 private:
  /// x *= to / from, also where the quotient of a tiny `from` overflows.
  void rescale(double to, double from) {
    const double factor = to / from;
    const bool tiny = !std::isfinite(factor);
    for (Index i = 0; i < n_; ++i) {
      const double x = x_[i];
      x_[i] = elements_.restrict(static_cast<S>(tiny ? x / from * to : x * factor));
    }
  }

  /// 1 + mu t for the multiplier at hand; `mu` is counted from -1 / largest (from 0 if that is 0), so that
  /// nothing cancels close to the pole.
  static double denominator(double t, double mu, double largest) {
    return (largest > 0 ? (largest - t) / largest : 1) + mu * t;
  }

  /// Newton's method on 1 / norm(x(mu)) - 1 / r, which is concave for a ball alone, between safeguards.
  void solve(double largest) {
    double low = 0, high = std::numeric_limits<double>::infinity();
    double mu = largest > 0 ? 1 / largest : 0;
    const double tolerance = sizeof(S) == sizeof(float) ? 1e-10 : 1e-15;
    for (int iteration = 0; iteration < 200; ++iteration) {
      double squares = 0, slope = 0;
      for (Index i = 0; i < n_; ++i) {
        const double t = steps_[i], shrink = denominator(t, mu, largest);
        const double moved = elements_.prox(static_cast<double>(y_[i]) / shrink, t / shrink);
        const double x = elements_.restrict(moved);
        squares += x * x;
        if (x == moved) slope += x * x * t / shrink;
      }
      const double length = std::sqrt(squares);
      (length > radius_ ? low : high) = mu;
      if (std::abs(length - radius_) <= tolerance * radius_) break;
      double next = mu + squares / slope * (length - radius_) / radius_;
      if (!(next > low && next < high))
        next = std::isinf(high) ? 2 * low + 1 / steps_[0] : low + (high - low) / 2;
      if (next == mu || !(low < high)) break;
      mu = next;
    }
    for (Index i = 0; i < n_; ++i) {
      const double t = steps_[i], shrink = denominator(t, mu, largest);
      x_[i] =
          elements_.restrict(static_cast<S>(elements_.prox(static_cast<double>(y_[i]) / shrink, t / shrink)));
    }
  }

  /// A point inside the sphere moves out: -1 / max t < mu < 0. Where no coordinate with the largest step is
  /// off zero, the norm may stay short of the radius ("hard case" of the trust-region problem); the first of
  /// them makes up for it.
  void expand() {
    const Index first = std::max_element(steps_.each, steps_.each + n_) - steps_.each;
    const double largest = steps_[first];
    double squares = 0;
    bool hard = true;
    for (Index i = 0; i < n_; ++i) {
      const double t = steps_[i], y = y_[i], x = y / denominator(t, 0, largest);
      if (t < largest)
        squares += x * x;
      else
        hard = hard && y == 0;
    }
    if (!hard || squares > radius_ * radius_) return solve(largest);
    for (Index i = 0; i < n_; ++i)
      x_[i] = steps_[i] < steps_[first]
                  ? static_cast<S>(static_cast<double>(y_[i]) / denominator(steps_[i], 0, largest))
                  : S(0);
    x_[first] = static_cast<S>(std::sqrt(radius_ * radius_ - squares));
  }

  /// Nothing is left to scale: the best point of the sphere has one coordinate, where y gains most (the first
  /// of equals).
  void to_vertex() {
    Index best = 0;
    for (Index i = 1; i < n_; ++i)
      if (elements_.gain(y_[i]) > elements_.gain(y_[best])) best = i;
    std::fill(x_, x_ + n_, S(0));
    const S r = static_cast<S>(radius_), toward = elements_.restrict(y_[best] < 0 ? -r : r);
    x_[best] = toward != 0 ? toward : r;
  }

  const Elements& elements_;
  const S* y_;
  S* x_;
  Index n_;
  Steps<S> steps_;
  double radius_;
};

}  // namespace espalier::detail
