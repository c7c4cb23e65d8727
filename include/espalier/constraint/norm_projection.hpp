// SPDX-License-Identifier: MIT
// The nearest row inside a Euclidean ball, or on a sphere, in the metric of the step and together with
// element policies.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/line.hpp"
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
bool length_holds(double length, double radius, bool sphere) {
  return sphere ? std::abs(length - radius) <= 2 * roundoff<S> * radius : length <= radius;
}

template <Scalar S>
bool norm_holds(const S* x, Index n, double radius, bool sphere) {
  return length_holds<S>(norm(x, n), radius, sphere);
}

/// Solves  min_x sum (x_i - y_i)^2 / (2 t_i) + h(x_i)  over x_i in I and norm(x) <= r (or == r).  With a
/// multiplier mu on norm(x)^2 / 2 the coordinates come apart: x_i(mu) = P_I(prox_h(y_i / (1 + mu t_i), t_i /
/// (1 + mu t_i))), and norm(x(mu)) falls with mu, so that one root is left. On a sphere mu may be negative,
/// down to the pole -1 / max t. The unknown is nu = 1 + mu max t: zero at the pole, one where mu is zero.
///
/// Elements is the pack's element policies: prox(y, t), restrict(x), cost(x) of the penalties, and whether
/// they are `homogeneous` or `none`.
template <Scalar S, class Elements>
class NormProjection {
 public:
  NormProjection(const Elements& elements, const S* y, S* x, Index n, Steps<S> steps, double radius)
      : elements_(elements), y_(y), x_(x), n_(n), steps_(steps), radius_(radius) {}

  /// `x` must hold x(nu = 1), found infeasible; `length` is its norm.
  void onto_ball(double length) {
    if (!Elements::homogeneous || steps_.each) {
      if (!solve_nearby(length)) solve(length / radius_);
      length = norm(x_, n_);
    }
    for (double ulps = 0; !(length <= radius_) && ulps < 0x1p60; ulps = 2 * ulps + 1) {
      rescale(radius_ * std::max(0.0, 1 - ulps * roundoff<S>), length);
      length = norm(x_, n_);
    }
  }

  void onto_sphere(double length) {
    const bool in_metric = Elements::none && steps_.each;
    if (!Elements::none && steps_.each) length = onto_part_of_sphere(length);
    if (!in_metric && length == 0) return to_vertex();
    if (in_metric && !solve_nearby(length)) length > radius_ ? solve(length / radius_) : expand();
    // One pass is enough in float; in double one row in 7,000 needs a second, none of 6 million a third.
    if (in_metric) length = norm(x_, n_);
    for (int pass = 0; pass < 64 && !length_holds<S>(length, radius_, true); ++pass) {
      rescale(radius_, length);
      length = norm(x_, n_);
    }
  }

 private:
  /// x *= to / from, also where the quotient or the norm `from` overflows.
  void rescale(double to, double from) {
    if (std::isinf(from)) {
      for (Index i = 0; i < n_; ++i) x_[i] *= S(0x1p-60);
      from = norm(x_, n_);
    }
    const double factor = to / from;
    if constexpr (Elements::none && std::same_as<S, float>)
      if (std::isnormal(static_cast<float>(factor))) {
        for (Index i = 0; i < n_; ++i) x_[i] = static_cast<float>(static_cast<double>(x_[i]) * factor);
        return;
      }
    const bool tiny = std::isinf(factor);
    for (Index i = 0; i < n_; ++i) {
      const double x = x_[i];
      x_[i] = elements_.restrict(static_cast<S>(tiny ? x / from * to : x * factor));
    }
  }

  /// x_i(nu) as y_i / shrink with shrink = 1 + mu t_i; nothing cancels close to the pole.
  double at(Index i, double shrink) const {
    const double y = y_[i], t = steps_[i];
    return elements_.prox(y / shrink, t / shrink);
  }

  /// Newton's method of `solve`, from mu = 0, for a row that one step of an optimizer has moved a little off
  /// its ball or sphere, and nothing else in the way: all in the row's own precision and many coordinates at
  /// a time. Leaves x alone, and says so, if the row is not such a one.
  bool solve_nearby(double length) {
    if constexpr (Elements::none) {
      if (!steps_.each || !(length > radius_ / 2 && length < radius_ * 2)) return false;
      const S largest = ConstRow<S>(steps_.each, n_).maxCoeff(), inverse_radius = static_cast<S>(1 / radius_);
      if (!(largest > 0) || !std::isfinite(1 / largest) || !std::isfinite(inverse_radius)) return false;
      const double accuracy = std::same_as<S, float> ? 1e-7 : 1e-14;
      Sums sums = evaluate<false>(1, largest, inverse_radius);
      double nu = 1;
      for (int iteration = 0;; ++iteration) {
        const double excess = std::sqrt(sums.squares) - 1;
        if (iteration > 0 && std::abs(excess) <= accuracy) return true;
        nu += sums.squares / sums.slope * excess;
        if (iteration == 5 || !(nu > 0.5 && nu < 1e6)) break;
        sums = evaluate<true>(static_cast<S>(nu), largest, inverse_radius);
      }
      std::copy(y_, y_ + n_, x_);
    }
    return false;
  }

  struct Sums {
    double squares, slope;
  };

