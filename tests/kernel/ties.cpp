// SPDX-License-Identifier: MIT
#include "espalier/kernel/ties.hpp"

#include <cmath>
#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("Merged weights have the weighted mean, the sum of the penalties and what both intervals allow") {
  detail::MergedWeights merged{1, 1, 0.5, 0.25, -3, 2};
  merged.join({5, 3, 0.5, 0.25, -1, 4});
  CHECK(merged.mean == 4);
  CHECK(merged.nearest() == 2);  // 4 - 1 / 4, and no further than 2
  CHECK(detail::MergedWeights{0.1, 2, 1, 1, -9, 9}.nearest() == 0);
  CHECK(detail::MergedWeights{-3, 2, 1, 4, -9, 9}.nearest() == -1);
  CHECK(std::isnan(detail::MergedWeights{NAN, 2, 1, 4, -9, 9}.nearest()));
}

TEST_CASE("The largest numbers have a mean") {
  const double most = std::numeric_limits<double>::max();
  detail::MergedWeights merged{most, 1, 0, 0, -INFINITY, INFINITY};
  merged.join({-most / 2, 1, 0, 0, -INFINITY, INFINITY});
  CHECK(merged.nearest() == most / 4);
}

TEST_CASE("Ties hold exactly or not at all") {
  const auto opposite = [](Index i) { return detail::Tie{0, i == 0 ? 1.0 : -1.0}; };
  std::vector<float> w{0.1F, -0.1F};
  CHECK(detail::ties_hold(w.data(), 2, opposite));
  w[1] = std::nextafter(w[1], 1.0F);
  CHECK_FALSE(detail::ties_hold(w.data(), 2, opposite));
  w = {NAN, NAN};
  CHECK_FALSE(detail::ties_hold(w.data(), 2, opposite));
}
