// SPDX-License-Identifier: MIT
// What a policy on every layer adds to a training step with Adam.
#include "problem.hpp"

namespace bench {
namespace {

using namespace espalier;

/// Are there rows of nets C and D? They are most of what the benchmarks take to compile.
constexpr bool large = ESPALIER_BENCHMARKS_LARGE;

template <class... Policies>
void add_policy(const Net& net, long batch, const std::string& who, const Policies&... policies) {
  add({"policies/" + net.name + "/" + std::to_string(batch) + "/" + who,
       [=, &net](benchmark::State& state) {
         const auto layer = [&](std::size_t k) {
           return Dense(net.widths[k], net.widths[k + 1], policies...);
         };
         if (net.widths.size() == 3)
           return Problem(Sequential{layer(0), ReLU{}, layer(1)}, batch).train(state);
         if constexpr (large) {
           if (net.widths.size() == 4)
             Problem(Sequential{layer(0), ReLU{}, layer(1), ReLU{}, layer(2)}, batch).train(state);
           else
             Problem(Sequential{layer(0), ReLU{}, layer(1), ReLU{}, layer(2), ReLU{}, layer(3)}, batch)
                 .train(state);
         }
       },
       net.training(batch), net.name == "B"});
}

const bool added = [] {
  for (const Net& net : nets()) {
    if (net.name == "A" || (!large && net.name != "B")) continue;
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
