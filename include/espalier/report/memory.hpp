// SPDX-License-Identifier: MIT
// A memory plan as a line.
#pragma once

#include <cstddef>

#include "espalier/core/format_message.hpp"
#include "espalier/model/memory.hpp"

namespace espalier {

inline std::string text_of(const MemoryPlan& plan) {
  const auto part = [](const char* name, std::size_t bytes, const char* end) {
    return detail::format_message("{} {:.1f} KiB{}", {name, static_cast<double>(bytes) / 1024, end});
  };
  return part("weights", plan.weights, ", ") + part("gradients", plan.gradients, ", ") +
         part("optimizer", plan.optimizer, ", ") +
         (plan.policies > 0 ? part("policies", plan.policies, ", ") : "") +
         part("activations", plan.activations, ": ") + part("together", plan.total(), "\n");
}

}  // namespace espalier

/// `fmt::print("{}", memory(net, optimizer, 32))`
template <>
struct fmt::formatter<espalier::MemoryPlan> : espalier::detail::TextFormatter<espalier::MemoryPlan> {};
