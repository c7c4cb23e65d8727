// SPDX-License-Identifier: MIT
// What training takes of memory, known before it starts. espalier/report/memory.hpp prints it.
#pragma once

#include <cstddef>

#include "espalier/model/sequential.hpp"

namespace espalier {

/// In bytes.
struct MemoryPlan {
  std::size_t weights = 0, gradients = 0;
  std::size_t optimizer = 0;    ///< moments and the like
  std::size_t policies = 0;     ///< what they keep of weights
  std::size_t activations = 0;  ///< of a batch, and their gradients

  std::size_t total() const { return weights + gradients + optimizer + policies + activations; }
};

/// For batches of `samples`. On top comes what data and predictions take and, for large products, up to 2.3
/// MB of copies for each of the threads at work, kept by the thread that calls.
template <Model M>
MemoryPlan memory(const M& model, Index samples) {
  const std::size_t number = sizeof(typename M::scalar_type), parameters = model.values().size() * number;
  std::size_t kept = 0;
  for (const auto& e : model.parameters().entries()) kept += e.memory.size() * number;
  return {parameters, parameters, 0, kept, static_cast<std::size_t>(model.activations(samples)) * number};
}
template <Model M, class O>
MemoryPlan memory(const M& model, const O& optimizer, Index samples) {
  MemoryPlan plan = memory(model, samples);
  plan.optimizer = plan.weights * static_cast<std::size_t>(optimizer.rule().states());
  return plan;
}

}  // namespace espalier
