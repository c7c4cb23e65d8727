// SPDX-License-Identifier: MIT
// Rows on which norms were once wrong, with the right values, derived by hand or in higher precision.
#include <limits>
#include <memory>

#include "../nets.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::contains, test::Numbers;
using Floats = Numbers<float>;
using Doubles = Numbers<double>;

namespace {

/// Half the squared distance in the metric.
double cost(const Doubles& x, const Doubles& y, const Doubles& t) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += (x[i] - y[i]) * (x[i] - y[i]) / (2 * t[i]);
  return sum;
}

}  // namespace

TEST_CASE("A weight without a gradient does not take UnitNorm off its sphere under Adam") {
  auto net = Sequential(Dense(2, 1, NoBias{}, UnitNorm{}));
  detail::arena(net)[0] = static_cast<float>(std::sqrt(0.99)), detail::arena(net)[1] = 0.1F;
  net.gradients()[0] = 1, net.gradients()[1] = 0;
  Optimizer optimizer{Adam{.learning_rate = 0.0062}};
  optimizer.step(net);
  const double a = net.values()[0], b = net.values()[1];
  CHECK(a * a + b * b == Approx(1).margin(4.1 * detail::roundoff<float>).epsilon(0));
  CHECK(audit(net).violation() == 0);
  // in the metric where the second step is rate / epsilon
  const Floats y{static_cast<float>(std::sqrt(0.99) - 0.0062), 0.1F},
      x = constrained(Pack(UnitNorm{}), y, Floats{0.0062F, 620000});
  CHECK(x[0] == Approx(0.9887874).epsilon(1e-6));
  CHECK(x[1] ==
        Approx(0.1493310).epsilon(1e-5));  // the first weight hardly moves: the second is what is left
  CHECK(x[1] == Approx(std::sqrt(1 - static_cast<double>(y[0]) * static_cast<double>(y[0]))).epsilon(2e-6));
}

TEST_CASE("Beside a weight at its bound, what is left of the radius goes to the others, to the last digit") {
  const Floats x = constrained(Pack(Clip{-0.1, 0.1}, MaxNorm{0.1}), Floats{10, 0.001F});
  CHECK(x[0] == 0.0999999940F);
  CHECK(x[1] == Approx(3.45266978e-05).epsilon(3e-7));
  const Floats wide = constrained(Pack(Clip{-1, 1}, MaxNorm{1.00000005}), Floats{1000, 0.01F});
  CHECK(wide[0] == 1);
  CHECK(wide[1] == Approx(0.00031622777).epsilon(3e-7));
  const Doubles both = constrained(Pack(Clip{-1, 1}, MaxNorm{1.00000005}), Doubles{1000, 0.01});
  CHECK(both[0] == 1);
  CHECK(both[1] == Approx(std::sqrt(1.00000005 * 1.00000005 - 1)).epsilon(1e-8));
}

TEST_CASE("The radius is compared with a norm that is not rounded") {
  // norm^2 is 1 + 2^-104, and the root of its nearest double is 1
  const Doubles row{1, 0x1p-52};
  CHECK(test::length(row) == 1);
  CHECK_FALSE(contains(Pack(MaxNorm{1}), row));
  CHECK(contains(Pack(MaxNorm{1}), constrained(Pack(MaxNorm{1}), row)));
  CHECK(contains(Pack(MaxNorm{1}), Doubles{0.6, 0x1.9999999999999p-1}));  // 0.6 and 0.8 less a unit
  auto net = sequential<double>(Dense(2, 1, NoBias{}, MaxNorm{1}));
  std::copy(row.begin(), row.end(), detail::arena(net).begin());
  CHECK(audit(net).violation() > 0);
}

