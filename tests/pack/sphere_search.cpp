// SPDX-License-Identifier: MIT
#include "espalier/pack/sphere_search.hpp"

#include "rows.hpp"

#include "catch.hpp"

using namespace espalier;
using test::Numbers;

namespace {

double cost(const Numbers<double>& x, const Numbers<double>& y, const Numbers<double>& t, double strength) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]) + strength * std::abs(x[i]);
  return sum;
}

}  // namespace

TEST_CASE("No angle of the circle costs less, for cones and penalties and steps far apart") {
  Rng rng{1};
  double beaten = 0;
  int against = 0;
  const auto look = [&](const auto& pack, bool cone, double strength) {
    for (int trial = 0; trial < 150; ++trial) {
      const Numbers<double> y = test::random_row<double>(2, 0.4, rng);
      Numbers<double> t = y;
      for (double& step : t) step = std::pow(10, rng.uniform(-2, 2));
      const Numbers<double> x = test::constrained(pack, y, t);
      double lowest = std::numeric_limits<double>::infinity();
      for (int k = 0; k <= 4000; ++k) {
        const double angle = (cone ? 0.25 : 1) * 8 * std::atan(1.0) * k / 4000;
        lowest = std::min(lowest, cost({std::cos(angle), std::sin(angle)}, y, t, strength));
      }
      beaten = std::max(beaten, (cost(x, y, t, strength) - lowest) / lowest);
      for (std::size_t i = 0; i < 2; ++i)
        against += std::abs(y[i]) < strength * t[i] + (cone ? 2 * std::max(-y[i], 0.0) : 0.0) && x[i] != 0 &&
                   x[1 - i] != 0;
    }
  };
  look(Pack(NonNegative{}, UnitNorm{}), true, 0);
  look(Pack(L1{0.1}, UnitNorm{}), false, 0.1);
  look(Pack(L1{0.1}, NonNegative{}, UnitNorm{}), true, 0.1);
  CHECK(beaten < 1e-12);
  CHECK(against > 10);  // a weight that is moved against its pull
}
