// SPDX-License-Identifier: MIT
// A loop whose index the compiler knows, so that what it runs over can stay in registers.
#pragma once

#include <type_traits>
#include <utility>

#include "espalier/core/inline.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// f(0), f(1), ..., f(n - 1), as constants. Only an f that is always inlined surely leaves its caller's
/// arrays in registers.
template <std::size_t n, class F>
ESPALIER_INLINE void unrolled(F&& f) {
  [&]<std::size_t... i>(std::index_sequence<i...>) ESPALIER_INLINE_LAMBDA {
    (f(std::integral_constant<Index, Index{i}>{}), ...);
  }
  (std::make_index_sequence<n>{});
}

}  // namespace espalier::detail
