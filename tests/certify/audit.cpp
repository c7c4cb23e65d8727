// SPDX-License-Identifier: MIT
#include "espalier/certify/audit.hpp"

#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// The violation of the only weight of a net that holds `row`, not projected.
template <Scalar S, class... Policies>
double violation(const std::vector<S>& row, const Policies&... policies) {
  auto net = sequential<S>(Dense(static_cast<Index>(row.size()), 1, NoBias{}, policies...));
  std::copy(row.begin(), row.end(), detail::arena(net).begin());
  const double found = audit(net).violation();
  CHECK((found == 0) == feasible(net));
  return found;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("Feasible weights violate nothing", "", float, double) {
  auto net = sequential<TestType>(Dense(3, 4, L1{0.1}, MaxNorm{0.3}), Tanh{},
                                  Dense(4, 3, UnitNorm{}, Bias{Clip{0, 1}}), Dense(3, 2, WeightNorm{}));
  initialize(net, Rng{1}, PyTorchLinear{});
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  random_steps(net, optimizer, 20, 1);
  CHECK(audit(net).violation() == 0);
}

TEMPLATE_TEST_CASE("A violation is the distance to the set, however small or large", "", float, double) {
  using Row = std::vector<TestType>;
  CHECK(violation(Row{3, 4}, MaxNorm{4}) == Approx(1));
  CHECK(violation(Row{3, -4}, UnitNorm{}) == Approx(4));
  CHECK(violation(Row{0, 0}, UnitNorm{}) == Approx(1));
  CHECK(violation(Row{0.5, -3, -4}, NonNegative{}) == Approx(5));
  CHECK(violation(Row{4, 1}, Clip{0, 1}, MaxNorm{10}) == Approx(3));
  const TestType least = std::numeric_limits<TestType>::denorm_min();
  CHECK(violation(Row{1, -least}, NonNegative{}) > 0);
  CHECK(violation(Row{std::nextafter(TestType(1), TestType(2))}, MaxNorm{1}) > 0);
  CHECK(violation(Row{std::numeric_limits<TestType>::max(), 0}, MaxNorm{1}) > 1e38);
}

TEST_CASE("Weights that are not finite violate their sets infinitely") {
  const double bad = GENERATE(std::nan(""), infinity, -infinity);
  CHECK(violation(std::vector<double>{1, bad}, MaxNorm{4}) == infinity);
  CHECK(violation(std::vector<double>{1, bad}, UnitNorm{}) == infinity);
  CHECK(violation(std::vector<double>{1, bad}, Clip{0, 1}) == infinity);
}

TEST_CASE("The audit names every parameter and policy, with zeros and norms") {
  auto net = Sequential(Dense(2, 2, L1{0.1}, MaxNorm{6}), Tanh{}, Dense(2, 1, Bias{NonNegative{}}));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 1}});
  const Audit result = audit(net);
  REQUIRE(result.parameters.size() == 4);
  const ParameterAudit& weight = result.parameters[0];
  CHECK(weight.parameter == "0.weight");
  CHECK(weight.rows == 2);
  CHECK(weight.cols == 2);
  CHECK(weight.zeros == 1);
  CHECK(weight.norm == Approx(std::sqrt(26)));
  CHECK(weight.largest_row_norm == Approx(5));
  REQUIRE(weight.policies.size() == 2);
  CHECK(weight.policies[0].policy == "L1");
  CHECK(weight.policies[1].policy == "MaxNorm");
  CHECK(result.parameters[1].policies.empty());
  CHECK(result.parameters[3].parameter == "2.bias");
  CHECK(result.parameters[3].policies[0].policy == "NonNegative");
}

TEST_CASE("The audit counts units that no longer see their inputs, and no biases that are 0") {
  auto net = Sequential(Dense(2, 3), Tanh{}, Dense(3, 2, WeightNorm{}));
  assign(net, "0.weight", Matrix<float>{{0, 4}, {0, 0}, {-0.0F, 0}});
  const Audit result = audit(net);
  CHECK(result.parameters[0].dead_rows == 2);
  net.for_each_parameter([&, k = std::size_t{0}](const auto& p) mutable {
    const ParameterAudit& found = result.parameters[k++];
    CAPTURE(found.parameter);
    CHECK((found.dead_rows >= 0) == (p.kind == ParameterKind::weight));
  });
}

TEST_CASE("The audit tells how often each policy acted, and which never did") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}, Clip{-1, 1}, MaxNorm{100}, WeightDecay{0.1}));
  Optimizer optimizer{SGD{.learning_rate = 1}};
  const auto step = [&](double gradient) {
    std::fill_n(net.gradients().begin(), 4, 0.0);
    net.gradients()[3] = gradient;
    optimizer.step(net);
  };
  step(0);
  step(-5);
  step(0);
  const ParameterAudit weight = audit(net).parameters[0];
  const PolicyAudit &clip = weight.policies[0], &ball = weight.policies[1], &decay = weight.policies[2];
  CHECK(clip.steps == 3);
  CHECK(clip.acted == 1);
  CHECK(clip.last_acted == 2);
  CHECK(clip.active_fraction == 0);
  CHECK(ball.acted == 0);
  CHECK(ball.last_acted == 0);
  CHECK(decay.acted == 3);
  step(-5);
  CHECK(audit(net).parameters[0].policies[0].active_fraction == 0.25);
}

TEST_CASE(
    "The policies of an optimizer belong to the weights that take them from its first look at the model on") {
  auto net = Sequential(Dense(2, 2), Tanh{}, Dense(2, 2, Unconstrained{}));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 1}});
  Optimizer optimizer{SGD{.learning_rate = 0.1}, L1{0.1}, MaxNorm{2}};
  CHECK(audit(net).parameters[0].policies.empty());
  optimizer.prepare(net);
  CHECK(audit(net).violation() == 0);
  CHECK(parameter(net, "0.weight").row(0).norm() == Approx(2));
  detail::arena(net)[0] = 4;
  detail::arena(net)[1] = 3;
  const Audit before = audit(net);
  REQUIRE(before.parameters[0].policies.size() == 2);
  CHECK(before.violation() == Approx(3));
  CHECK(before.parameters[0].policies[1].steps == 0);
  optimizer.step(net);
  const Audit after = audit(net);
  CHECK(after.violation() == 0);
  CHECK(after.parameters[0].policies[0].policy == "L1");
  CHECK(after.parameters[0].policies[0].acted == 1);
  CHECK(after.parameters[1].policies.empty());  // biases are free
  CHECK(after.parameters[2].policies[0].policy == "Unconstrained");
}

TEST_CASE("An audit says why steps do not change a parameter") {
  auto net = Sequential(Dense(2, 2), BatchNorm(2), Dense(2, 2, L1{1}), Dense(2, 2));
  freeze(net, "2.weight");
  tie(net, "0.weight", "3.weight");
  const auto why = [&, found = audit(net)](std::string_view path) {
    for (const ParameterAudit& p : found.parameters)
      if (p.parameter == path) return p.untrained;
    return std::string("missing");
  };
  CHECK(why("0.weight").empty());
  CHECK(why("1.running_mean") == "buffer");
  CHECK(why("2.weight") == "frozen");
  CHECK(why("3.weight") == "tied to 0.weight");
}