  /// sum (x_i / r)^2 of x(nu), which is written down, and -1/2 of its derivative by nu; or of y, at nu = 1.
  /// Sums of a few lines are in the row's precision, all others in double.
  template <bool move>
  Sums evaluate(S nu, S largest, S inverse_radius) {
    constexpr Index length = line_length<S>, piece = 4 * length;
    const S to_part = 1 / largest;
    Sums sums{};
    for (Index start = 0; start < n_; start += piece) {
      Line<S> squares = S(0), slope = S(0);
      for (Index i = start; i < std::min(start + piece, n_); i += length) {
        Line<S> x = load_line(y_ + i, n_ - i);
        const Line<S> t = load_line(steps_.each + i, n_ - i);
        Line<S> pull = t * to_part;
        if constexpr (move) {
          const Line<S> factor = largest / ((largest - t) + nu * t);  // 1 where t is 0
          x *= factor;
          pull *= factor;
          store_line(x, x_ + i, n_ - i);
        }
        x *= inverse_radius;
        squares += x * x;
        slope += x * x * pull;
      }
      sums.squares += static_cast<double>(squares.sum());
      sums.slope += static_cast<double>(slope.sum());
    }
    return sums;
  }

  /// Newton's method on r / norm(x(nu)) - 1 from the left of the root: for a ball alone this function is
  /// concave and `nu` rises to the root. For the kinks of element sets there are safeguards.
  void solve(double nu) {
    const double largest = steps_.each ? *std::max_element(steps_.each, steps_.each + n_) : steps_.uniform;
    const double inverse = 1 / largest;
    nu = std::max(nu, std::numeric_limits<double>::min());
    if (!std::isfinite(nu * inverse)) return;  // beyond any metric: a rescaled x(1) will do
    const auto part = [&](Index i) { return static_cast<double>(steps_[i]) * inverse; };
    const auto shrink = [&](Index i) {
      return (largest - static_cast<double>(steps_[i])) * inverse + nu * part(i);
    };
    const double tolerance = std::same_as<S, float> ? 1e-10 : 1e-15;
    double low = 0, high = std::numeric_limits<double>::infinity(), leap = 2;
    for (int iteration = 1; iteration < 200; ++iteration) {
      double squares = 0, slope = 0;
      for (Index i = 0; i < n_; ++i) {
        const double moved = at(i, shrink(i)), inside = elements_.restrict(moved), x = inside / radius_;
        squares += x * x;
        if (inside == moved) slope += x * x * part(i) / shrink(i);
      }
      const double excess = std::sqrt(squares) - 1;
      (excess > 0 ? low : high) = nu;
      if (std::abs(excess) <= tolerance) break;
      double next = nu + squares / slope * excess;
      if (!(next > low && next < high) || iteration % 8 == 0) {
        if (std::isinf(high))
          next = nu * leap, leap = std::min(leap * leap, 1e100);
        else
          next = low > 0 ? std::sqrt(low) * std::sqrt(high) : high / 2;
      }
      if (!(next > low && next < high)) break;
      nu = next;
    }
    for (Index i = 0; i < n_; ++i) x_[i] = elements_.restrict(static_cast<S>(at(i, shrink(i))));
  }

  /// On the part of the sphere that element policies leave: a root above the pole is the nearest point of
  /// all, since there every coordinate's part of the Lagrangian is convex. Where there is none, the Euclidean
  /// metric has to do, for whose nearest point `x` is rescaled.
  double onto_part_of_sphere(double length) {
    solve(length > radius_ ? length / radius_ : 1);
    length = norm(x_, n_);
    if (std::abs(length / radius_ - 1) <= 1e-3) return length;
    steps_.each = nullptr;
    for (Index i = 0; i < n_; ++i) x_[i] = elements_.restrict(elements_.prox(y_[i], steps_.uniform));
    return norm(x_, n_);
  }

  /// A point inside the sphere moves out: 0 < nu < 1. If every coordinate with the largest step is zero (or
  /// as good as), the norm may stay short of the radius at the pole ("hard case" of the trust-region
  /// problem); the largest of them, the first of equals, makes up for it.
  void expand() {
    Index last = std::max_element(steps_.each, steps_.each + n_) - steps_.each;
    const double largest = steps_[last];
    double others = 0, pole = 0;
    for (Index i = 0; i < n_; ++i) {
      const double t = steps_[i], y = static_cast<double>(y_[i]) / radius_;
      if (t < largest)
        others += std::pow(y / ((largest - t) / largest), 2);
      else if (std::abs(y) > pole)
        pole = std::abs(y), last = i;
    }
    if (pole > 1e-290 || others > 1) return solve(pole);
    for (Index i = 0; i < n_; ++i) {
      const double t = steps_[i];
      x_[i] = t < largest ? static_cast<S>(static_cast<double>(y_[i]) / ((largest - t) / largest)) : S(0);
    }
    const S rest = static_cast<S>(radius_ * std::sqrt(1 - others));
    x_[last] = y_[last] < 0 ? -rest : rest;
  }

  /// Nothing is left to scale: the best point of the sphere has one coordinate, where y gains most (the first
  /// of equals, the positive side before the negative).
  void to_vertex() {
    const S r = static_cast<S>(radius_);
    const double t = steps_.uniform, handicap = t * (elements_.cost(S(-1)) - elements_.cost(S(1)));
    double most = -std::numeric_limits<double>::infinity();
    Index best = 0;
    S vertex = r;
    for (Index i = 0; i < n_; ++i)
      for (const S side : {r, -r}) {
        const double y = y_[i], gain = side > 0 ? y : -y - handicap;
        if (gain > most && elements_.restrict(side) == side) most = gain, best = i, vertex = side;
      }
    std::fill(x_, x_ + n_, S(0));
    x_[best] = vertex;
  }

  const Elements& elements_;
  const S* y_;
  S* x_;
  Index n_;
  Steps<S> steps_;
  double radius_;
};

}  // namespace espalier::detail
