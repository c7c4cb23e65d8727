// SPDX-License-Identifier: MIT
// One step of one parameter, or of neighbors without policies. Its rows are shared out to threads.
#pragma once

#include <array>
#include <atomic>
#include <span>
#include <string_view>

#include "espalier/core/error.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/record_step.hpp"
#include "espalier/optimizer/state.hpp"
#include "espalier/optimizer/update.hpp"

namespace espalier::detail {

[[noreturn]] inline void fail_step(std::string_view path) {
  fail<NotFiniteError>(path, "a step to finite weights", "NaN or infinity");
}

/// Updates a parameter under a pack in the `step`-th step, and writes down what its policies did; `active`
/// has what smooth penalties did.
template <class RuleType, Scalar S>
void step_under(Parameters<S>& parameters, ParameterEntry<S>& e, const Update<RuleType, S>& update,
                double shrink, long step, OptimizerState<S>& state, PolicyCounts& active) {
  const AnyPack<S>& pack = e.pack.in_step(step);
  const bool by_row = pack.traits().grain == Grain::row, needs_all = pack.traits().needs_all();
  const Block<S> values = parameters.values_of(e), all = by_row ? values : values.flat();
  const Index parts = parts_of_update(e.pack.traits().grain, e.rows, e.cols);
  std::array<PolicyCounts, Pool::most_parts> counts;
  std::atomic<bool> finite{true};
  parallel_for_ranges(all.rows, by_row ? 1 : line_length<S>, parts, [&](Index part, Index begin, Index end) {
    const std::size_t k = static_cast<std::size_t>(part);
    counts[k] = {};
    const Block<S> some = all.some_rows(begin, end - begin);
    const Pointers<S> numbers = state.at(parameters, e.offset + begin * all.cols);
    const S factor = static_cast<S>(shrink);
    const bool good =
        needs_all ? update.before_all(pack, factor, some, numbers, state.buffers[0], begin, counts[k].data())
                  : update.under(pack, factor, some, numbers, state.buffers[k], counts[k].data());
    if (!good) finite = false;
  });
  if (finite && needs_all)
    finite =
        update.after_all(pack, values, state.at(parameters, e.offset), state.buffers[0], counts[0].data());
  if (!finite) fail_step(e.path);
  record_step(e, pack, std::span<const PolicyCounts>(counts.data(), static_cast<std::size_t>(parts)), active,
              shrink);
}

/// Updates a stretch of the arena that is under no policy.
template <class RuleType, Scalar S>
EIGEN_DONT_INLINE void step_free(Parameters<S>& parameters, const Update<RuleType, S>& update, Index begin,
                                 Index n, OptimizerState<S>& state) {
  std::atomic<bool> finite{true};
  parallel_for_ranges(n, line_length<S>, parts_of_update(Grain::element, n, 1),
                      [&](Index, Index first, Index last) {
                        if (!update.free(state.at(parameters, begin + first), last - first)) finite = false;
                      });
  if (finite) return;
  for (const ParameterEntry<S>& e : parameters.entries())
    if (e.offset >= begin && e.offset < begin + n && !all_finite(parameters.values_of(e).data, e.size()))
      fail_step(e.path);
  fail<NotFiniteError>("optimizer", "a rate and options that leave weights at rest finite", "NaN");
}

}  // namespace espalier::detail
