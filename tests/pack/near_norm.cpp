// SPDX-License-Identifier: MIT
// Rows a little off their ball or sphere: what no look back is needed for.
#include "espalier/pack/near_norm.hpp"

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using detail::Near, detail::near_norm, detail::row_sums;
using Floats = test::Numbers<float>;

namespace {

template <bool sphere>
Near move(Floats& x, const Floats& t, double radius) {
  const Index n = static_cast<Index>(x.size());
  const float* steps = t.empty() ? nullptr : t.data();
  return near_norm<sphere>(x.data(), n, steps, row_sums<sphere>(x.data(), steps, n), radius);
}

/// Rows whose roundings go one way or any, some as long as a layer's, 1e-8 to 0.03 off the radius.
template <bool sphere>
void try_rows() {
  Rng rng{1};
  int moved = 0, outside = 0, wrong = 0;
  double furthest = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const Index n = 1 + rng.below(trial % 50 == 0 ? 3000 : 100);
    const float one = static_cast<float>(rng.normal()), other = static_cast<float>(rng.normal());
    const double radius = trial % 3 == 0 ? std::exp(8 * rng.normal()) : 1,
                 off = std::pow(10, rng.uniform(-8, -1.5)), base = std::exp(4 * rng.normal()),
                 spread = trial % 5 == 0 ? 0 : rng.uniform(0, 1.5);
    Floats x(static_cast<std::size_t>(n)), t;
    for (float& value : x)
      value = trial % 2 == 0 ? (rng.below(2) == 0 ? one : other) : static_cast<float>(rng.normal());
    const double factor = radius / test::length(x) * (sphere && rng.below(2) == 0 ? 1 - off : 1 + off);
    for (float& value : x) value = static_cast<float>(value * factor);
    if (trial % 7 != 0)
      for (Index i = 0; i < n; ++i) t.push_back(static_cast<float>(base * std::exp(spread * rng.normal())));
    const bool held = detail::norm_holds(x.data(), n, radius, sphere);
    const Near found = move<sphere>(x, t, radius);
    moved += found == Near::moved;
    wrong += found == (held ? Near::moved : Near::holds);
    if (found == Near::moved) {
      outside += !detail::norm_holds(x.data(), n, radius, sphere);
      furthest = std::max(furthest, std::abs(test::length(x) / radius - 1));
    }
  }
  CHECK(moved > 10000);
  CHECK(wrong == 0);
  CHECK(outside == 0);
  CHECK(furthest < 3 * detail::roundoff<float>);
}

}  // namespace

TEST_CASE("A row a little outside its ball is inside afterwards, by three units of roundoff at most") {
  try_rows<false>();
}

TEST_CASE("A row a little off its sphere is on it afterwards") { try_rows<true>(); }

TEST_CASE("One multiplier explains every weight") {
  Rng rng{2};
  const Floats t = test::random_steps<float>(300, rng), y = [&] {
    Floats row = test::random_row<float>(300, 1, rng);
    const double factor = 1.0001 / test::length(row);
    for (float& value : row) value = static_cast<float>(value * factor);
    return row;
  }();
  Floats x = y, steps = t;
  for (float& step : steps) step = 1 + step / *std::max_element(t.begin(), t.end());
  REQUIRE(move<false>(x, steps, 1) == Near::moved);
  double least = 1, most = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::abs(x[i]) < 0.03F) continue;
    const double mu =
        (static_cast<double>(y[i]) / static_cast<double>(x[i]) - 1) / static_cast<double>(steps[i]);
    least = std::min(least, mu), most = std::max(most, mu);
  }
  CHECK(most - least < 2e-7);
  CHECK(most > 0);
}

TEST_CASE("A weight of zero stays in a ball, however large its step, and is no obstacle") {
  Floats x(40, 0.2F), t(40, 1);
  x[3] = 0, t[3] = 1e30F;
  const double radius = test::length(x) / 1.001;
  CHECK(move<false>(x, t, radius) == Near::moved);
  CHECK(x[3] == 0);
  CHECK(test::length(x) == Catch::Approx(radius).epsilon(2e-7));
  // a sphere from inside is nearest along it
  Floats inside = x;
  CHECK(move<true>(inside, t, radius * 1.001) == Near::far);
  CHECK(inside == x);
}

TEST_CASE("What is not near is left alone") {
  for (const float size : {0.0F, 3.0F, 1e-30F, 1e30F, std::numeric_limits<float>::infinity(),
                           std::numeric_limits<float>::quiet_NaN()})
    for (const Floats& t : {Floats{}, Floats(20, 0.1F), Floats(20, 0.0F)}) {
      const Floats row(20, size);
      Floats x = row;
      CHECK(move<true>(x, t, 1) == Near::far);
      CHECK(test::same_bits(x, row));
      CHECK(move<false>(x, t, 1) == (size < 1 ? Near::holds : Near::far));
      CHECK(test::same_bits(x, row));
    }
}
