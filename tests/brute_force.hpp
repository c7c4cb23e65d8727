// SPDX-License-Identifier: MIT
// The best point of a constraint set by search: slow, and independent of every formula in the library.
#pragma once

#include <algorithm>
#include <limits>

#include "rows.hpp"

namespace test {

/// The intersection of the sets of some policies.
struct Region {
  double lo = -std::numeric_limits<double>::infinity(), hi = -lo, radius = hi;
  bool sphere = false;

  template <class... Ps>
  explicit Region(const Ps&... policies) {
    (meet(policies), ...);
  }

  /// `x` if it is in the region, or what clipping and rescaling make of it; false if that is not in it
  /// either.
  bool pull_in(Numbers<double>& x) const {
    double squares = 0;
    for (double& value : x) value = std::clamp(value, lo, hi), squares += value * value;
    const double norm = std::sqrt(squares);
    if (norm > radius || (sphere && norm > 0))
      for (double& value : x) value *= (sphere ? 1 : 1 - 1e-15) * radius / norm;
    return !(sphere && norm == 0) && *std::min_element(x.begin(), x.end()) >= lo;
  }

 private:
  void meet(const espalier::Clip& p) { lo = std::max(lo, p.lo), hi = std::min(hi, p.hi); }
  void meet(const espalier::NonNegative&) { lo = std::max(lo, 0.0); }
  void meet(const espalier::MaxNorm& p) { radius = p.radius; }
  void meet(const espalier::UnitNorm&) { radius = 1, sphere = true; }
  void meet(const espalier::L1&) {}
};

/// sum (x - y)^2 / (2 t) + strength sum |x|
struct Objective {
  Numbers<double> y, t;
  double strength;

  double operator()(const Numbers<double>& x) const {
    double sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]) + strength * std::abs(x[i]);
    return sum;
  }
};

/// How far a search of the whole region and of ever smaller neighborhoods of `x` gets below the objective at
/// `x`.
inline double beaten_by(const Objective& objective, const Region& region, const Numbers<double>& x,
                        Rng& rng) {
  const double at_x = objective(x);
  double best = at_x;
  const auto attempt = [&](Numbers<double> candidate) {
    if (region.pull_in(candidate)) best = std::min(best, objective(candidate));
  };
  const std::size_t n = x.size();
  const double size = std::max(length(x), length(objective.y));
  for (std::size_t i = 0; i < n; ++i)
    for (const double side : {-region.radius, region.radius})
      if (std::isfinite(side)) {
        Numbers<double> vertex(n, 0.0);
        vertex[i] = side;
        attempt(vertex);
      }
  for (double reach = 1; reach > 1e-9; reach /= 10)
    for (int k = 0; k < 40; ++k) {
      Numbers<double> near = x;
      for (double& value : near) value += reach * size * rng.normal();
      attempt(near);
      near[static_cast<std::size_t>(rng.below(static_cast<Index>(n)))] = 0;  // the kinks of the penalty
      attempt(near);
      near = x;
      near[static_cast<std::size_t>(rng.below(static_cast<Index>(n)))] += reach * size * rng.normal();
      attempt(near);
    }
  for (int k = 0; k < 200; ++k) attempt(random_row<double>(static_cast<Index>(n), size + 1, rng));
  return at_x - best;
}

}  // namespace test
