// SPDX-License-Identifier: MIT
// The nearest point of a sphere to a row that is inside it, or that element policies have swallowed.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/pack/norm_root.hpp"

namespace espalier::detail {

/// For homogeneous element policies: a cone and a penalty that is linear on either side of 0. Coordinate i
/// then goes to one side, and is drawn there by c_i: with x_i >= 0 the distance from there,
///   min sum x_i^2 / (2 t_i) - c_i x_i / t_i  over  sum x_i^2 = r^2,
/// is convex in u_i = x_i^2 where c_i >= 0, and concave where c_i < 0. So at most one coordinate with c_i < 0
/// is not 0: the nearest point is that over {c >= 0}, or that over {c >= 0} and one other coordinate
/// (docs/numerics.md, "Norms, the sphere").
template <Scalar S, class Elements>
class SphereSearch {
 public:
  explicit SphereSearch(const NormProblem<S, Elements>& problem)
      : problem_(problem), path_(problem.steps, 1) {}

  /// x = the nearest point, its norm correct to a few roundings. Norm(x(mu = 0)) is below the radius.
  void solve() {
    const Index last = best_of_convex();
    if (last < 0) return put_only(best_vertex());
    path_ = Path<S>(problem_.steps, problem_.steps[last]);
    if (!path_.regular() || !problem_.steps.each) return solve_evenly(last);
    const double nu = solve_convex(last);
    if constexpr (!Elements::none) try_others(nu);
  }

 private:
  /// The side of a coordinate, and how strongly it is drawn there.
  struct Pull {
    double c, side;
  };

  Pull pull(Index i) const {
    const double z = problem_.unshrunk(i);
    if (z != 0 || Elements::none) return {std::abs(z), z < 0 ? -1.0 : 1.0};
    Pull best{-std::numeric_limits<double>::infinity(), 0};
    for (const double side : {1.0, -1.0}) {
      const S unit = static_cast<S>(side);
      if (problem_.elements.at(i).project(unit) != unit) continue;
      const double c = side * static_cast<double>(problem_.y[i]) -
                       static_cast<double>(problem_.steps[i]) * problem_.elements.at(i).cost(unit);
      if (best.side == 0 || c > best.c) best = {std::min(c, 0.0), side};
    }
    return best;
  }

  /// The coordinate with the largest step size of those with c >= 0; of equals the one with the largest c,
  /// the first of equals; -1 if there is none.
  Index best_of_convex() const {
    Index best = -1;
    double most = 0, drawn = 0;
    for (Index i = 0; i < problem_.n; ++i) {
      const Pull p = pull(i);
      const double t = problem_.steps[i];
      if (p.c >= 0 && (best < 0 || t > most || (t == most && p.c > drawn))) best = i, most = t, drawn = p.c;
    }
    return best;
  }

  /// Where all c are negative, one coordinate takes the whole radius: that which loses least by it, (2 r c -
  /// r^2) / (2 t), the first of equals.
  Index best_vertex() const {
    const double r = problem_.radius;
    Index best = 0;
    double most = -std::numeric_limits<double>::infinity(), drawn = most;
    for (Index i = 0; i < problem_.n; ++i) {
      const double c = pull(i).c;
      const double gain =
          problem_.steps.each ? (2 * r * c - r * r) / static_cast<double>(problem_.steps[i]) : c;
      if (gain > most || (gain == most && c > drawn)) best = i, most = gain, drawn = c;
    }
    return best;
  }
  void put_only(Index i) const {
    std::fill(problem_.x, problem_.x + problem_.n, S(0));
    problem_.x[i] = static_cast<S>(pull(i).side * problem_.radius);
  }

  /// With one step size for all, or none that can be computed with: x is scaled by what comes after.
  void solve_evenly(Index last) const {
    bool zero = true;
    for (Index i = 0; i < problem_.n; ++i) {
      problem_.x[i] = static_cast<S>(problem_.unshrunk(i));
      zero = zero && problem_.x[i] == 0;
    }
    if (zero) put_only(last);
  }

  /// The nearest point over {c >= 0}; its nu. If every coordinate with the largest step is zero (or as good
  /// as), the norm may stay short of the radius at the pole ("hard case" of the trust-region problem): then
  /// `last`, the largest of them, makes up for it.
  double solve_convex(Index last) const {
    const double r = problem_.radius;
    double others = 0, pole = 0;
    for (Index i = 0; i < problem_.n; ++i) {
      const double z = problem_.unshrunk(i) / r;
      if (z == 0) continue;
      if (path_.step(i) < path_.largest)
        others += std::pow(z / path_.shrink(i, 0), 2);
      else
        pole = std::max(pole, std::abs(z));
    }
    const NormRoot root(problem_, path_);
    if (pole > 1e-290 || others > 1) {
      const double nu = root.solve(pole, 0, 1);
      root.write(nu);
      return nu;
    }
    for (Index i = 0; i < problem_.n; ++i)
      problem_.x[i] =
          path_.step(i) < path_.largest ? static_cast<S>(problem_.at(i, path_.shrink(i, 0))) : S(0);
    const double rest = r * std::sqrt(1 - others);
    problem_.x[last] = static_cast<S>(pull(last).side * rest);
    return 0;
  }

