// SPDX-License-Identifier: MIT
// Is what a set that selects weights makes of a row the best of all selections? By trying them all.
#pragma once

#include <algorithm>

#include "rows.hpp"

namespace test {

/// Bounds and penalty of the policies of single weights beside a selection.
struct Beside {
  double lo = -1e300, hi = 1e300, l1 = 0;

  template <class... Ps>
  explicit Beside(const Ps&... policies) {
    (meet(policies), ...);
  }
  void meet(const espalier::Clip& p) { lo = std::max(lo, p.lo), hi = std::min(hi, p.hi); }
  void meet(const espalier::NonNegative&) { lo = std::max(lo, 0.0); }
  void meet(const espalier::L1& p) { l1 = p.strength; }
  void meet(const auto&) {}

  double objective(double x, double y, double t) const {
    return (x - y) * (x - y) / (2 * t) + l1 * std::abs(x);
  }
  /// The least for one weight, which is where it is free, at zero or at a bound.
  double best(double y, double t) const {
    const double low = std::clamp(y + l1 * t, lo, hi), high = std::clamp(y - l1 * t, lo, hi);
    double least = std::min(objective(lo, y, t), objective(hi, y, t));
    if (lo <= 0 && hi >= 0) least = std::min(least, objective(0, y, t));
    return std::min({least, objective(low, y, t), objective(high, y, t)});
  }
};

/// By how much a pack is worse than the best choice of zeros in rows of four, relative to the objective.
/// allowed(x): has x enough zeros?
template <class F, class... Ps>
double worse_than_a_selection(const F& allowed, int& moved, const Ps&... policies) {
  const Beside beside(policies...);
  const Pack<Ps...> pack(policies...);
  Rng rng{5};
  double worst = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Numbers<double> y = random_row<double>(4, 1.5, rng),
                          t = trial % 4 == 0 ? Numbers<double>(4, 1.0) : random_steps<double>(4, rng);
    const Numbers<double> x = constrained(pack, y, t);
    double at = 0, least = 1e300;
    for (std::size_t i = 0; i < 4; ++i) at += beside.objective(x[i], y[i], t[i]);
    for (unsigned kept = 0; kept < 16; ++kept) {
      Numbers<double> zeros(4, 1.0);
      double sum = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        const bool stays = (kept >> i & 1U) != 0;
        if (!stays) zeros[i] = 0;
        sum += stays ? beside.best(y[i], t[i]) : beside.objective(0, y[i], t[i]);
      }
      if (allowed(zeros)) least = std::min(least, sum);
    }
    worst = std::max({worst, (at - least) / (1 + least), allowed(x) && contains(pack, x) ? 0.0 : 1.0});
    moved += x != y;
  }
  return worst;
}

}  // namespace test
