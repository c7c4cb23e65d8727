// SPDX-License-Identifier: MIT
// What a policy on every layer adds to a training step with Adam.
#include <espalier/espalier.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using namespace espalier;

template <class... Policies>
void add_policy(const Net& net, long batch, const std::string& who, const Policies&... policies) {
  add({"policies/" + net.name + "/" + std::to_string(batch) + "/" + who,
       [=, &net](benchmark::State& state) {
         const auto run = [&](auto model) {
           initialise(model, Rng{1});
           Rng rng(2);
           const Matrix<float> x = Matrix<float>::NullaryExpr(
               model.inputs(), batch, [&] { return static_cast<float>(rng.uniform()); });
           std::vector<int> labels;
           for (long k = 0; k < batch; ++k) labels.push_back(static_cast<int>(rng.below(model.outputs())));
           Matrix<float> gradient;
           Adam optimizer{{.rate = 1e-4}};
           const auto step = [&] {
             benchmark::DoNotOptimize(CrossEntropy{}(model.forward(x), labels, gradient));
             model.backward(x, gradient);
             optimizer.step(model);
           };
           for (int k = 0; k < 3; ++k) step();
           for (auto _ : state) step();
         };
         const auto layer = [&](std::size_t k) {
           return Dense(net.widths[k], net.widths[k + 1], policies...);
         };
         if (net.widths.size() == 3)
           run(Sequential{layer(0), ReLU{}, layer(1)});
         else if (net.widths.size() == 4)
           run(Sequential{layer(0), ReLU{}, layer(1), ReLU{}, layer(2)});
         else
           run(Sequential{layer(0), ReLU{}, layer(1), ReLU{}, layer(2), ReLU{}, layer(3)});
       },
       0, net.name == "B"});
}

const bool added = [] {
  for (const Net& net : nets()) {
    if (net.name == "A") continue;
    const long batch = net.name == "B" ? 32 : net.batches.back();
    add_policy(net, batch, "unconstrained");
    add_policy(net, batch, "Clip", Clip{-0.05, 0.05});
    add_policy(net, batch, "NonNegative", NonNegative{});
    add_policy(net, batch, "L1", L1{1e-5});
    add_policy(net, batch, "L2", L2{1e-4});
    add_policy(net, batch, "WeightDecay", WeightDecay{1e-2});
    add_policy(net, batch, "MaxNorm, never reached", MaxNorm{.radius = 100});
    add_policy(net, batch, "MaxNorm, at the bound", MaxNorm{.radius = 1});
    add_policy(net, batch, "MaxNorm, Euclidean, at the bound", MaxNorm{1, Metric::euclidean});
    add_policy(net, batch, "UnitNorm", UnitNorm{});
    add_policy(net, batch, "WeightNorm", WeightNorm{});
    add_policy(net, batch, "L1 + MaxNorm", L1{1e-5}, MaxNorm{.radius = 1});
  }
  return true;
}();

}  // namespace
}  // namespace bench
