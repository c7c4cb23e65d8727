// SPDX-License-Identifier: MIT
// From what a model stores for a weight to the W that its reparametrization makes of it.
#pragma once

#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// The numbers beside a weight, which its layer declares right behind it; null where there are none.
template <Scalar S>
const ParameterEntry<S>* beside(const ParameterEntry<S>& weight) {
  return weight.pack.traits().beside ? &weight + 1 : nullptr;
}

/// Turns `numbers`, a copy of what is stored for a weight, into the W that multiplies, up to the scales of
/// its rows.
template <Scalar S>
void to_weight(const Parameters<S>& parameters, const ParameterEntry<S>& e, S* numbers) {
  const ParameterEntry<S>* const more = beside(e);
  e.pack.to_weight({numbers, e.rows, e.cols}, more ? parameters.values_of(*more).data : nullptr);
}

}  // namespace espalier::detail
