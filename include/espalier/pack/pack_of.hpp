// SPDX-License-Identifier: MIT
// Selects the policies that form a pack from all that a layer or an optimizer is given.
#pragma once

#include "espalier/pack/pack.hpp"

namespace espalier::detail {

/// The pack of those of `ps` that `Keep` keeps.
template <class Keep, class... Ps>
auto pack_of(const Ps&... ps) {
  const auto kept = std::tuple_cat([&] {
    if constexpr (Keep::template keeps<Ps>)
      return std::tuple<Ps>(ps);
    else
      return std::tuple<>();
  }()...);
  return std::apply([]<class... Kept>(const Kept&... policies) { return Pack<Kept...>(policies...); }, kept);
}

template <class Keep, class... Ps>
using PackOf = decltype(pack_of<Keep>(std::declval<const Ps&>()...));

}  // namespace espalier::detail
