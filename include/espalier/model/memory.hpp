// SPDX-License-Identifier: MIT
// What training takes of memory, known before it starts.
#pragma once

#include <fmt/format.h>

#include "espalier/model/sequential.hpp"

namespace espalier {

/// In bytes.
struct MemoryPlan {
  std::size_t weights = 0, gradients = 0;
  std::size_t optimizer = 0;    ///< moments and the like
  std::size_t activations = 0;  ///< of a batch, and their gradients

  std::size_t total() const { return weights + gradients + optimizer + activations; }
};

/// For batches of `samples`. On top comes what data and predictions take and, for large products, up to 2.3
/// MB of copies for each of the threads at work, kept by the thread that calls.
template <Model M>
MemoryPlan memory(const M& model, Index samples) {
  const std::size_t number = sizeof(typename M::scalar_type), parameters = model.values().size() * number;
  return {parameters, parameters, 0, static_cast<std::size_t>(model.activations(samples)) * number};
}
template <Model M, class O>
MemoryPlan memory(const M& model, const O& optimizer, Index samples) {
  MemoryPlan plan = memory(model, samples);
  plan.optimizer = plan.weights * static_cast<std::size_t>(optimizer.rule().states());
  return plan;
}

}  // namespace espalier

/// `fmt::print("{}", memory(net, optimizer, 32))`
template <>
struct fmt::formatter<espalier::MemoryPlan> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const espalier::MemoryPlan& plan, Context& context) const {
    const auto kib = [](std::size_t bytes) { return static_cast<double>(bytes) / 1024; };
    return fmt::format_to(
        context.out(),
        "weights {:.1f} KiB, gradients {:.1f} KiB, optimizer {:.1f} KiB, activations {:.1f} KiB: "
        "together {:.1f} KiB\n",
        kib(plan.weights), kib(plan.gradients), kib(plan.optimizer), kib(plan.activations),
        kib(plan.total()));
  }
};
