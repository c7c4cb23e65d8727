// SPDX-License-Identifier: MIT
// Twenty steps of the network of traces.txt, policies on its first weight, against PyTorch's.
#pragma once

#include <concepts>

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/model/sequential.hpp"
#include "trace.hpp"

namespace differential {

inline const Fixture& traces() {
  static const Fixture fixture("tests/differential/traces.txt");
  return fixture;
}

/// Checks the losses and the final parameters of one trace.
template <espalier::Scalar S, class Optimizer, class... Policies>
void run_trace(const std::string& trace, Optimizer optimizer, const Policies&... policies) {
  using namespace espalier;
  constexpr Index inputs = 6, hidden = 5, classes = 3, batch_size = 8, batches = 3;
  const Fixture& torch = traces();
  auto net = sequential<S>(Dense(inputs, hidden, policies...), Tanh{}, Dense(hidden, classes));
  const Matrix<S> weight = torch.rows<S>("weight1", hidden);
  assign(net, 1, "weight", weight);
  if constexpr ((false || ... || std::same_as<Policies, WeightNorm>))
    assign(net, 1, "gain", weight.rowwise().norm());
  assign(net, 1, "bias", torch.rows<S>("bias1", hidden));
  assign(net, 3, "weight", torch.rows<S>("weight2", classes));
  assign(net, 3, "bias", torch.rows<S>("bias2", classes));

  const Matrix<S> x = torch.batch<S>("x", inputs);
  const std::vector<int> labels(torch["labels"].begin(), torch["labels"].end());
  std::vector<double> losses;
  Matrix<S> gradient;
  for (Index step = 0; step < 20; ++step) {
    const Index first = step % batches * batch_size;
    const auto batch = x.middleCols(first, batch_size);
    const std::vector<int> target(labels.begin() + first, labels.begin() + first + batch_size);
    losses.push_back(CrossEntropy{}(net.forward(batch), target, gradient));
    net.backward(batch, gradient);
    optimizer.step(net);
  }
  CHECK(parting<S>(trace, torch[trace + "/losses"], losses) == "");
  net.for_each_parameter([&](const auto& p) {
    const std::string key = fmt::format("{}/{}{}", trace, p.name, p.layer == 1 ? 1 : 2);
    CHECK(parting<S>(key, torch.rows<S>(key, p.rows), parameter(net, p.layer, p.name)) == "");
  });
}

/// f(name, policies...) for everything that every optimizer is traced with.
template <class F>
void for_each_policy(const F& f) {
  using namespace espalier;
  f("none");
  f("L1", L1{5e-2});
  f("L2", L2{1e-2});
  f("WeightDecay", WeightDecay{0.1});
  f("Clip", Clip{-0.2, 0.2});
  f("NonNegative", NonNegative{});
  f("MaxNorm", MaxNorm{0.5});
  f("UnitNorm", UnitNorm{});
  f("WeightNorm", WeightNorm{});
  f("UnitNormalized", UnitNormalized{});
}

/// The same for packs.
template <class F>
void for_each_pack(const F& f) {
  using namespace espalier;
  f("L1+NonNegative", NonNegative{}, L1{5e-2});
  f("NonNegative+MaxNorm", MaxNorm{0.5}, NonNegative{});
  f("Clip+MaxNorm", Clip{-0.2, 0.2}, MaxNorm{0.4});
  f("L1+MaxNorm", MaxNorm{0.5}, L1{5e-2});
  f("WeightDecay+MaxNorm", WeightDecay{0.1}, MaxNorm{0.5});
  f("NonNegative+UnitNorm", UnitNorm{}, NonNegative{});
  f("L1+UnitNorm", L1{5e-2}, UnitNorm{});
}

/// All traces of an optimizer, with the packs or without.
template <espalier::Scalar S, bool with_packs = false, class Optimizer>
void run_traces(const std::string& name, const Optimizer& optimizer) {
  auto run = [&](const std::string& policy, const auto&... policies) {
    run_trace<S>(name + "/" + policy, optimizer, policies...);
  };
  for_each_policy(run);
  if constexpr (with_packs) for_each_pack(run);
}

}  // namespace differential
