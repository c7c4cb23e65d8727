// SPDX-License-Identifier: MIT
// Is a vector the best one under a concave penalty on its norm? By a search that knows the objective alone.
#pragma once

#include "catch.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "rows.hpp"

namespace test {

/// sum (x - y)^2 / (2 t) + l1 sum |x| + p(norm(x)), where p'(s) is lambda up to `knee`, then falls in a line
/// to 0 at `end`: found by integrating that, so that no formula for p is taken from the library.
struct ConcaveGroup {
  Numbers<double> y, t;
  double lambda, knee, end, l1 = 0;
  bool positive = false;

  double slope(double s) const {
    return s <= knee ? lambda : s >= end ? 0 : lambda * (end - s) / (end - knee);
  }
  double penalty(double s) const {  // the trapezoidal rule is exact for lines
    const double bend = std::clamp(s, knee, end);
    return std::min(s, knee) * lambda + (bend - knee) * (slope(bend) + lambda) / 2;
  }
  double operator()(const Numbers<double>& x) const {
    double sum = penalty(length(x));
    for (std::size_t i = 0; i < x.size(); ++i)
      sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]) + l1 * std::abs(x[i]);
    return sum;
  }
  /// How far a search from many starts gets below the objective at x.
  double beaten_by_search(const Numbers<double>& x, espalier::Rng& rng) const {
    const double at_x = (*this)(x);
    double best = at_x;
    for (int start = 0; start < (sanitized ? 3 : 12); ++start) {
      Numbers<double> from = start == 0 ? x : start == 1 ? y : random_row<double>(Index(y.size()), 1, rng);
      if (start > 1)
        for (std::size_t i = 0; i < y.size(); ++i) from[i] = y[i] * (start == 2 ? 0.0 : rng.uniform());
      best = std::min(best, descend(from, rng));
    }
    return at_x - best;
  }
  /// By how much (y - x) / t is not the slope of what is left, where x is not zero; relative.
  double residual(const Numbers<double>& x) const {
    double worst = 0, scale = lambda + l1;
    const double norm = length(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      scale = std::max(scale, std::abs(y[i]) / t[i]);
      if (x[i] != 0)
        worst = std::max(
            worst, std::abs((y[i] - x[i]) / t[i] - slope(norm) * x[i] / norm - std::copysign(l1, x[i])));
    }
    return worst / scale;
  }

 private:
  double descend(Numbers<double> x, espalier::Rng& rng) const {
    const auto allowed = [&](Numbers<double> z) {
      for (double& v : z)
        if (positive) v = std::max(v, 0.0);
      return z;
    };
    x = allowed(x);
    double best = (*this)(x);
    for (double reach = 1; reach > 1e-7; reach /= 2)
      for (int k = 0; k < 30; ++k) {
        Numbers<double> near = x;
        const double all = k % 3 == 0 ? 1 + reach * rng.normal() : 1;  // along the ray
        for (double& v : near) v = v * all + (k % 3 == 1 ? reach * rng.normal() : 0);
        if (k % 3 == 2) near[std::size_t(rng.below(Index(near.size())))] += reach * rng.normal();
        near = allowed(near);
        if (const double value = (*this)(near); value < best) best = value, x = near;
      }
    return best;
  }
};

/// On random vectors of one to four weights, `reach` times longer than the step sizes are for the penalty:
/// no search finds better, and the conditions of an optimum hold. `make(y, t)` is the problem.
template <class PackType, class Make>
void check_concave(const PackType& pack, double longest, const Make& make) {
  espalier::Rng rng{17};
  double worst = 0, residual = 0;
  int zero = 0, kept = 0, shrunk = 0;
  for (int trial = 0; trial < 100; ++trial) {
    const Index n = 1 + trial % 4;
    const Numbers<double> y = random_row<double>(n, 1.6 * rng.uniform() + 0.2, rng);
    Numbers<double> t(y.size());
    for (double& step : t) step = longest * std::min(std::exp(2.5 * rng.normal()), 1.0);
    const Numbers<double> x = constrained(pack, y, t);
    const ConcaveGroup problem = make(y, t);
    worst = std::max(worst, problem.beaten_by_search(x, rng) / (1 + problem(x)));
    residual = std::max(residual, problem.residual(x));
    ++(length(x) == 0 ? zero : length(x) >= problem.end ? kept : shrunk);
  }
  CAPTURE(longest, zero, kept, shrunk);
  CHECK(worst <= 1e-13);
  CHECK(residual <= 1e-13);
  CHECK(zero > 3);
  CHECK(kept > 3);
  CHECK((shrunk > 3 || longest > 2));
}

}  // namespace test
