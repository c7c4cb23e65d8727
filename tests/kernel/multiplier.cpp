// SPDX-License-Identifier: MIT
#include "espalier/kernel/multiplier.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using detail::Summed;

namespace {

template <Summed summed>
std::vector<double> projected(std::vector<double> y, const std::vector<double>& t, double bound,
                              detail::Interval<double> interval = {}) {
  const NoElements none;
  detail::SumProjection<summed, double, NoElements>(
      none, detail::Intervals<double, NoElements>(none, interval), y.data(), static_cast<Index>(y.size()),
      {t.empty() ? nullptr : t.data(), 1}, bound)();
  return y;
}

}  // namespace

TEST_CASE("One multiplier brings a row to its sum, or the sum of its magnitudes to the bound") {
  CHECK(projected<Summed::numbers>({1, 2}, {}, 1) == std::vector<double>{0, 1});
  CHECK(projected<Summed::numbers>({1, 2}, {3, 1}, 1) == std::vector<double>{-0.5, 1.5});
  CHECK(projected<Summed::sizes>({3, -2}, {}, 3) == std::vector<double>{2, -1});
}

TEST_CASE("Weights at an end of the interval leave the rest to the others") {
  const auto x = projected<Summed::numbers>({1, 2, 3}, {}, 3, {0, 1.5});
  CHECK(x[0] == Approx(0.25).epsilon(1e-15));
  CHECK(x[1] == Approx(1.25).epsilon(1e-15));
  CHECK(x[2] == 1.5);
}

TEST_CASE("Where all step sizes are zero, all weights count alike") {
  CHECK(projected<Summed::numbers>({1, 2}, {0, 0}, 1) == std::vector<double>{0, 1});
}

TEST_CASE("Numbers of one sign come to their bound, and those of the other stay") {
  CHECK(projected<Summed::positive>({3, -2, 1}, {}, 2) == std::vector<double>{2, -2, 0});
  CHECK(projected<Summed::negative>({3, -2, 1, -4}, {1, 1, 1, 3}, 2) == std::vector<double>{3, -1, 1, -1});
  CHECK(projected<Summed::positive>({3, -2, 1}, {}, 5) == std::vector<double>{3, -2, 1});
}
