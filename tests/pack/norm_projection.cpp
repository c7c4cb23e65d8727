// SPDX-License-Identifier: MIT
// The root finding behind MaxNorm and UnitNorm: its optimality condition, its hard cases, its extremes.
#include "espalier/pack/norm_projection.hpp"

#include <algorithm>
#include <limits>

#include "catch.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::contains, test::Numbers;
using Doubles = Numbers<double>;

namespace {

/// Is (y_i - x_i) / t_i = mu x_i with one mu? The largest relative deviation of mu, and mu.
struct Multiplier {
  double mu = 0, spread = 0;

  Multiplier(const Numbers<double>& y, const Numbers<double>& x, const Numbers<double>& t) {
    std::size_t largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      if (std::abs(x[i]) > std::abs(x[largest])) largest = i;
    mu = (y[largest] - x[largest]) / t[largest] / x[largest];
    for (std::size_t i = 0; i < x.size(); ++i)
      spread = std::max(
          spread, std::abs((y[i] - x[i]) / t[i] - mu * x[i]) / (std::abs(y[i]) + std::abs(x[i])) * t[i]);
  }
};

double objective(const Numbers<double>& x, const Numbers<double>& y, const Numbers<double>& t) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]);
  return sum;
}

/// The lowest objective on a grid of angles of the unit circle or sphere.
double lowest_on_sphere(const Numbers<double>& y, const Numbers<double>& t) {
  const double pi = std::acos(-1.0);
  double lowest = std::numeric_limits<double>::infinity();
  const int polar = y.size() == 2 ? 1 : 90, azimuth = y.size() == 2 ? 7200 : 180;
  for (int j = 0; j < polar; ++j)
    for (int i = 0; i < azimuth; ++i) {
      const double theta = y.size() == 2 ? pi / 2 : pi * j / (polar - 1), phi = 2 * pi * i / azimuth;
      Numbers<double> x{std::sin(theta) * std::cos(phi), std::sin(theta) * std::sin(phi), std::cos(theta)};
      x.resize(y.size());
      lowest = std::min(lowest, objective(x, y, t));
    }
  return lowest;
}

}  // namespace

TEST_CASE("in a ball one multiplier explains every coordinate, however long the row") {
  Rng rng{1};
  double spread = 0, norm_error = 0, least = 1;
  for (const Index n : {1, 2, 5, 784})
    for (int trial = 0; trial < 40; ++trial) {
      const Numbers<double> t = test::random_steps<double>(n, rng), y = test::random_row<double>(n, 4, rng);
      const Numbers<double> x = constrained(Pack(MaxNorm{1.5}), y, t);
      if (x == y) continue;
      const Multiplier multiplier(y, x, t);
      spread = std::max(spread, multiplier.spread);
      least = std::min(least, multiplier.mu);
      norm_error = std::max(norm_error, std::abs(test::length(x) - 1.5));
    }
  CHECK(spread < 1e-14);
  CHECK(norm_error < 1e-14);
  CHECK(least > 0);
}

TEST_CASE(
    "on the sphere the multiplier is not below the pole, which makes the stationary point the nearest") {
  Rng rng{2};
  double spread = 0, below = 0;
  int inside = 0;
  for (const Index n : {1, 2, 5, 784})
    for (int trial = 0; trial < 40; ++trial) {
      const double scale = std::exp(3 * rng.normal());
      const Numbers<double> t = test::random_steps<double>(n, rng),
                            y = test::random_row<double>(n, scale, rng);
      const Numbers<double> x = constrained(Pack(UnitNorm{}), y, t);
      const Multiplier multiplier(y, x, t);
      spread = std::max(spread, multiplier.spread);
      below = std::max(below, -1 - multiplier.mu * *std::max_element(t.begin(), t.end()));
      inside += multiplier.mu < 0;
    }
  CHECK(spread < 1e-12);
  CHECK(below < 1e-12);
  CHECK(inside > 40);
}

TEST_CASE("no angle gives a nearer point of the sphere, in any metric") {
  Rng rng{3};
  double beaten = 0;
  for (const Index n : {2, 3})
    for (int trial = 0; trial < 20; ++trial) {
      const double scale = std::exp(2 * rng.normal());
      Numbers<double> t = test::random_steps<double>(n, rng), y = test::random_row<double>(n, scale, rng);
      if (trial % 4 == 0) t.back() = t.front();
      if (trial % 3 == 0) y[static_cast<std::size_t>(std::max_element(t.begin(), t.end()) - t.begin())] = 0;
      if (trial % 7 == 0) std::fill(y.begin(), y.end(), 0.0);
      const Numbers<double> x = constrained(Pack(UnitNorm{}), y, t);
      beaten = std::max(beaten, objective(x, y, t) - lowest_on_sphere(y, t));
    }
  CHECK(beaten < 1e-12);
}

