// SPDX-License-Identifier: MIT
// GroupMcp, GroupScad and MinMaxNorm beside policies that know places: masked weights leave the problem, and
// frozen ones make the norm longer by what they are.
#include <array>

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/group_mcp.hpp"
#include "espalier/constraint/group_scad.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/pack/remember.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers;

namespace {

/// What a pack of places makes of a row, in the metric of the step sizes t.
template <class... Ps>
Numbers<double> placed(const Pack<Ps...>& pack, Numbers<double> row, const Numbers<double>& t) {
  const auto n = static_cast<Index>(row.size());
  Numbers<double> kept(row.size() * static_cast<std::size_t>(pack.memories)), copies(2 * row.size());
  for (const auto when : {detail::Remember::opened, detail::Remember::started})
    detail::remember(pack, Block<const double>{row.data(), 1, n}, kept.data(), n, when);
  typename Pack<Ps...>::Counts counts{};
  pack.constrain(row.data(), n, Steps<double>{t.data(), 1}, 1.0, {copies.data()}, counts, {kept.data(), n});
  CHECK(pack.contains(row.data(), n, {kept.data(), n}));
  return row;
}

Numbers<double> uneven(Index n, double longest, Rng& rng) {
  Numbers<double> t(static_cast<std::size_t>(n));
  for (double& step : t) step = longest * std::min(std::exp(2.5 * rng.normal()), 1.0);
  return t;
}

}  // namespace

TEST_CASE("Under a mask, with concave penalties and shells, the other weights go where they go alone") {
  Rng rng{41};
  double off = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Index n = 2 + rng.below(12);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1, rng),
                          t = uneven(n, trial % 2 == 0 ? 1.5 : 12, rng);
    Numbers<double> mask(y.size(), 1), alone, steps;
    for (std::size_t i = 1; i < y.size(); ++i) mask[i] = rng.uniform() < 0.6;
    for (std::size_t i = 0; i < y.size(); ++i)
      if (mask[i] != 0) alone.push_back(y[i]), steps.push_back(t[i]);
    const Mask masked{Pattern(mask)};
    // The root of the size counts all weights, masked or not.
    const double part = std::sqrt(static_cast<double>(y.size()) / static_cast<double>(alone.size()));
    const auto apart = [&](const Numbers<double>& x, const Numbers<double>& expected) {
      std::size_t k = 0;
      for (std::size_t i = 0; i < x.size(); ++i) off += std::abs(x[i] - (mask[i] != 0 ? expected[k++] : 0));
    };
    apart(placed(Pack(GroupMcp{0.2, 2}, masked), y, t),
          test::constrained(Pack(GroupMcp{0.2 * part, 2}), alone, steps));
    apart(placed(Pack(MinMaxNorm{0.5, 1}, masked), y, t),
          test::constrained(Pack(MinMaxNorm{0.5, 1}), alone, steps));
  }
  CHECK(off < 1e-11);
}

TEST_CASE("Beside a frozen weight no shorter or longer vector is better") {
  // The best x for each length: x_i = y_i s / (s + (p'(s) t_i)), among all s.
  Rng rng{43};
  double worst = 0;
  int kept_zero = 0;
  for (int trial = 0; trial < 120; ++trial) {
    const Numbers<double> t = uneven(3, trial % 4 < 2 ? 1.5 : 12, rng);
    Numbers<double> y = test::random_row<double>(3, trial % 3 == 0 ? 0.3 : 1, rng);
    if (trial % 2 == 0) y[0] = 0;
    const double lambda = 0.25 * std::sqrt(3.0);
    const auto cost = [&](const Numbers<double>& x) {
      const double s = test::length(x);
      double sum = s < 2 * lambda ? lambda * s - s * s / 4 : lambda * lambda;
      for (std::size_t i = 1; i < 3; ++i) sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]);
      return sum;
    };
    const Numbers<double> x = placed(Pack(GroupMcp{0.25, 2}, Frozen{1, 0, 0}), y, t);
    CHECK(x[0] == y[0]);
    kept_zero += y[0] == 0 && x[1] == 0 && x[2] == 0;
    double best = cost(y);
    for (double mu = 1e-4; mu < 1e6; mu *= 1.02)
      best = std::min(best, cost({y[0], y[1] / (1 + mu * t[1]), y[2] / (1 + mu * t[2])}));
    worst = std::max(worst, cost(x) - best);
  }
  CHECK(worst < 1e-14);
  CHECK(kept_zero > 3);
}
