// SPDX-License-Identifier: MIT
// Checks the options of a rule against the packs of a model.
#pragma once

#include <cmath>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/rule.hpp"

namespace espalier::detail {

/// The factor of decoupled decay, at learning rate `rate`, `base` before the schedule, where both have a
/// factor of their own.
template <Scalar S>
double shrink_of(const ParameterEntry<S>& e, double rate, double base, double factor) {
  return e.pack.shrink(rate * factor, base * factor);
}

template <Scalar S>
void check_shrink(const ParameterEntry<S>& e, double shrink) {
  if (!(shrink >= 0))
    fail(e.path, "a decay that keeps the sign of a weight (learning rate times decay <= 1)",
         format_message("a factor of {}", {shrink}));
}

/// Throws ValueError for a momentum at bounds, a decay or a rate that makes no sense. The tangent at a
/// corner, as where a row's norm and its elements are bounded, is not that of one set. `factors` are those of
/// the learning rate of each parameter; empty: 1 for all.
template <Scalar S>
void check_pack_options(const Parameters<S>& parameters, AtBound at_bound, double rate, double base,
                        const std::vector<double>& factors) {
  std::size_t index = 0;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    const double factor = factors.empty() ? 1 : factors[index++];
    if (std::isinf(static_cast<float>(rate * factor)))
      fail(e.path, "a learning rate that is finite as a float", rate * factor);
    if (e.pack.traits().corners && at_bound == AtBound::tangent)
      fail(e.path, "at_bound keep, zero or displacement where sets have corners", "tangent");
    check_shrink(e, shrink_of(e, rate, base, factor));
  }
}

}  // namespace espalier::detail
