// SPDX-License-Identifier: MIT
// A memory plan as a line.
#pragma once

#include <fmt/format.h>  // core.h alone does not link with clang where libfmt was built by g++

#include <cstddef>

#include "espalier/model/memory.hpp"

/// `fmt::print("{}", memory(net, optimizer, 32))`
template <>
struct fmt::formatter<espalier::MemoryPlan> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const espalier::MemoryPlan& plan, Context& context) const {
    const auto kib = [](std::size_t bytes) { return static_cast<double>(bytes) / 1024; };
    fmt::format_to(context.out(), "weights {:.1f} KiB, gradients {:.1f} KiB, optimizer {:.1f} KiB, ",
                   kib(plan.weights), kib(plan.gradients), kib(plan.optimizer));
    if (plan.policies > 0) fmt::format_to(context.out(), "policies {:.1f} KiB, ", kib(plan.policies));
    return fmt::format_to(context.out(), "activations {:.1f} KiB: together {:.1f} KiB\n",
                          kib(plan.activations), kib(plan.total()));
  }
};
