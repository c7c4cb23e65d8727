// SPDX-License-Identifier: MIT
// The nearest row inside a Euclidean ball, or on a sphere, in the metric of the step and together with
// element policies.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>

#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/pack/near_norm.hpp"

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
/// Elements is the pack's element policies: prox(y, t), project(x), both for a line, cost(x) of the
/// penalties, and whether they are `homogeneous` or `none`.
template <Scalar S, class Elements>
class NormProjection {
 public:
  /// `x` holds x(nu = 1). Without element policies this is y, for which `y` is only room.
  NormProjection(const Elements& elements, S* y, S* x, Index n, Steps<S> steps, double radius)
      : elements_(elements), y_(y), x_(x), n_(n), steps_(steps), radius_(radius) {}

  /// Was x outside, and has been moved?
  template <bool sphere>
  bool onto() {
    if constexpr (Elements::homogeneous) {
      RowSums row = row_sums<sphere>(x_, steps_.each, n_);
      if constexpr (std::same_as<S, float>)
        if (const Near found = near_norm<sphere>(x_, n_, steps_.each, row, radius_); found != Near::far)
          return found == Near::moved;
      if (steps_.each) {
        row.squares /= radius_ * radius_, row.first /= radius_ * radius_, row.second /= radius_ * radius_;
        const double slack =  // more than their roundings
            32 * roundoff<S> + static_cast<double>(n_) * roundoff<double>;
        const bool surely = row.squares > 1 + slack || (sphere && row.squares < 1 - slack);
        if (!surely && norm_holds(x_, n_, radius_, sphere)) return false;
        copy();
        const double length = secant_step(row, sphere ? 1 : 1 + roundoff<S> / 2);
        if (length > 0) return rescale_until_feasible<sphere>(length), true;
      }
    }
    const double length = norm(x_, n_);
    if (length_holds<S>(length, radius_, sphere)) return false;
    copy();
    if constexpr (sphere)
      onto_sphere(length);
    else
      onto_ball(length);
    return true;
  }

 private:
  void copy() {
    if constexpr (Elements::none) std::copy(x_, x_ + n_, y_);
  }

  void onto_ball(double length) {
    if (!Elements::homogeneous || steps_.each) {
      solve(length / radius_);
      length = norm(x_, n_);
    }
    rescale_until_feasible<false>(length);
  }

  void onto_sphere(double length) {
    const bool in_metric = Elements::none && steps_.each;
    if (!Elements::none && steps_.each) length = onto_part_of_sphere(length);
    if (!in_metric && length == 0) return to_vertex();
    if (in_metric) {
      length > radius_ ? solve(length / radius_) : move_outward();
      length = norm(x_, n_);
    }
    rescale_until_feasible<true>(length);
  }

  /// Scales x, of this length, until its norm is what it must be.
  template <bool sphere>
  void rescale_until_feasible(double length) {
    if constexpr (sphere) {
      // One pass is enough, but for a few rows of doubles.
      for (int pass = 0; pass < 64 && !length_holds<S>(length, radius_, true); ++pass) {
        rescale(radius_, length);
        length = norm(x_, n_);
      }
    } else {
      for (double ulps = 0; !(length <= radius_) && ulps < 0x1p60; ulps = 2 * ulps + 1) {
        rescale(radius_ * std::max(0.0, 1 - ulps * roundoff<S>), length);
        length = norm(x_, n_);
      }
    }
  }

  /// x *= to / from, also where the quotient or the norm `from` overflows.
  void rescale(double to, double from) {
    if (std::isinf(from)) {
      for (Index i = 0; i < n_; ++i) x_[i] *= S(0x1p-60);
      from = norm(x_, n_);
    }
    const double factor = to / from;
    if constexpr (Elements::none && std::same_as<S, float>)
      if (std::isnormal(static_cast<float>(factor))) return scale(x_, n_, factor);
    const bool tiny = std::isinf(factor);
    for (Index i = 0; i < n_; ++i) {
      const double x = x_[i];
      x_[i] = elements_.project(static_cast<S>(tiny ? x / from * to : x * factor));
    }
  }