TEST_CASE("A norm near the end of the doubles is brought to its radius, denormal numbers counting or not") {
  const double most = std::numeric_limits<double>::max();
  for (const double size : {9e307, 1.7e308, most})
    for (const double radius : {1.0, 1e-155, 1e-300, 1e300, 1e308})
      for (const bool flush : {false, true})
        for (const Doubles& t : {Doubles{}, Doubles{1, 1, 1}, Doubles{1, 0.1, 1e-3}}) {
          std::unique_ptr<detail::FlushDenormals> mode;
          if (flush) mode = std::make_unique<detail::FlushDenormals>();
          const Doubles y{size, -size, size / 2}, x = constrained(Pack(MaxNorm{radius}), y, t);
          CAPTURE(size, radius, flush);
          CHECK(contains(Pack(MaxNorm{radius}), x));
          CHECK(test::length(x) == Approx(radius).epsilon(1e-14));
          CHECK(test::same_bits(constrained(Pack(MaxNorm{radius}), x, t), x));
        }
}

TEST_CASE("A radius whose square is no double is met, and stays so") {
  Rng rng{1};
  for (const double radius : {1e-155, 1e-160, 1e-200, 1e155, 1e200})
    for (int trial = 0; trial < 200; ++trial) {
      const Doubles y = test::random_row<double>(3, radius, rng), t = test::random_steps<double>(3, rng);
      const Doubles x = constrained(Pack(MaxNorm{radius}), y, t);
      CHECK(contains(Pack(MaxNorm{radius}), x));
      CHECK(test::same_bits(constrained(Pack(MaxNorm{radius}), x, t), x));
    }
  CHECK_NOTHROW(MaxNorm{2.3e-308}.validate());
  CHECK(message_of([] { MaxNorm{1e-310}.validate(); }) ==
        "MaxNorm: expected radius >= 2.3e-308, the least normal double, found 1e-310");
}

TEST_CASE("A denormal bound of Clip holds in a step, and a strength of L1 that no float has is refused") {
  const detail::FlushDenormals as_in_a_step;
  const Doubles x = constrained(Pack(Clip{1e-310, 1}), Doubles{-1, 0, 0.5, 2});
  CHECK(x == Doubles{std::numeric_limits<double>::min(), std::numeric_limits<double>::min(), 0.5, 1});
  CHECK(constrained(Pack(Clip{-1, -1e-310}), Doubles{3}) == Doubles{-std::numeric_limits<double>::min()});
  CHECK(message_of([] { L1{1e39}.validate(); }) ==
        "L1: expected a strength that is finite also as a float, found 1e+39");
}

TEST_CASE("A row that a cone has swallowed goes where it loses least in the metric") {
  const Pack pack(NonNegative{}, UnitNorm{});
  const Doubles y{-0.117, -0.454}, t{0.180, 1.709};
  const Doubles x = constrained(pack, y, t);
  CHECK(x == Doubles{0, 1});
  CHECK(cost(x, y, t) == Approx(0.657).epsilon(1e-3));
  CHECK(constrained(pack, Doubles{0, 0}, Doubles{1, 2}) == Doubles{0, 1});
  CHECK(constrained(Pack(UnitNorm{}), Doubles{0, 0}, Doubles{1, 2}) == Doubles{0, 1});
}

TEST_CASE("With a cone, one weight may be moved against its sign where its step is much larger") {
  // over {c >= 0} alone (1, 0) costs 0.125; with x_1 = s > 0: (sqrt(1 - s^2) - 0.5)^2 / 2 + (s + 0.1)^2 / 200
  const Doubles y{0.5, -0.1}, t{1, 100};
  const Doubles x = constrained(Pack(NonNegative{}, UnitNorm{}), y, t);
  double lowest = 1;
  for (int k = 0; k <= 100000; ++k) {
    const double angle = std::acos(0.0) * k / 100000;
    lowest = std::min(lowest, cost({std::cos(angle), std::sin(angle)}, y, t));
  }
  CHECK(x[1] > 0.5);
  CHECK(cost(x, y, t) == Approx(lowest).epsilon(1e-8));
  CHECK(contains(Pack(NonNegative{}, UnitNorm{}), x));
}
