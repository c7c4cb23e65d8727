// SPDX-License-Identifier: MIT
#include "espalier/optimizer/lend.hpp"

#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2_to_start.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

Parameters<float> some_parameters() {
  Parameters<float> parameters;
  parameters.add("0.weight", ParameterKind::weight, 2, 3);
  parameters.add("0.bias", ParameterKind::bias, 2, 1);
  parameters.add("1.weight", ParameterKind::weight, 2, 2, AnyPack<float>(Pack(MaxNorm{1})));
  parameters.add("1.mean", ParameterKind::buffer, 2, 1);
  return parameters;
}

template <class... Ps>
AnyPack<float> pack(const Ps&... ps) {
  return AnyPack<float>(Pack(ps...));
}

}  // namespace

TEST_CASE("The pack of a pattern is for parameters of its kind that fit, the rest for weights without one") {
  auto parameters = some_parameters();
  const detail::LentPolicies<float> lent{pack(Clip{-1, 1}),
                                         {detail::on_paths<float>(On{"*", Bias{Clip{0, 1}}, RateFactor{2}})}};
  const auto pack_for = [&](const char* path) { return lent.pack_for(parameters.at(path)); };
  REQUIRE(pack_for("0.weight"));
  CHECK(*pack_for("0.weight") == pack(Clip{-1, 1}));
  REQUIRE(pack_for("0.bias"));
  CHECK(*pack_for("0.bias") == pack(Clip{0, 1}));
  CHECK_FALSE(pack_for("1.weight"));  // its layer named one
  CHECK_FALSE(pack_for("1.mean"));
  CHECK(lent.rate_factors(parameters) == std::vector<double>{2, 2, 2, 2});
}

TEST_CASE("Lent policies are on the parameters afterwards, whose numbers are in their sets") {
  auto parameters = some_parameters();
  parameters.values_of(parameters.at("0.weight")).data[0] = 5;
  const detail::LentPolicies<float> lent{pack(Clip{-1, 1}), {}};
  CHECK_FALSE(lent.are_on(parameters));
  lent.lend(parameters);
  CHECK(lent.are_on(parameters));
  CHECK(parameters.at("0.weight").lent);
  CHECK(parameters.at("0.weight").activity.size() == 1);
  CHECK(parameters.values_of(parameters.at("0.weight")).data[0] == 1);
  detail::Change(parameters).at("0.weight").pack = pack(Clip{-2, 2});
  CHECK_FALSE(lent.are_on(parameters));
}

TEST_CASE("Frozen weights outside the sets that an optimizer has for them are refused") {
  auto parameters = some_parameters();
  parameters.values_of(parameters.at("0.weight")).data[0] = 5;
  parameters.freeze("0.*");
  const detail::LentPolicies<float> lent{{}, {detail::on_paths<float>(On{"0.*", Clip{-1, 1}})}};
  CHECK(message_of([&] { lent.lend(parameters); }) ==
        "0.weight: expected frozen weights inside the sets of the optimizer, found weights outside: unfreeze "
        "them first");
}

TEST_CASE("What lent policies keep of the weights is that of weights in the sets") {
  auto parameters = some_parameters();
  auto& e = detail::Change(parameters).at("0.weight");
  parameters.values_of(e).data[0] = 5;
  const detail::LentPolicies<float> lent{AnyPack<float>(Pack(L2ToStart{1}, Clip{-1, 1})), {}};
  lent.lend(parameters);
  CHECK(parameters.values_of(e).data[0] == 1);
  CHECK(e.pack.penalty(parameters.values_of(e)) == 0);
}

TEST_CASE("A lent policy that is edited stays so in the steps of its optimizer, not in those of another") {
  const auto radius_after = [](auto optimizer) {
    Sequential net{Dense(2, 1, NoBias{})};
    assign(net, "0.weight", Matrix<float>{{3, 4}});
    optimizer.step(net);
    edit_policy<MaxNorm>(net, "0.weight", [](MaxNorm& p) { p.radius = 2; });
    for (int k = 0; k < 3; ++k) optimizer.step(net);
    optimizer.prepare(net);
    CHECK(audit(net).parameters[0].policies[0].steps == 4);
    const double radius = policy<MaxNorm>(net, "0.weight").radius;
    Optimizer other{SGD{}, MaxNorm{1}};
    other.step(net);
    CHECK(policy<MaxNorm>(net, "0.weight").radius == 1);
    return radius;
  };
  CHECK(radius_after(Optimizer{SGD{}, MaxNorm{4}}) == 2);
  CHECK(radius_after(Optimizer{SGD{}, On{"0.*", MaxNorm{4}}}) == 2);
}

TEST_CASE("What an optimizer has for nothing that is trained is refused") {
  auto parameters = some_parameters();
  parameters.add("2.weight", ParameterKind::weight, 2, 3);
  parameters.tie("0.weight", "2.weight");
  for (const char* path : {"2.weight", "1.mean"}) {
    const detail::LentPolicies<float> lent{{}, {detail::on_paths<float>(On{path, RateFactor{0.1}})}};
    CHECK(message_of([&] { lent.lend(parameters); }) ==
          path + std::string(": expected a pattern that fits what is trained, found ") + path);
  }
  Parameters<float> taken;
  taken.add("0.weight", ParameterKind::weight, 2, 2, pack(MaxNorm{1}));
  const detail::LentPolicies<float> rest{pack(Clip{-1, 1}), {}};
  CHECK(message_of([&] { rest.lend(taken); }) ==
        "optimizer: expected a weight without policies of its own, for Clip, found none");
}
