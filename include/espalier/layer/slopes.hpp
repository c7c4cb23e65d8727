// SPDX-License-Identifier: MIT
// Between which bounds all slopes of an activation are: what tells monotone layers and Lipschitz bounds.
#pragma once

#include <concepts>
#include <string_view>

#include "espalier/core/type_name.hpp"

namespace espalier {

/// least <= (f(x) - f(y)) / (x - y) <= largest for all x and y.
struct Slopes {
  double least, largest;

  /// Does f never fall?
  constexpr bool monotone() const { return least >= 0; }
  bool operator==(const Slopes&) const = default;
};

/// A layer that is one function of one number each, and says its slopes: `static constexpr Slopes slopes()`,
/// or a const member where they depend on options.
template <class L>
concept HasSlopes = requires(const L& layer) {
  { layer.slopes() } -> std::same_as<Slopes>;
};

namespace detail {

template <class L>
constexpr std::string_view activation_name() {
  if constexpr (requires { std::string_view{L::name}; }) return L::name;
  return short_name(type_name<L>());
}

}  // namespace detail
}  // namespace espalier
