// SPDX-License-Identifier: MIT
// Writing down what the policies of a parameter did in a step, and the end of a step.
#pragma once

#include <cstddef>
#include <span>

#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// Adds what each thread counted to `active`, which has the smooth penalties' counts, and writes it into the
/// activity of the parameter. `pack` is the pack that acted: the parameter's, or that without its policy in
/// Every in a step in which this one does not act.
template <Scalar S>
void record_step(ParameterEntry<S>& e, const AnyPack<S>& pack, std::span<const PolicyCounts> counts,
                 PolicyCounts& active, double shrink) {
  const std::size_t missing = &pack == &e.pack ? active.size() : static_cast<std::size_t>(e.pack.seldom());
  for (const PolicyCounts& part : counts)
    for (std::size_t k = 0; k < pack.names().size(); ++k) active[k + (k >= missing)] += part[k];
  if (missing < active.size()) active[missing] = -1;
  e.pack.record(e.activity, active.data(), e.rows, e.cols, shrink);
}

/// When all parameters have made the `step`-th step: tied ones follow, and policies that watch steps see it.
template <Scalar S>
void end_step(Parameters<S>& parameters, long step) {
  parameters.copy_tied();
  bool watched = false;
  for (ParameterEntry<S>& e : InStep<S>(parameters).entries()) {
    if (!e.pack.watches() || !e.trained()) continue;
    e.pack.watch(parameters.values_of(e), e.memory.data(), padded<S>(e.size()), step);
    watched = true;
  }
  if (watched) parameters.copy_tied_memory();
}

}  // namespace espalier::detail
