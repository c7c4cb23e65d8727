// SPDX-License-Identifier: MIT
// An order of policies that does not depend on how a pack is written: by the names of their types.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "espalier/core/type_name.hpp"

namespace espalier::detail {

/// Which of `Ts` comes first, second, ... by name. Sums of floats depend on their order; in this one they are
/// the same bits, whatever the order in which somebody wrote the types.
template <class... Ts>
inline constexpr auto canonical_order = [] {
  const std::array<std::string_view, sizeof...(Ts)> names{type_name<Ts>()...};
  std::array<std::size_t, sizeof...(Ts)> order{};
  for (std::size_t k = 0; k < order.size(); ++k) {
    std::size_t place = k;
    for (; place > 0 && names[k] < names[order[place - 1]]; --place) order[place] = order[place - 1];
    order[place] = k;
  }
  return order;
}();

/// 0, 1, ...: the order in which a pack is written.
template <std::size_t n>
inline constexpr auto written_order = [] {
  std::array<std::size_t, n> order{};
  for (std::size_t k = 0; k < n; ++k) order[k] = k;
  return order;
}();

/// The first `count` of `at` are places in a pack.
template <std::size_t n>
struct Places {
  std::array<std::size_t, n> at{};
  std::size_t count = 0;
};

/// The places of an order that are kept, in that order.
template <std::size_t n>
constexpr Places<n> kept_places(const std::array<std::size_t, n>& order, const std::array<bool, n>& keeps) {
  Places<n> kept;
  for (std::size_t k = 0; k < n; ++k)
    if (keeps[order[k]]) kept.at[kept.count++] = order[k];
  return kept;
}

}  // namespace espalier::detail
