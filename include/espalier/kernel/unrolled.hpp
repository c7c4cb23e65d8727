// SPDX-License-Identifier: MIT
// A loop whose index the compiler knows, so that what it runs over can stay in registers.
#pragma once

#include <type_traits>
#include <utility>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// f(0), f(1), ..., f(n - 1), as constants. Only an f that is always_inline surely leaves its caller's arrays
/// in registers.
template <std::size_t n, class F>
EIGEN_ALWAYS_INLINE void unrolled(F&& f) {
  [&]<std::size_t... i>(std::index_sequence<i...>) __attribute__((always_inline)) {
    (f(std::integral_constant<Index, Index{i}>{}), ...);
  }
  (std::make_index_sequence<n>{});
}

}  // namespace espalier::detail
