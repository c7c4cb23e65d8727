// SPDX-License-Identifier: MIT
// Is a point the minimum of a convex problem? By its optimality conditions (Karush, Kuhn, Tucker), which know
// nothing of how the point was found.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace test {

/// The numbers from `low` to `high`.
struct Span {
  long double low, high;

  Span operator+(const Span& other) const { return {low + other.low, high + other.high}; }
  Span operator-() const { return {-high, -low}; }
  Span meet(const Span& other) const { return {std::max(low, other.low), std::min(high, other.high)}; }
  /// By how much it is empty.
  long double gap() const { return std::max(low - high, 0.0L); }
};

/// min sum (x_i - y_i)^2 / (2 t_i) + l1 |x_i| + group norm(x) + ball norm(x)^2 / 2, over lo <= x_i <= hi and
/// one set of vectors. Every function here gives by how much the conditions fail at x.
struct ConvexProblem {
  static constexpr long double infinity = std::numeric_limits<long double>::infinity();

  /// A sum that must be met may leave a number, which belongs to a kink at zero or at a bound, this far
  /// beside it: one unit in the last place of numbers below 2.
  static constexpr long double beside = 0x1p-52L;

  std::vector<double> y, t, x;
  long double l1 = 0, group = 0, ball = 0, lo = -infinity, hi = infinity;
  std::vector<double> lows, highs;  // bounds of each weight beside these; empty: none

  std::size_t size() const { return x.size(); }

  /// What must come of the multiplier: (y_i - x_i) / t_i less the subgradients of l1 |x_i| and the normals of
  /// the interval. With `more` the weight of |x_i| is larger by so much.
  Span rest(std::size_t i, long double more = 0) const {
    const long double xi = x[i], weight = l1 + more,
                      r = (static_cast<long double>(y[i]) - xi) / t[i] - ball * xi;
    Span gradient = xi > beside    ? Span{weight, weight}
                    : xi < -beside ? Span{-weight, -weight}
                                   : Span{-weight, weight};
    if (xi <= lo + beside || (!lows.empty() && xi <= lows[i] + beside)) gradient.low = -infinity;
    if (xi >= hi - beside || (!highs.empty() && xi >= highs[i] - beside)) gradient.high = infinity;
    return Span{r, r} + -gradient;
  }
  /// The size of the numbers in the conditions: rounding of x fails them by 2^-53 of it.
  long double scale() const {
    long double largest = 0;
    for (std::size_t i = 0; i < size(); ++i)
      largest = std::max(largest, (std::abs(static_cast<long double>(y[i])) + std::abs(x[i])) / t[i]);
    return largest + l1 + group;
  }

