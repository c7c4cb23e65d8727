// SPDX-License-Identifier: MIT
#include "espalier/constraint/relative_clip.hpp"

#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementSet<RelativeClip> && PlacedPolicy<RelativeClip> && Policy<RelativeClip>);

TEMPLATE_TEST_CASE("The bound is kappa over the root of the fan-in, whatever the number of neurons", "",
                   float, double) {
  auto net = sequential<TestType>(Dense(16, 3, RelativeClip{2}, Bias{RelativeClip{0.25}}), Dense(3, 16));
  assign(net, "0.weight", Matrix<TestType>::Constant(3, 16, 7));
  assign(net, "0.bias", -Matrix<TestType>::Constant(3, 1, 7));
  CHECK(parameter(net, "0.weight") == Matrix<TestType>::Constant(3, 16, TestType(0.5)));
  CHECK(parameter(net, "0.bias") == -Matrix<TestType>::Constant(3, 1, TestType(0.25)));
  CHECK(feasible(net));
}

TEMPLATE_TEST_CASE("No weight is above the bound, of which no root is rounded up in floats", "", float,
                   double) {
  for (const Index n : {1, 2, 3, 5, 7, 784}) {
    const double most = 1.1 / std::sqrt(static_cast<double>(n));
    const TestType bound = RelativeClip{1.1}.at<TestType>({0, 0, 4, n});
    CHECK(static_cast<double>(bound) <= most);
    CHECK(static_cast<double>(bound) >= most * (1 - 1.3e-7));
    CHECK(RelativeClip{1.1}.project(TestType(9), bound) == bound);
    CHECK(RelativeClip{1.1}.project(TestType(-9), bound) == -bound);
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const ProjectionTrials trials{.trials = 50, .length = n, .scale = scale, .uneven_steps = true};
      CHECK(projection_check<TestType>(RelativeClip{1.1 * scale}, Rng{2}, trials).ok());
    }
  }
}

TEST_CASE("Beside a ball it is the nearest row of both") {
  const Pack pack(RelativeClip{1.1}, MaxNorm{0.9});
  CHECK(projection_check<float>(pack, Rng{3}, {.length = 7, .uneven_steps = true}).ok());
}

TEST_CASE("kappa must be positive, also as a float") {
  CHECK_THROWS_AS(RelativeClip{0}.validate(), ValueError);
  CHECK(message_of([] { RelativeClip{-1}.validate(); }) ==
        "RelativeClip: expected kappa > 0 and finite, also as a float, found -1");
}
