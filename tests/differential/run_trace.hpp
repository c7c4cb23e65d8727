// SPDX-License-Identifier: MIT
// Twenty steps of the network of traces.txt, policies on its first weight, against PyTorch's. A policy stands
// with all its optimizers, so that its network is compiled once.
#pragma once

#include <concepts>

#include "catch.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "trace.hpp"

namespace differential {

inline const Fixture& traces() {
  static const Fixture fixture("tests/differential/traces.txt");
  return fixture;
}

/// The network with `policies`, which starts as PyTorch's.
template <espalier::Scalar S, class... Policies>
auto network(const Policies&... policies) {
  using namespace espalier;
  constexpr Index inputs = 6, hidden = 5, classes = 3;
  const Fixture& torch = traces();
  auto net = sequential<S>(Dense(inputs, hidden, policies...), Tanh{}, Dense(hidden, classes));
  const Matrix<S> weight = torch.rows<S>("weight1", hidden);
  assign(net, "0.weight", weight);
  if constexpr ((false || ... || std::same_as<Policies, WeightNorm>))
    assign(net, "0.gain", weight.rowwise().norm());
  assign(net, "0.bias", torch.rows<S>("bias1", hidden));
  assign(net, "2.weight", torch.rows<S>("weight2", classes));
  assign(net, "2.bias", torch.rows<S>("bias2", classes));
  return net;
}

/// Loss and gradients of the network in the given step.
template <class Net>
double gradients(Net& net, espalier::Index step) {
  using namespace espalier;
  using S = typename Net::scalar_type;
  constexpr Index batch_size = 8, batches = 3;
  const Fixture& torch = traces();
  const Index first = step % batches * batch_size;
  const Matrix<S> x = torch.batch<S>("x", net.inputs()).middleCols(first, batch_size);
  const std::vector<int> labels(torch["labels"].begin() + first,
                                torch["labels"].begin() + first + batch_size);
  Matrix<S> gradient;
  const double loss = CrossEntropy{}(net.forward(x), labels, gradient);
  net.backward(x, gradient);
  return loss;
}

/// Where losses or final parameters part from those of a trace, a line for each.
template <class Net>
std::string parting(const std::string& trace, const Net& net, const std::vector<double>& losses) {
  using S = typename Net::scalar_type;
  const Fixture& torch = traces();
  std::string apart;
  const auto add = [&](const std::string& one) {
    if (!one.empty()) apart += one + "\n";
  };
  add(parting<S>(trace, torch[trace + "/losses"], losses));
  for (const auto& p : net.parameters().entries()) {
    const std::string layer = p.path.starts_with("0.") ? "1" : "2";
    const std::string key = trace + "/" + p.path.substr(2) + layer;
    add(parting<S>(key, torch.rows<S>(key, p.rows), parameter(net, p.path)));
  }
  return apart;
}

/// Checks one trace of a network, which is a copy.
template <class Net, class Optimizer>
void run_trace(const std::string& trace, Net net, Optimizer optimizer) {
  std::vector<double> losses;
  for (espalier::Index step = 0; step < 20; ++step) {
    losses.push_back(gradients(net, step));
    optimizer.step(net);
  }
  CHECK(parting(trace, net, losses) == "");
}

/// Checks the traces that there are of packs.
template <espalier::Scalar S, class... Policies>
void run_pack(const std::string& pack, const Policies&... policies) {
  using namespace espalier;
  const auto net = network<S>(policies...);
  run_trace("sgd_momentum/" + pack, net, Optimizer{SGD{.learning_rate = 0.05, .momentum = 0.9}});
  run_trace("adam/" + pack, net, Optimizer{Adam{.learning_rate = 0.05}});
}

/// Checks the traces of a policy: those and all others.
template <espalier::Scalar S, class... Policies>
void run_policy(const std::string& policy, const Policies&... policies) {
  using namespace espalier;
  run_pack<S>(policy, policies...);
  const auto net = network<S>(policies...);
  const auto run = [&](const std::string& optimizer_name, const auto& optimizer) {
    run_trace(optimizer_name + "/" + policy, net, optimizer);
  };
  run("sgd", Optimizer{SGD{.learning_rate = 0.1}});
  run("sgd_nesterov", Optimizer{SGD{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}});
  run("adam_amsgrad", Optimizer{AMSGrad{.learning_rate = 0.05, .beta2 = 0.9}});
  run("rmsprop", Optimizer{RMSProp{.learning_rate = 0.01}});
  run("rmsprop_momentum", Optimizer{RMSProp{.learning_rate = 0.005, .momentum = 0.9}});
  run("rmsprop_centered", Optimizer{RMSProp{.learning_rate = 0.01, .centered = true}});
  run("rmsprop_centered_momentum",
      Optimizer{RMSProp{.learning_rate = 0.005, .momentum = 0.9, .centered = true}});
  run("adagrad", Optimizer{Adagrad{.learning_rate = 0.1}});
  run("lion", Optimizer{Lion{.learning_rate = 0.01}});  // PyTorch 1.13 has none: as its paper says
}

}  // namespace differential