TEST_CASE("the hard case: nothing along the largest step, and the rest too short at the pole") {
  // At the pole the others are y_i / (1 - t_i / 4) = 0.25 / 0.5; the first coordinate with the step 4 makes
  // up for it.
  const Numbers<double> x = constrained(Pack(UnitNorm{}), Doubles{0.25, 0, 0, -0.25}, Doubles{2, 4, 4, 2});
  CHECK(x[0] == Catch::Approx(0.5));
  CHECK(x[1] == Catch::Approx(std::sqrt(0.5)));
  CHECK(x[2] == 0);
  CHECK(x[3] == Catch::Approx(-0.5));
  // The smallest push off zero turns it into the ordinary case, close by and on the same side.
  for (const double push : {1e-12, -1e-12, 1e-300, -5e-324}) {
    const Numbers<double> pushed =
        constrained(Pack(UnitNorm{}), Doubles{0.25, push, 0, -0.25}, Doubles{2, 4, 4, 2});
    CAPTURE(push);
    CHECK(pushed[0] == Catch::Approx(0.5));
    CHECK(pushed[1] == Catch::Approx(std::copysign(std::sqrt(0.5), push)));
  }
  // Of several that are as good as zero the largest takes it all.
  const Numbers<double> second =
      constrained(Pack(UnitNorm{}), Doubles{0.25, 5e-324, -1e-323, -0.25}, Doubles{2, 4, 4, 2});
  CHECK(second[1] == 0);
  CHECK(second[2] == Catch::Approx(-std::sqrt(0.5)));
  // Not hard: the others reach the sphere before the pole.
  const Numbers<double> easy = constrained(Pack(UnitNorm{}), Doubles{0.9, 0}, Doubles{2, 4});
  CHECK(easy == Numbers<double>{1, 0});
}

TEST_CASE("bounds away from zero: the ball and the box may share one corner only") {
  const Pack pack(Clip{0.5, 3}, MaxNorm{1});
  CHECK_NOTHROW(pack.validate("here", 4));
  CHECK(constrained(pack, Doubles{9, 1, 0.5, -2}, Doubles{1, 2, 0.1, 1}) == Doubles(4, 0.5));
  CHECK(constrained(pack, Numbers<float>{9, 1, 0.5F, -2}) == Numbers<float>(4, 0.5F));
}

TEMPLATE_TEST_CASE("rows of all sizes in metrics of all sizes come out feasible and finite", "", float,
                   double) {
  using S = TestType;
  constexpr double range = std::same_as<S, float> ? 35 : 300;  // decades
  Rng rng{4};
  int outside = 0, not_finite = 0, moved_twice = 0;
  const auto check = [&](const auto& pack, const Numbers<S>& y, const Numbers<S>& t) {
    const Numbers<S> x = test::projected(pack, y, t);
    outside += !contains(pack, x);
    moved_twice += !test::same_bits(test::projected(pack, x, t), x);
    for (const S value : x) not_finite += !std::isfinite(value);
  };
  const auto any_size = [&](double decades) {
    return static_cast<S>(std::pow(10, rng.uniform(-decades, decades)));
  };
  for (int trial = 0; trial < (test::sanitized ? 150 : 1500); ++trial) {
    const Index n = 1 + rng.below(6);
    Numbers<S> y = test::random_row<S>(n, 1, rng), t(y.size(), any_size(range));
    const S common = any_size(range);
    for (S& value : y) value *= trial % 3 == 0 ? common : trial % 3 == 1 ? any_size(range) : S(1);
    for (S& step : t) step = trial % 5 == 0 ? step : any_size(trial % 2 == 0 ? range : 3);
    if (trial % 7 == 0) t[0] = 0;
    if (trial % 49 == 0) std::fill(t.begin(), t.end(), S(0));
    for (const Numbers<S>& steps : {t, Numbers<S>{}}) {
      check(Pack(MaxNorm{1}), y, steps);
      check(Pack(MaxNorm{static_cast<double>(any_size(range))}), y, steps);
      check(Pack(Clip{-0.7, 0.9}, MaxNorm{1}), y, steps);
      check(Pack(NonNegative{}, MaxNorm{1}), y, steps);
      check(Pack(UnitNorm{}), y, steps);
      check(Pack(NonNegative{}, UnitNorm{}), y, steps);
    }
  }
  CHECK(outside == 0);
  CHECK(not_finite == 0);
  CHECK(moved_twice == 0);
}

