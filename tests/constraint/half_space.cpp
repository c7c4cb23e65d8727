// SPDX-License-Identifier: MIT
#include "espalier/constraint/half_space.hpp"

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "nets.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<HalfSpace> && Policy<HalfSpace>);

TEST_CASE("The nearest row of a half-space with bounds is that of both, and rows inside stay") {
  const HalfSpace half({1, 2}, 2);
  CHECK(constrained(Pack(half), Numbers<double>{3, 2}) == Numbers<double>{2, 0});
  // 3 - mu, at most 1.5, and 2 - 2 mu: 1.5 + 4 - 4 mu = 2.
  CHECK(constrained(Pack(half, Clip{-1, 1.5}), Numbers<double>{3, 2}) == Numbers<double>{1.5, 0.25});
  CHECK(constrained(Pack(half), Numbers<double>{-5, 1}) == Numbers<double>{-5, 1});
}

TEST_CASE("A net keeps every neuron in it, and coefficients of another number are refused") {
  auto net = sequential<float>(Dense(3, 4, HalfSpace({1, -2, 0.5}, -0.25)),
                               Dense(4, 3, PerInput{HalfSpace({1, 1, 1}, 0)}));
  initialize(net, {.seed = 1});
  CHECK(feasible(net));
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  for (int k = 0; k < 20; ++k) {
    random_steps(net, optimizer, 1, static_cast<std::uint64_t>(k));
    CHECK(feasible(net));
  }
  CHECK(message_of([] {
          Dense(3, 4, HalfSpace({1, 2}, 0));
        }) ==
        "Dense(3, 4) weight: expected a HalfSpace with 3 coefficients, one for each weight of a vector, "
        "found 2");
  CHECK_THROWS_AS(Dense(2, 4, PerInput{HalfSpace({1, 2}, 0)}), ShapeError);
  CHECK_THROWS_AS(Dense(2, 4, HalfSpace({1, std::nan("")}, 0)), ValueError);
  CHECK_THROWS_AS(Dense(2, 4, HalfSpace({1, 1e-170}, 0)), ValueError);  // whose square would be 0
}

TEST_CASE("Bounds that leave it no point are refused") {
  CHECK(message_of([] {
          Pack(HalfSpace({1, -2, 0}, -4), Clip{-1, 1.25}).validate("0.weight", 3);
        }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty intersection of "
        "HalfSpace, "
        "Clip");
  CHECK_NOTHROW(Pack(HalfSpace({1, -2, 0}, -4), Clip{-1, 1.5}).validate("0.weight", 3));
  CHECK_NOTHROW(Pack(HalfSpace({1, -2, 0}, -4), NonNegative{}).validate("0.weight", 3));
}

TEST_CASE("It holds exactly where the one weight that gives way is lost in the sum of the others") {
  auto net =
      sequential<double>(Dense(5, 1, NoBias{}, Frozen{0, 1, 1, 1, 1}, HalfSpace({1, 1, 1, 1, 1}, 1e-20)));
  assign(net, "0.weight", Matrix<double>{{1e-60, 1e-20, 0.5, 0.5, -1}});
  CHECK(feasible(net));
  CHECK(parameter(net, "0.weight")(0) <= 0);
  CHECK(parameter(net, "0.weight")(0) >= -1e-29);
}

TEST_CASE("Rows far outside lose no digits of what is left, and steps of zero share alike") {
  for (const double s : {0x1p13, 0x1p27, 0x1p40, 0x1p50}) {
    const auto x = constrained(Pack(HalfSpace({1, 0.25, 1}, 0.23)), Numbers<double>{s, s / 4, s});
    // y is s a, and a'a is 2.0625.
    CHECK(x[0] == Catch::Approx(0.23 / 2.0625).epsilon(1e-12));
    CHECK(x[1] == Catch::Approx(0.25 * 0.23 / 2.0625).epsilon(1e-12));
  }
  // The third goes to its bound, and two are left for the others.
  CHECK(constrained(Pack(HalfSpace({1, 1, 1}, 1), Clip{-1, 4}), Numbers<double>{3, 3, 3}, {0, 0, 1e-3}) ==
        Numbers<double>{1, 1, -1});
}