  long double free() const {
    long double worst = 0;
    for (std::size_t i = 0; i < size(); ++i) worst = std::max(worst, rest(i).meet({0, 0}).gap());
    return worst;
  }
  /// One multiplier for sum x = value.
  long double sum() const {
    Span mu{-infinity, infinity};
    for (std::size_t i = 0; i < size(); ++i) mu = mu.meet(rest(i));
    return mu.gap();
  }
  /// One mu >= 0 for sum |x| <= radius, zero if that is not reached.
  long double sum_of_sizes(long double radius, long double unit) const {
    long double size_of_x = 0;
    for (const double value : x) size_of_x += std::abs(static_cast<long double>(value));
    Span mu{0, size_of_x < radius - unit ? 0 : infinity};
    for (std::size_t i = 0; i < size(); ++i) {
      const Span r = rest(i);
      if (x[i] > 0) mu = mu.meet(r);
      if (x[i] < 0) mu = mu.meet(-r);
      if (x[i] == 0) mu = mu.meet({std::max(r.low, -r.high), infinity});  // r meets [-mu, mu]
    }
    return mu.gap();
  }
  /// One mu >= 0 for the sum of the numbers above zero, one for those below, zero where that is not reached.
  long double sums_of_signs(long double bound, long double unit) const {
    long double above = 0, below = 0;
    for (const double value : x) (value > 0 ? above : below) += std::abs(static_cast<long double>(value));
    Span up{0, above < bound - unit ? 0 : infinity}, down{0, below < bound - unit ? 0 : infinity};
    for (std::size_t i = 0; i < size(); ++i) {
      const Span r = rest(i);
      up = up.meet(x[i] > 0 ? r : x[i] < 0 ? Span{0, infinity} : Span{r.low, infinity});
      down = down.meet(x[i] < 0 ? -r : x[i] > 0 ? Span{0, infinity} : Span{-r.high, infinity});
    }
    return std::max(up.gap(), down.gap());
  }
  /// mu x = the rest, where mu is group / norm(x), or more at norm(x) = radius.
  long double norm(long double radius, long double unit) const {
    long double squares = 0, least = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      squares += static_cast<long double>(x[i]) * x[i];
      const Span r = rest(i);
      const long double shortest = std::max({r.low, -r.high, 0.0L});
      least += shortest * shortest;
    }
    if (squares == 0) return std::max(std::sqrt(least) - group, 0.0L);
    const long double length = std::sqrt(squares), of_group = group / length;
    const bool reached = length >= radius - unit;
    Span mu{of_group, reached ? infinity : of_group};
    long double worst = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      const Span r = rest(i);
      if (x[i] == 0) worst = std::max(worst, r.meet({0, 0}).gap());
    }
    return std::max(worst, one_multiplier(mu));
  }
  /// A multiplier u_i >= 0 for each x_i <= x_i+1, zero where that is strict.
  long double isotonic() const {
    Span u{0, 0};
    long double worst = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      u = u + rest(i);
      const bool last = i + 1 == size() || x[i] < x[i + 1];
      const Span allowed = last ? Span{0, 0} : Span{0, infinity};
      worst = std::max(worst, u.meet(allowed).gap());
      if (u.meet(allowed).gap() > 0) u = {std::clamp(u.low, allowed.low, allowed.high), allowed.high};
      u = u.meet(allowed);
      if (u.low > u.high) u = {u.high, u.high};
    }
    return worst;
  }
  /// A multiplier u_i from -strength to strength for each difference x_i+1 - x_i, with its sign at the end
  /// where that is not zero.
  long double total_variation(long double strength) const {
    Span u{0, 0};
    long double worst = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      u = u + -rest(i);
      const Span allowed = i + 1 == size()   ? Span{0, 0}
                           : x[i] < x[i + 1] ? Span{strength, strength}
                           : x[i] > x[i + 1] ? Span{-strength, -strength}
                                             : Span{-strength, strength};
      worst = std::max(worst, u.meet(allowed).gap());
      u = u.meet(allowed);
      if (u.low > u.high) u = allowed;
    }
    return worst;
  }

 private:
  /// By how much no mu gives rest_i = mu x_i for all i, with the best mu found by a search.
  long double one_multiplier(Span mu) const {
    // The mu that the rest along x says, in the range that coordinates between the bounds allow.
    long double along = 0, free = 0;
    for (std::size_t i = 0; i < size(); ++i) {
      const Span r = rest(i);
      if (x[i] == 0 || std::isinf(r.low) || std::isinf(r.high)) continue;
      along += r.low * x[i], free += static_cast<long double>(x[i]) * x[i];
    }
    long double value = std::clamp(free > 0 ? along / free : mu.low, mu.low, mu.high);
    if (!(free > 0))  // all at bounds: large enough, or small enough
      for (std::size_t i = 0; i < size(); ++i)
        if (x[i] != 0) {
          const Span r = x[i] > 0 ? rest(i) : -rest(i);
          value =
              std::clamp(std::clamp(value, r.low / std::abs(x[i]), r.high / std::abs(x[i])), mu.low, mu.high);
        }
    long double worst = 0;
    for (std::size_t i = 0; i < size(); ++i)
      worst = std::max(worst, rest(i).meet({value * x[i], value * x[i]}).gap());
    return worst;
  }
};

}  // namespace test