TEST_CASE("a norm that overflows is no obstacle") {
  const double most = std::numeric_limits<double>::max();
  const Numbers<double> y{most, -most, most, most};
  for (const Numbers<double>& t : {Numbers<double>{}, Numbers<double>{1, 1, 1, 1}}) {
    const Numbers<double> ball = constrained(Pack(MaxNorm{2}), y, t),
                          sphere = constrained(Pack(UnitNorm{}), y, t);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(ball[i] == Catch::Approx(i == 1 ? -1.0 : 1.0).epsilon(1e-14));
      CHECK(sphere[i] == Catch::Approx(i == 1 ? -0.5 : 0.5).epsilon(1e-14));
    }
  }
}

TEST_CASE("a box and a ball are met from any distance: a common factor, clipped") {
  const Numbers<double> near = constrained(Pack(test::clip, test::max_norm), Doubles{3e3, 0.4e3, -0.1e3});
  CHECK(near[0] == Catch::Approx(0.9).epsilon(1e-14));
  CHECK(near[1] / near[2] == Catch::Approx(-4).epsilon(1e-14));
  for (const double scale : {1e30, 1e100, 1e250}) {
    const Numbers<double> far =
        constrained(Pack(test::clip, test::max_norm), Doubles{3 * scale, 0.4 * scale, -0.1 * scale});
    for (std::size_t i = 0; i < 3; ++i) CHECK(far[i] == Catch::Approx(near[i]).epsilon(1e-13));
  }
}

TEST_CASE("squares that vanish are no obstacle") {
  const Numbers<double> x = constrained(Pack(UnitNorm{}), Doubles{3e-200, -4e-200});
  CHECK(x[0] == Catch::Approx(0.6).epsilon(1e-14));
  CHECK(x[1] == Catch::Approx(-0.8).epsilon(1e-14));
  const Numbers<float> tiny = constrained(Pack(MaxNorm{1e-40}), Numbers<float>{3e-40F, 4e-40F});
  CHECK(tiny[0] == Catch::Approx(6e-41).epsilon(1e-4));
}

TEMPLATE_TEST_CASE("the sphere is met within two units of roundoff, also where all roundings go one way", "",
                   float, double) {
  Rng rng{5};
  int outside = 0;
  for (Index n = 1; n < 400; ++n)
    for (int trial = 0; trial < 10; ++trial) {
      const auto one = static_cast<TestType>(rng.normal()), other = static_cast<TestType>(rng.normal());
      Numbers<TestType> row(static_cast<std::size_t>(n), one);
      if (trial % 2 == 0)
        for (TestType& x : row)
          if (rng.below(2) == 0) x = other;
      outside += !contains(Pack(UnitNorm{}), test::projected(Pack(UnitNorm{}), row));
    }
  for (int trial = 0; trial < (test::sanitized ? 300 : 30000); ++trial) {
    const Numbers<TestType> row = test::random_row<TestType>(1 + trial % 4, 1, rng);
    outside += !contains(Pack(UnitNorm{}), test::projected(Pack(UnitNorm{}), row));
  }
  CHECK(outside == 0);
}

TEST_CASE("A long row of doubles whose norm is the radius is not touched, in any metric") {
  for (const double x : {0.1, 0.2, 0.3, 0.7, 1.1, 1.3}) {  // of equal numbers, sums round one way for long
    const Doubles row(1'000'000, x), t(row.size(), 0.01);
    double radius = test::length(row);  // the least double that is not below the norm in exact arithmetic
    while (detail::compare_norm_exactly(row.data(), 1'000'000, radius) > 0)
      radius = std::nextafter(radius, 1e9);
    while (detail::compare_norm_exactly(row.data(), 1'000'000, std::nextafter(radius, 0.0)) <= 0)
      radius = std::nextafter(radius, 0.0);
    CHECK(radius == Catch::Approx(test::length(row)).epsilon(3e-16));
    const bool untouched = constrained(Pack(MaxNorm{radius}), row, t) == row;
    CHECK(untouched);
    const bool moved = constrained(Pack(MaxNorm{std::nextafter(radius, 0.0)}), row, t) != row;
    CHECK(moved);
  }
}
