// SPDX-License-Identifier: MIT
#include "espalier/optimizer/pack_options.hpp"

#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/weight_decay.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

template <class... Ps>
Parameters<double> one_weight(const Ps&... ps) {
  Parameters<double> parameters;
  parameters.add("w", ParameterKind::weight, 2, 3, AnyPack<double>(Pack(ps...)));
  return parameters;
}

}  // namespace

TEST_CASE("A decay that turns weights round is refused, at the rate that the parameter has") {
  const auto parameters = one_weight(WeightDecay{4});
  CHECK_NOTHROW(detail::check_pack_options(parameters, AtBound::keep, 0.25, 0.25, {}));
  CHECK(message_of([&] { detail::check_pack_options(parameters, AtBound::keep, 0.25, 0.25, {2}); }) ==
        "w: expected a decay that keeps the sign of a weight (learning rate times decay <= 1), found a "
        "factor of -1");
  CHECK(detail::shrink_of(parameters.entries()[0], 0.1, 0.1, 0.5) == Approx(0.8));
}

TEST_CASE("A rate that no float holds is refused") {
  CHECK_THROWS_AS(detail::check_pack_options(one_weight(), AtBound::keep, 1e30, 1e30, {1e20}), ValueError);
}

TEST_CASE("The tangent is refused where sets have corners, and nowhere else") {
  const auto corner = one_weight(MaxNorm{1}, NonNegative{}), ball = one_weight(MaxNorm{1});
  CHECK_THROWS_AS(detail::check_pack_options(corner, AtBound::tangent, 0.1, 0.1, {}), ValueError);
  CHECK_NOTHROW(detail::check_pack_options(corner, AtBound::zero, 0.1, 0.1, {}));
  CHECK_NOTHROW(detail::check_pack_options(ball, AtBound::tangent, 0.1, 0.1, {}));
}
