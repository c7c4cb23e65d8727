// SPDX-License-Identifier: MIT
#include "espalier/layer/sequence_policies.hpp"

#include "../catch.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"

using namespace espalier;

namespace {

const auto of_inputs = [](const auto&... policies) {
  return detail::policies_for<detail::ForWeight<InputWeight>>(policies...);
};
const auto of_hidden = [](const auto&... policies) {
  return detail::policies_for<detail::ForWeight<RecurrentWeight>>(policies...);
};
const auto of_bias = [](const auto&... policies) {
  return detail::policies_for<detail::ForBias>(policies...);
};

}  // namespace

TEST_CASE("Policies are for both weights, those in a wrapper for its weight, and Bias for neither") {
  const Bias bias{L2{3}};
  const InputWeight input{L1{1}};
  const RecurrentWeight recurrent{L2{2}, L1{4}};
  const MaxNorm norm{.radius = 5};
  CHECK((of_inputs(norm, input, recurrent, bias) == std::tuple(norm, L1{1})));
  CHECK((of_hidden(norm, input, recurrent, bias) == std::tuple(norm, L2{2}, L1{4})));
  CHECK((of_bias(norm, input, recurrent, bias) == std::tuple(bias)));
  CHECK((of_bias(norm, NoBias{}) == std::tuple(NoBias{})));
  CHECK((of_inputs(bias, NoBias{}, recurrent) == std::tuple()));
}

TEST_CASE("A weight and a bias under a tuple are what they are under its policies") {
  using Plain = detail::Under<std::tuple<>>;
  STATIC_REQUIRE(std::same_as<Plain::WeightType, Weight<Dynamic, Dynamic>>);
  STATIC_REQUIRE(Plain::Roles::has_bias);
  STATIC_REQUIRE(!detail::Under<std::tuple<NoBias>>::Roles::has_bias);
  const auto weight = detail::Under<std::tuple<L1>>::weight("here", 3, 2, std::tuple(L1{1}));
  CHECK(weight == Weight<Dynamic, Dynamic, L1>("here", 3, 2, L1{1}));
  CHECK(weight != Weight<Dynamic, Dynamic, L1>("here", 3, 2, L1{2}));
  const Bias bias{L2{3}};
  CHECK(detail::Under<std::tuple<Bias<L2>>>::bias(std::tuple(bias)) == bias);
}

TEST_CASE("Wrappers are values that can be compared") {
  CHECK(InputWeight{L1{1}} == InputWeight{L1{1}});
  CHECK(RecurrentWeight{L1{1}} != RecurrentWeight{L1{2}});
}
