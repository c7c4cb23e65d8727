// SPDX-License-Identifier: MIT
// The three programs everybody has seen: the numbers of PyTorch, from the library.
#include <algorithm>

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "trace.hpp"

using namespace espalier;
using differential::parting;

namespace {

const differential::Fixture& torch() {
  static const differential::Fixture fixture("tests/differential/three_programs.txt");
  return fixture;
}

struct Run {
  std::vector<double> losses, largest_weight;  // of each batch before the step; after the step
};

/// Twenty steps of one 10-5 layer from where `program` starts; `between(net)` comes between backward and the
/// step.
template <class Model, class Optimizer, class F>
Run train(const std::string& program, Model& net, Optimizer optimizer, const F& between) {
  using S = typename Model::scalar_type;
  assign(net, "0.weight", torch().rows<S>(program + "/weight", 5));
  assign(net, "0.bias", torch().rows<S>(program + "/bias", 5));
  const Matrix<S> x = torch().batch<S>(program + "/x", 10), y = torch().batch<S>(program + "/y", 5);
  Matrix<S> gradient;
  Run run;
  for (int step = 0; step < 20; ++step) {
    run.losses.push_back(MeanSquared{}(net.forward(x), y, gradient));
    net.backward(x, gradient);
    between(net);
    optimizer.step(net);
    run.largest_weight.push_back(static_cast<double>(parameter(net, "0.weight").cwiseAbs().maxCoeff()));
  }
  return run;
}

constexpr auto nothing = [](const auto&) {};

template <class Model>
void check_final(const std::string& program, const Model& net) {
  using S = typename Model::scalar_type;
  for (const std::string name : {"weight", "bias"}) {
    const std::string key = program + "/final_" + name;
    CHECK(parting<S>(key, torch().rows<S>(key, 5), parameter(net, "0." + name)) == "");
  }
}

}  // namespace

TEMPLATE_TEST_CASE("Adam with L2 on weight and bias is torch.optim.Adam with weight_decay", "", float,
                   double) {
  auto net = sequential<TestType>(Dense(10, 5, L2{0.001}, Bias{L2{0.001}}));
  const Run run = train("adam_l2", net, Optimizer{Adam{.learning_rate = 0.01}}, nothing);
  CHECK(parting<TestType>("adam_l2", torch()["adam_l2/losses"], run.losses) == "");
  check_final("adam_l2", net);
}

TEMPLATE_TEST_CASE("Clip holds after every step, as clamping after torch's step does", "", float, double) {
  auto net = sequential<TestType>(Dense(10, 5, Clip{-1, 1}, Bias{Clip{-1, 1}}));
  const Run run = train("clamp_after_step", net, Optimizer{SGD{.learning_rate = 0.3}}, nothing);
  CHECK(parting<TestType>("losses", torch()["clamp_after_step/losses"], run.losses) == "");
  CHECK(parting<TestType>("largest", torch()["clamp_after_step/largest_weight"], run.largest_weight) == "");
  CHECK(*std::max_element(run.largest_weight.begin(), run.largest_weight.end()) == 1);
}

TEMPLATE_TEST_CASE("The widespread recipe, which clamps before the step, leaves the range", "", float,
                   double) {
  auto net = sequential<TestType>(Dense(10, 5));
  const Run run = train("clamp_before_step", net, Optimizer{SGD{.learning_rate = 0.3}}, [](auto& model) {
    for (TestType& w : detail::arena(model)) w = std::clamp(w, TestType(-1), TestType(1));
  });
  CHECK(parting<TestType>("losses", torch()["clamp_before_step/losses"], run.losses) == "");
  CHECK(parting<TestType>("largest", torch()["clamp_before_step/largest_weight"], run.largest_weight) == "");
  CHECK(run.largest_weight.back() > 1.3);
}

TEMPLATE_TEST_CASE("UnitNormalized is F.normalize of the weight's rows in the forward pass", "", float,
                   double) {
  auto net = sequential<TestType>(Dense(10, 5, UnitNormalized{}));
  const Run run = train("normalized", net, Optimizer{SGD{.learning_rate = 0.1}}, nothing);
  CHECK(parting<TestType>("normalized", torch()["normalized/losses"], run.losses) == "");
  check_final("normalized", net);
}

TEST_CASE("PyTorchLinear draws within the bounds of torch.nn.Linear") {
  const auto &fan_in = torch()["normalized/fan_in"], &weight = torch()["normalized/weight_bound"],
             &bias = torch()["normalized/bias_bound"];
  for (std::size_t k = 0; k < fan_in.size(); ++k) {
    const double bound = PyTorchLinear::bound(static_cast<Index>(fan_in[k]));
    CHECK(bound == Catch::Approx(weight[k]).epsilon(1e-14));
    CHECK(bound == Catch::Approx(bias[k]).epsilon(1e-14));
  }
}
