// SPDX-License-Identifier: MIT
// On a sphere, weights that a mask takes away leave the problem, and a pattern of signs is a change of signs:
// both give what UnitNorm gives without them.
#include "catch.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/pack/remember.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers;

namespace {

/// What a pack of places makes of a row, in the metric of the step sizes t.
template <class... Ps>
Numbers<double> placed(const Pack<Ps...>& pack, Numbers<double> row, const Numbers<double>& t) {
  const auto n = static_cast<Index>(row.size());
  Numbers<double> kept(row.size() * static_cast<std::size_t>(pack.memories)), copies(row.size());
  detail::remember(pack, Block<const double>{row.data(), 1, n}, kept.data(), n, detail::Remember::opened);
  typename Pack<Ps...>::Counts counts{};
  pack.constrain(row.data(), n, Steps<double>{t.data(), 1}, 1.0, {copies.data()}, counts, {kept.data(), n});
  CHECK(pack.contains(row.data(), n, {kept.data(), n}));
  return row;
}

}  // namespace

TEST_CASE("Under a mask the other weights go where they go alone") {
  Rng rng{41};
  for (int trial = 0; trial < 200; ++trial) {
    const Index n = 2 + rng.below(12);
    const double scale = trial % 3 == 0 ? 0.2 : 1.5;
    const Numbers<double> y = test::random_row<double>(n, scale, rng), t = test::random_steps<double>(n, rng);
    Numbers<double> mask(y.size(), 1), alone, steps;
    for (std::size_t i = 1; i < y.size(); ++i) mask[i] = rng.uniform() < 0.6;
    for (std::size_t i = 0; i < y.size(); ++i)
      if (mask[i] != 0) alone.push_back(y[i]), steps.push_back(t[i]);
    const Numbers<double> expected = test::constrained(Pack(UnitNorm{}, L1{0.1}), alone, steps),
                          x = placed(Pack(UnitNorm{}, L1{0.1}, Mask{Pattern(mask)}), y, t);
    std::size_t k = 0;
    double off = 0;
    for (std::size_t i = 0; i < x.size(); ++i) off += std::abs(x[i] - (mask[i] != 0 ? expected[k++] : 0));
    CHECK(off < 1e-13);
  }
}

TEST_CASE("Signs that are all given are the positive ones of another row") {
  Rng rng{42};
  for (int trial = 0; trial < 200; ++trial) {
    const Index n = 1 + rng.below(12);
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng),
                          t = test::random_steps<double>(n, rng);
    Numbers<double> signs, turned;
    for (const double value : y)
      signs.push_back(rng.uniform() < 0.5 ? -1 : 1), turned.push_back(signs.back() * value);
    const Numbers<double> expected = test::constrained(Pack(UnitNorm{}, NonNegative{}), turned, t),
                          x = placed(Pack(UnitNorm{}, SignPattern{Pattern(signs)}), y, t);
    double off = 0;
    for (std::size_t i = 0; i < x.size(); ++i) off += std::abs(signs[i] * x[i] - expected[i]);
    CHECK(off < 1e-13);
  }
}