  /// x_i(nu) as y_i / shrink with shrink = 1 + mu t_i; nothing cancels close to the pole.
  double at(Index i, double shrink) const {
    const double y = y_[i], t = steps_[i];
    return elements_.prox(y / shrink, t / shrink);
  }

  /// For a row that one step of an optimizer has moved a little off its ball or sphere: r / norm(x(mu)) is
  /// nearly a parabola at mu = 0, and then the secant method is as good as Newton's. Many coordinates at a
  /// time, in the row's own precision. Returns the norm of x(mu), which is close to r / goal, or 0 and x as
  /// it was, if the row is not such a one.
  double secant_step(const RowSums& row, double goal) {
    if (!(row.squares > 0.25 && row.squares < 4 && row.first > 0)) return 0;
    const double accuracy = std::same_as<S, float> ? 8e-8 : 1e-14;
    const double start = 1 / std::sqrt(row.squares), slope = start * row.first / row.squares;
    const double bend = 1.5 * (row.first / row.squares - row.second / row.first);
    double mu = 0, quotient = start, next = (goal - start) / slope;
    next /= std::max(0.5, 1 + bend * next);
    for (int iteration = 0; iteration < 6; ++iteration) {
      if (!(1 + next * row.largest > 0.5 && next < 1e30)) break;
      const double length = move(static_cast<S>(next), static_cast<S>(row.largest)), found = radius_ / length;
      if (std::abs(found - goal) <= accuracy) return length;
      const double further = next + (goal - found) * (next - mu) / (found - quotient);
      mu = next, quotient = found, next = further;
    }
    move(S(0), static_cast<S>(row.largest));
    return 0;
  }

  /// x = x(mu), which for homogeneous element policies is what they make of y, / (1 + mu t); its norm.
  double move(S mu, S largest) {
    constexpr Index length = line_length<S>;
    const bool small = std::same_as<S, float> && std::abs(mu * largest) <= S(1.0 / 128);
    for (Index i = 0; i < n_; i += length) {
      const Line<S> t = load_line(steps_.each + i, n_ - i), part = mu * t.min(largest);
      const Line<S> factor = small ? 1 - part * (1 - part * (1 - part)) : 1 / (1 + part);
      store_line(elements_.line(load_line(y_ + i, n_ - i), t) * factor, x_ + i, n_ - i);
    }
    return norm(x_, n_);
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
        const double moved = at(i, shrink(i)), inside = elements_.project(moved), x = inside / radius_;
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
    for (Index i = 0; i < n_; ++i) x_[i] = elements_.project(static_cast<S>(at(i, shrink(i))));
  }

  /// On the part of the sphere that element policies leave: a root above the pole is the nearest point of
  /// all, since there every coordinate's part of the Lagrangian is convex. Where there is none, the Euclidean
  /// metric has to do, for whose nearest point `x` is rescaled.
  double onto_part_of_sphere(double length) {
    solve(length > radius_ ? length / radius_ : 1);
    length = norm(x_, n_);
    if (std::abs(length / radius_ - 1) <= 1e-3) return length;
    steps_.each = nullptr;
    for (Index i = 0; i < n_; ++i) x_[i] = elements_.project(elements_.prox(y_[i], steps_.uniform));
    return norm(x_, n_);
  }

  /// A point inside the sphere moves out: 0 < nu < 1. If every coordinate with the largest step is zero (or
  /// as good as), the norm may stay short of the radius at the pole ("hard case" of the trust-region
  /// problem); the largest of them, the first of equals, makes up for it.
  void move_outward() {
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
        if (gain > most && elements_.project(side) == side) most = gain, best = i, vertex = side;
      }
    std::fill(x_, x_ + n_, S(0));
    x_[best] = vertex;
  }

  const Elements& elements_;
  S* y_;
  S* x_;
  Index n_;
  Steps<S> steps_;
  double radius_;
};

}  // namespace espalier::detail
