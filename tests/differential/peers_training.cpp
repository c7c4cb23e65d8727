// SPDX-License-Identifier: MIT
// Training under policies against PyTorch's optimizers, and against the projections of PyTorch, Keras and
// optax after Adam's step (make_peers.py).
#include "catch.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "peers.hpp"

using namespace espalier;
using Catch::Approx;
using namespace peers;

namespace {

/// (x - 2)^2 / 2 + 5 (y - 1)^2
double value(const Numbers<double>& w) { return std::pow(w[0] - 2, 2) / 2 + 5 * std::pow(w[1] - 1, 2); }

/// Where 20 steps on sum c (w - goal)^2 / 2 lead, from where make_peers.py starts.
template <class Net, class O>
Matrix<double> steps_to(Net net, O optimizer) {
  const auto weights = detail::arena(net);
  for (std::size_t k = 0; k < 12; ++k) weights[k] = std::cos(3 * static_cast<double>(k)) / 2;
  for (int step = 0; step < 20; ++step) {
    for (std::size_t k = 0; k < 12; ++k) {
      const double goal = std::sin(1 + 2 * static_cast<double>(k));
      net.gradients()[k] = static_cast<double>(1 + k % 3) * (weights[k] - goal);
    }
    optimizer.step(net);
  }
  return parameter(net, "0.weight");
}

}  // namespace

TEST_CASE("weight_decay of PyTorch's optimizers is L2, and that of its AdamW is WeightDecay") {
  const auto check = [](const std::string& name, const Matrix<double>& ours) {
    CAPTURE(name);
    CHECK(differential::parting<double>(name, expected().rows<double>("decay/" + name, 3), ours) == "");
  };
  const auto coupled = sequential<double>(Dense(4, 3, NoBias{}, L2{0.3}, WeightDecay{0}));
  check("sgd", steps_to(coupled, Optimizer{SGD{.learning_rate = 0.05}}));
  check("sgd_momentum",
        steps_to(coupled, Optimizer{SGD{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}}));
  check("adam", steps_to(coupled, Optimizer{Adam{.learning_rate = 0.05}}));
  check("amsgrad", steps_to(coupled, Optimizer{AMSGrad{.learning_rate = 0.05}}));
  const auto decoupled = sequential<double>(Dense(4, 3, NoBias{}, L2{0}, WeightDecay{0.3}));
  check("adamw", steps_to(decoupled, Optimizer{Adam{.learning_rate = 0.05}}));
  check("amsgradw", steps_to(decoupled, Optimizer{AMSGrad{.learning_rate = 0.05}}));
  const double between =
      (expected().rows<double>("decay/adam", 3) - expected().rows<double>("decay/adamw", 3))
          .cwiseAbs()
          .maxCoeff();
  CHECK(between == Approx(0.233).epsilon(0.001));
}

TEST_CASE(
    "Adam with MaxNorm rests at the optimum in the disc; with the projections of the others beside it") {
  auto net = sequential<double>(Dense(2, 1, NoBias{}, MaxNorm{1}));
  const auto w = detail::arena(net);
  w[0] = w[1] = 0;
  Optimizer optimizer{Adam{.learning_rate = 0.01}};
  optimizer.prepare(net);
  for (int k = 0; k < 20000; ++k) {
    optimizer.scale_rate(std::pow(10, -9.0 * std::clamp(k - 16000, 0, 4000) / 4000));
    net.gradients()[0] = w[0] - 2, net.gradients()[1] = 10 * (w[1] - 1);
    optimizer.step(net);
  }
  // The optimum: (2 / (1 + mu), 10 / (10 + mu)) on the circle, by bisection of mu.
  double low = 0, high = 10;
  const auto at = [](double mu) { return Numbers<double>{2 / (1 + mu), 10 / (10 + mu)}; };
  for (int k = 0; k < 100; ++k) {
    const double mu = (low + high) / 2;
    (test::length(at(mu)) > 1 ? low : high) = mu;
  }
  const Numbers<double> best = at(high), ours{w[0], w[1]};
  CHECK(apart(ours, best) < 1e-6);
  CHECK(value(ours) == Approx(1.1795172).epsilon(1e-6));
  for (const std::string peer : {"torch_renorm", "keras_max_norm", "optax_l2_ball"}) {
    CAPTURE(peer);
    const Numbers<double> theirs = row_of<double>("adam_rest/" + peer, 2, 0);
    CHECK(apart(theirs, {std::sqrt(0.5), std::sqrt(0.5)}) < 2e-4);
    CHECK(value(theirs) - value(ours) == Approx(0.0852).epsilon(0.01));
  }
}

TEST_CASE("WeightNorm is PyTorch's weight_norm, for directions of every size") {
  auto net = sequential<double>(Dense(5, 3, NoBias{}, WeightNorm{}));
  const Matrix<double> v = expected().rows<double>("weight_norm_v", 3);
  for (const Case& at : {cases[0], cases[1], cases[2]}) {
    const Matrix<double> theirs = expected().rows<double>(std::string("weight_norm/") + at.name, 3);
    edit(net, [&](std::span<double> all) {
      const WeightMatrix<double> stored = at.size * v;
      std::copy_n(stored.data(), stored.size(), all.data() + net.parameters().at("0.weight").offset);
      const double gains[] = {0.5, -2, 3};
      std::copy_n(gains, 3, all.data() + net.parameters().at("0.gain").offset);
    });
    CHECK((net.forward(Matrix<double>(Matrix<double>::Identity(5, 5))) - theirs).norm() <=
          4 * unit<double> * theirs.norm());
  }
}
