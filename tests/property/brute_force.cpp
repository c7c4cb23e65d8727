// SPDX-License-Identifier: MIT
// No feasible point has a lower objective than the one that a pack finds: every legal pack of the
// foundation's sets, with and without L1, in the Euclidean metric and in uneven ones.
#include "brute_force.hpp"

#include "catch.hpp"

using namespace espalier;
using test::Numbers;

namespace {

/// Rows with zeros, ties and equal steps more often than chance has them.
Numbers<double> awkward_row(Index n, Rng& rng) {
  Numbers<double> y = test::random_row<double>(n, std::exp(rng.normal()), rng);
  for (double& value : y)
    if (rng.below(5) == 0) value = 0;
  if (rng.below(5) == 0) y.back() = y.front();
  return y;
}

template <class... Ps>
void search(const char* name, double strength, bool uneven, const Ps&... policies) {
  const Pack pack(policies...);
  const test::Region region(policies...);
  Rng rng{21};
  double worst = 0;
  int infeasible = 0;
  for (const Index n : {1, 2, 3})
    for (int trial = 0; trial < 12; ++trial) {
      const Numbers<double> y = awkward_row(n, rng);
      Numbers<double> t = test::random_steps<double>(n, rng);
      if (rng.below(4) == 0) t.back() = t.front();
      const double rate = t.front();
      const Numbers<double> x = test::constrained(pack, y, uneven ? t : Numbers<double>{}, rate);
      if (!uneven) t.assign(t.size(), rate);
      infeasible += !test::contains(pack, x);
      const test::Objective objective{y, t, strength};
      worst = std::max(worst, test::beaten_by(objective, region, x, rng) / (1 + objective(x)));
    }
  CAPTURE(name, strength, uneven);
  CHECK(infeasible == 0);
  CHECK(worst <= 1e-13);
}

}  // namespace

TEST_CASE("no feasible point beats a pack of convex sets") {
  test::for_each_convex_set([](const char* name, const auto&... policies) {
    for (const bool uneven : {false, true}) {
      search(name, 0, uneven, policies...);
      search(name, 0.4, uneven, policies..., L1{0.4});
    }
  });
  for (const bool uneven : {false, true}) search("L1", 0.4, uneven, L1{0.4});
}

TEST_CASE(
    "no point of the sphere beats a pack with UnitNorm, with NonNegative and L1 or not, in any metric") {
  for (const bool uneven : {false, true}) {
    search("UnitNorm", 0, uneven, UnitNorm{});
    search("UnitNorm, L1", 0.4, uneven, UnitNorm{}, L1{0.4});
    search("UnitNorm, NonNegative", 0, uneven, NonNegative{}, UnitNorm{});
    search("UnitNorm, NonNegative, L1", 0.4, uneven, NonNegative{}, UnitNorm{}, L1{0.4});
  }
}
