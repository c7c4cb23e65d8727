// SPDX-License-Identifier: MIT
#include "espalier/pack/vector_policies.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/pack/pack.hpp"

using namespace espalier;

TEST_CASE("A set of vectors starts from the step's y, not from what single weights have become") {
  const Pack pack(Clip{0, 10}, L1Ball{1});
  std::vector<double> y{-4, 3}, w{0, 3};  // clipped
  Pack<Clip, L1Ball>::Counts active{};
  detail::constrain_vector<true>(pack, w.data(), 2, {nullptr, 1.0}, detail::Scratch<double>(y.data()),
                                 active);
  CHECK(w == std::vector<double>{0, 1});
  CHECK(active[1] == 1);
  detail::constrain_vector<true>(pack, w.data(), 2, {nullptr, 1.0}, detail::Scratch<double>(y.data()),
                                 active);
  CHECK(active[1] == 1);  // inside: not touched
}
