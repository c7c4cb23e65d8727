// SPDX-License-Identifier: MIT
// Names of types, for messages and for an order of types.
#pragma once

#include <cstddef>
#include <string_view>

namespace espalier::detail {

/// The name of a type, as the compiler spells it, among other words.
template <class T>
constexpr std::string_view type_name() {
  return __PRETTY_FUNCTION__;
}

/// The name of a class alone, out of how a compiler spells it: "Dense" of espalier::Dense<-1, -1,
/// espalier::L1>; "unnamed" of what has no name, as a lambda.
constexpr std::string_view short_name(std::string_view spelled) {
  spelled.remove_prefix(spelled.find("T = ") + 4);
  spelled = spelled.substr(0, spelled.find_first_of("<;]"));
  if (const std::size_t scope = spelled.rfind("::"); scope != spelled.npos) spelled.remove_prefix(scope + 2);
  return spelled.empty() || spelled.find_first_of("({ ") != spelled.npos ? "unnamed" : spelled;
}

}  // namespace espalier::detail