  /// A coordinate with c < 0 as the line a s / 2 + b, in units of 1 / largest: what it costs to have it at s,
  /// divided by s.
  struct Line {
    double a, b;
  };
  Line line(Index j, double c) const {
    const double t = problem_.steps[j];
    return {path_.largest / t, -c / t * path_.largest};
  }

  /// x(mu) over {c >= 0} is the nearest point of all if no other coordinate has its own pole above mu.
  /// Otherwise those are tried which are cheapest for some s in (0, r], the lower envelope of their lines,
  /// and the best point is taken.
  void try_others(double nu) const {
    const double r = problem_.radius;
    double lowest = std::numeric_limits<double>::quiet_NaN(), best_delta = 0, from = 0;
    Index best = -1, at = -1;
    Line current{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    while (next_of_envelope(nu, at, current, from) && from < r) {
      if (!(lowest == lowest)) lowest = convex_cost(nu);
      const double c = pull(at).c, delta = solve_with(at, c);
      if (!(delta > 0)) continue;
      const double cost = cost_with(at, c, delta);
      if (cost < lowest) lowest = cost, best = at, best_delta = delta;
    }
    if (best >= 0) write_with(best, best_delta);
  }

  /// Moves `at` to the line that is the lowest to the right of `current`, which begins `from` there; at first
  /// to that which is the lowest at 0. False if there is none.
  bool next_of_envelope(double nu, Index& at, Line& current, double& from) const {
    Index next = -1;
    Line lowest = current;
    double begins = std::numeric_limits<double>::infinity();
    for (Index j = 0; j < problem_.n; ++j) {
      const double t = problem_.steps[j];
      if (!((1 - nu) * t > path_.largest)) continue;
      const double c = pull(j).c;
      if (!(c < 0)) continue;
      const Line l = line(j, c);
      const double here = at < 0 ? l.b : 2 * (l.b - current.b) / (current.a - l.a);
      if (at >= 0 && !(l.a < current.a)) continue;
      if (here < begins || (here == begins && l.a < lowest.a)) next = j, lowest = l, begins = here;
    }
    if (next < 0) return false;
    from = at < 0 ? 0 : begins;
    at = next, current = lowest;
    return true;
  }

  /// Half the squared distance in the metric, in units of 1 / largest, less what is the same for all: of the
  /// point over {c >= 0} that is in x.
  double convex_cost(double nu) const {
    double sum = 0;
    for (Index i = 0; i < problem_.n; ++i) {
      const double x = problem_.x[i];
      sum += x * x * path_.part(i);
    }
    return (1 - nu) * (1 - nu) * sum / 2;
  }

  /// With coordinate j, whose 1 + mu t_j = -delta is below 0: its x_j is -c / delta, and x_i = z_i t_j / (t_j
  /// - t_i (1 + delta)). Norm(x)^2 is convex in delta and above r^2 where x_j is r, so that Newton's method
  /// from there rises to the least root, which is the local minimum. 0 if there is none.
  double solve_with(Index j, double c) const {
    const double r2 = problem_.radius * problem_.radius, t = problem_.steps[j];
    double delta = -c / problem_.radius;
    for (int iteration = 0; iteration < 200; ++iteration) {
      if (!((t - path_.largest) > delta * path_.largest)) return 0;
      double squares = std::pow(c / delta, 2), slope = -2 * squares / delta;
      for (Index i = 0; i < problem_.n; ++i) {
        const double z = problem_.unshrunk(i), ti = problem_.steps[i];
        if (z == 0) continue;
        const double left = (t - ti) - delta * ti, x = z * t / left;
        squares += x * x, slope += 2 * x * x * ti / left;
      }
      const double excess = squares - r2;
      if (excess <= 8 * roundoff<double> * squares) return delta;
      if (!(slope < 0)) return 0;
      const double next = delta - excess / slope;
      if (!(next > delta)) return delta;
      delta = next;
    }
    return delta;
  }
  double cost_with(Index j, double c, double delta) const {
    const double t = problem_.steps[j], mu = (1 + delta) / t * path_.largest, s = -c / delta;
    double sum = 0;
    for (Index i = 0; i < problem_.n; ++i) {
      const double x = convex_part(i, t, delta);
      sum += x * x * path_.part(i);
    }
    const Line l = line(j, c);
    return mu * mu * sum / 2 + s * (l.a * s / 2 + l.b);
  }
  double convex_part(Index i, double t, double delta) const {
    const double z = problem_.unshrunk(i), ti = problem_.steps[i];
    return z == 0 ? 0 : z * t / ((t - ti) - delta * ti);
  }
  void write_with(Index j, double delta) const {
    const Pull p = pull(j);
    const double t = problem_.steps[j];
    for (Index i = 0; i < problem_.n; ++i) problem_.x[i] = static_cast<S>(convex_part(i, t, delta));
    problem_.x[j] = static_cast<S>(p.side * -p.c / delta);
  }

  const NormProblem<S, Elements>& problem_;
  Path<S> path_;
};

}  // namespace espalier::detail
