// SPDX-License-Identifier: MIT
// Selects the policies that form a pack from all that a layer or an optimizer is given.
#pragma once

#include <tuple>
#include <utility>

#include "espalier/pack/canonical.hpp"
#include "espalier/pack/pack.hpp"

namespace espalier::detail {

/// The pack of those of `ps` that `Keep` keeps.
template <class Keep, class... Ps>
auto pack_of([[maybe_unused]] const Ps&... ps) {
  if constexpr ((true && ... && Keep::template keeps<Ps>)) {
    return Pack<Ps...>(ps...);
  } else if constexpr (!(false || ... || Keep::template keeps<Ps>)) {
    return Pack<>();
  } else {
    constexpr Places<sizeof...(Ps)> kept =
        kept_places(written_order<sizeof...(Ps)>, {Keep::template keeps<Ps>...});
    const std::tuple<const Ps&...> all(ps...);
    return [&]<std::size_t... k>(std::index_sequence<k...>) {
      return Pack<std::tuple_element_t<kept.at[k], std::tuple<Ps...>>...>(std::get<kept.at[k]>(all)...);
    }
    (std::make_index_sequence<kept.count>{});
  }
}

template <class Keep, class... Ps>
using PackOf = decltype(pack_of<Keep>(std::declval<const Ps&>()...));

}  // namespace espalier::detail
