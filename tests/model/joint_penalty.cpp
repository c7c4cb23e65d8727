// SPDX-License-Identifier: MIT
#include "espalier/model/joint_penalty.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

/// A penalty of one's own: strength/2 times the squared difference of the sums of two parameters.
struct SameSum {
  double strength = 1;

  static constexpr std::string_view name = "SameSum";

  template <Scalar S>
  double value(const Parameters<S>& parameters) const {
    const double apart = difference(parameters);
    return strength / 2 * apart * apart;
  }
  template <Scalar S>
  bool add_gradient(Parameters<S>& parameters) const {
    const double slope = strength * difference(parameters);
    add(static_cast<S>(slope), parameters, "0.weight");
    add(static_cast<S>(-slope), parameters, "1.weight");
    return slope != 0;
  }
  template <Scalar S>
  void validate(const Parameters<S>& parameters) const {
    parameters.at("0.weight"), parameters.at("1.weight");
  }

 private:
  template <Scalar S>
  static double difference(const Parameters<S>& parameters) {
    return sum(parameters, "0.weight") - sum(parameters, "1.weight");
  }
  template <Scalar S>
  static double sum(const Parameters<S>& parameters, const char* path) {
    const auto w = parameters.values_of(parameters.at(path));
    return static_cast<double>(ConstRow<S>(w.data, w.size()).sum());
  }
  template <Scalar S>
  static void add(S slope, Parameters<S>& parameters, const char* path) {
    const auto& e = parameters.at(path);
    for (Index i = 0; i < e.size(); ++i) parameters.gradients_of(e)[i] += slope;
  }
};
static_assert(JointPenalty<SameSum> && !JointPenalty<L2> && !JointPenalty<int>);

/// Weights of 3 and 1, or of 1 and 1.
auto two_weights(double first) {
  auto net = sequential<double>(Dense(1, 1, NoBias{}), Dense(1, 1, NoBias{}, L2{0.5}));
  assign(net, "0.weight", Matrix<double>{{first}});
  assign(net, "1.weight", Matrix<double>{{1}});
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  return net;
}

}  // namespace

TEST_CASE("A penalty of one's own on several parameters joins the gradients, the penalty and the audit") {
  auto net = two_weights(3);
  Optimizer optimizer{SGD{.learning_rate = 0.1}, SameSum{0.5}};
  optimizer.prepare(net);
  CHECK(penalty(net) == Approx(0.5 / 2 * 4 + 0.25));  // 3 - 1 is 2, and 0.5/2 of 1 squared
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Approx(3 - 0.1 * 0.5 * 2));
  CHECK(parameter(net, "1.weight")(0) == Approx(1 + 0.1 * 0.5 * 2 - 0.1 * 0.5));
  const Audit result = audit(net);
  REQUIRE(result.joint_penalties.size() == 1);
  CHECK(result.joint_penalties[0].policy == "SameSum");
  CHECK(result.joint_penalties[0].penalty == Approx(0.5 / 2 * std::pow(2.9 - 1.05, 2)));
  CHECK(result.joint_penalties[0].acted == 1);
  CHECK(result.joint_penalties[0].last_acted == 1);
}

TEST_CASE("It is added before the gradient transforms") {
  auto net = two_weights(3);
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipValue{0.25}, SameSum{10}};
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == 2.75);
}

TEST_CASE("A penalty that had nothing to add did not act") {
  auto net = two_weights(1);
  Optimizer optimizer{SGD{}, SameSum{}};
  optimizer.step(net);
  CHECK(net.parameters().joint_penalties()[0].activity == Activity{1, 0, 0, 0});
}

TEST_CASE(
    "A joint penalty belongs to the model: copies keep it, and an optimizer without one leaves it there") {
  auto net = two_weights(3);
  Optimizer with{SGD{}, SameSum{}};
  random_steps(net, with, 3, 1);
  auto copy = net;
  Optimizer without{SGD{}};
  random_steps(copy, without, 2, 1);
  CHECK(net.parameters().joint_penalties()[0].activity.steps == 3);
  CHECK(copy.parameters().joint_penalties()[0].activity.steps == 5);
  initialize(copy, Rng{1});
  CHECK(copy.parameters().joint_penalties()[0].activity.steps == 0);
  random_steps(net, with, 1, 1);
  CHECK(net.parameters().joint_penalties()[0].activity.steps == 4);
  auto fresh = two_weights(3);
  random_steps(fresh, with, 1, 1);  // a model that lost it
  CHECK(fresh.parameters().joint_penalties().size() == 1);
}

TEST_CASE("A gradient of a joint penalty that is not finite stops the step before anything changes") {
  auto net = two_weights(1e200);
  Optimizer optimizer{SGD{}, SameSum{1e200}};
  optimizer.prepare(net);
  const auto before = net;
  CHECK(message_of([&] { optimizer.step(net); }) ==
        "0.weight: expected finite gradients with joint penalties, found NaN or infinity");
  CHECK(net == before);
  CHECK(net.parameters().joint_penalties()[0].activity.steps == 0);
  CHECK(optimizer.steps() == 0);
}

TEST_CASE("A model that the penalty does not fit is refused") {
  auto net = sequential<double>(Dense(1, 1));
  Optimizer optimizer{SGD{}, SameSum{}};
  CHECK(message_of([&] { optimizer.prepare(net); }) ==
        "parameter: expected a path that is one of 0.weight, 0.bias, found 1.weight");
  CHECK(net.parameters().joint_penalties().empty());
}
