// SPDX-License-Identifier: MIT
#include "espalier/constraint/bounds.hpp"

#include <limits>

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/testing/projection_check.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(ElementSet<LowerBounds> && ElementSet<UpperBounds> && Policy<LowerBounds>);

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("Each input's weights, or each weight, have their own interval") {
  auto net = sequential<float>(Dense(3, 2, NoBias{}, LowerBounds{-1, 0, -infinity},
                                     UpperBounds{Eigen::MatrixXd{{1, 2, 0}, {0, 1, 3}}}));
  assign(net, "0.weight", Matrix<float>{{-5, -5, -5}, {-0.25F, 0.5F, 1}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{-1, 0, -5}, {-0.25F, 0.5F, 1}});
  assign(net, "0.weight", Matrix<float>{{5, 5, 5}, {5, 5, 5}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{1, 2, 0}, {0, 1, 3}});
}

TEMPLATE_TEST_CASE("Bounds that a float cannot hold are met from inside", "", float, double) {
  const TestType low = LowerBounds{0.1}.at<TestType>({0, 0}), high = UpperBounds{0.1}.at<TestType>({0, 0});
  CHECK((static_cast<double>(low) >= 0.1 && static_cast<double>(high) <= 0.1));
  CHECK((LowerBounds{0.1}.project(TestType(0), low) == low &&
         UpperBounds{0.1}.project(TestType(1), high) == high));
}

TEMPLATE_TEST_CASE("Both together are the nearest row, also beside a sum, and move nothing that is inside",
                   "", float, double) {
  for (const double s : {1e-30, 1.0, 1e30}) {
    const LowerBounds low{-s, -0.5 * s, 0, -infinity, 0.2 * s};
    const UpperBounds high{s, 0.1 * s, infinity, 0.5 * s, 0.25 * s};
    for (const bool uneven : {false, true}) {
      const ProjectionTrials trials{.scale = s, .uneven_steps = uneven};
      CHECK(projection_check<TestType>(Pack(low, high), Rng{1}, trials).ok());
      CHECK(projection_check<TestType>(Pack(high, SumTo{0.7 * s}, low), Rng{2}, trials).ok());
    }
  }
}

TEST_CASE("A pair without room, bounds that are no numbers and wrong shapes are refused") {
  CHECK(message_of([] {
          sequential<float>(Dense(2, 4, LowerBounds{0, 1}, UpperBounds{0, 0.5}));
        }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty "
        "intersection of LowerBounds, UpperBounds");
  CHECK(message_of([] {
          LowerBounds({0, std::nan("")}).validate();
        }) == "LowerBounds: expected bounds that are finite, also as floats, or -infinity, found nan");
  CHECK_THROWS_AS((LowerBounds{infinity}.validate()), ValueError);
  CHECK_THROWS_AS((UpperBounds{-infinity}.validate()), ValueError);
  CHECK_THROWS_AS((UpperBounds{-1e300}.validate()), ValueError);
  CHECK_NOTHROW((UpperBounds{infinity}.validate()));
  CHECK_THROWS_AS(Dense(3, 4, LowerBounds{0, 1}), ShapeError);
}
