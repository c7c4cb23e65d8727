// SPDX-License-Identifier: MIT
#include "espalier/kernel/multiplier.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::Summed;

namespace {

template <Summed summed, Scalar S = double>
std::vector<S> projected(std::vector<S> y, const std::vector<S>& t, double bound,
                         detail::Interval<S> interval = {}) {
  const NoElements none;
  detail::SumProjection<summed, S, NoElements>(none, detail::Intervals<S, NoElements>(none, interval),
                                               y.data(), static_cast<Index>(y.size()),
                                               {t.empty() ? nullptr : t.data(), 1}, bound)();
  return y;
}

__extension__ using Integer = __int128;

/// max(y - mu t, 0) with the sum `bound`, of integers: those with the largest y / t have a part of it, and mu
/// is a quotient of integers.
std::vector<double> exactly_projected(const std::vector<Integer>& y, const std::vector<Integer>& t,
                                      Integer bound) {
  std::vector<std::size_t> order(y.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return y[i] * t[j] > y[j] * t[i]; });
  Integer sum = -bound, steps = 0;
  for (const std::size_t i : order) {
    if (steps > 0 && y[i] * steps <= sum * t[i]) break;
    sum += y[i], steps += t[i];
  }
  std::vector<double> x(y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Integer left = y[i] * steps - sum * t[i];
    x[i] = left > 0 ? static_cast<double>(left) / static_cast<double>(steps) : 0;
  }
  return x;
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

TEMPLATE_TEST_CASE("In an uneven metric rows far outside still go to the nearest point", "", float, double) {
  constexpr bool is_float = std::same_as<TestType, float>;
  Rng rng(3);
  const auto any = [&](double most) { return std::floor(1 + rng.uniform() * (most - 1)); };
  for (int trial = 0; trial < 400; ++trial) {
    // Some weights have the same y / t, of which all are left with a part; others have less of it, or nearly
    // as much.
    const int shift = static_cast<int>(any(is_float ? 40 : 50));
    const double ratio = any(1 << 10);
    std::vector<TestType> y, t;
    std::vector<Integer> whole_y, whole_t;
    for (int i = 0; i < 19; ++i) {
      const double step = any(1 << 12), kind = rng.uniform();
      const double number = kind < 0.4 ? ratio * step : kind < 0.7 ? ratio * step - 1 : any(ratio * step);
      t.push_back(static_cast<TestType>(step)), y.push_back(static_cast<TestType>(std::ldexp(number, shift)));
      whole_t.push_back(static_cast<Integer>(step)), whole_y.push_back(static_cast<Integer>(y.back()));
    }
    const std::vector<double> expected = exactly_projected(whole_y, whole_t, 3);
    auto mixed = y;
    for (std::size_t i = 0; i < y.size(); i += 2) mixed[i] = -mixed[i];
    const auto sizes = projected<Summed::sizes>(mixed, t, 3), above = projected<Summed::positive>(y, t, 3),
               simplex = projected<Summed::numbers>(y, t, 3, {0});
    CAPTURE(trial, shift);
    const double most = 3 * (is_float ? 0x1p-22 : 0x1p-50);
    for (std::size_t i = 0; i < y.size(); ++i) {
      CAPTURE(i, expected[i]);
      REQUIRE(std::abs(std::abs(static_cast<double>(sizes[i])) - expected[i]) <= most);
      REQUIRE(std::abs(static_cast<double>(above[i]) - expected[i]) <= most);
      REQUIRE(std::abs(static_cast<double>(simplex[i]) - expected[i]) <= most);
    }
  }
}
