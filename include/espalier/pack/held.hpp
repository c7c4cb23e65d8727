// SPDX-License-Identifier: MIT
// Weights that the sets of a pack hold where they are: masked, frozen, or otherwise with one value to take.
#pragma once

#include "espalier/core/block.hpp"
#include "espalier/pack/elements.hpp"

namespace espalier::detail {

/// to = 0 for each weight of `w` that policies which know places leave one value.
template <Scalar S, class PackType>
void clear_held([[maybe_unused]] const void* pack, [[maybe_unused]] Block<const S> w,
                [[maybe_unused]] S* to) {
  if constexpr (PackType::memories > 0 && PackType::element_sets > 0) {
    const auto elements = elements_of<false>(static_cast<const PackType*>(pack)->policies(), w.memory);
    for (Index i = 0; i < w.size(); ++i) {
      const auto interval = elements.at(i).template interval<S>();
      if (interval.low == interval.high) to[i] = S(0);
    }
  }
}

}  // namespace espalier::detail
