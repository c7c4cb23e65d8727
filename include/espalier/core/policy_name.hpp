// SPDX-License-Identifier: MIT
// The names of policies, as audits and messages say them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "espalier/core/group.hpp"

namespace espalier {

template <class P>
constexpr std::string_view policy_name() {
  if constexpr (requires { std::string_view{P::name}; }) return P::name;
  return "user policy";
}

namespace detail {

template <class P>
constexpr std::string_view written_name();

/// "MaxNorm every n steps".
template <class P>
inline constexpr auto name_of_every = [] {
  constexpr std::string_view own = written_name<P>(), when = " every n steps";
  std::array<char, own.size() + when.size()> text{};
  for (std::size_t i = 0; i < own.size(); ++i) text[i] = own[i];
  for (std::size_t i = 0; i < when.size(); ++i) text[own.size() + i] = when[i];
  return text;
}();
template <class P>
constexpr std::string_view name_in_time(const Every<P>*) {
  return {name_of_every<P>.data(), name_of_every<P>.size()};
}

/// "MaxNorm per input": the name of a policy with the words that say on what.
template <class P>
inline constexpr auto name_of_group = [] {
  constexpr std::string_view own = policy_name<Ungrouped<P>>(),
                             of = P::grain == Grain::column ? " per input" : " of all";
  std::array<char, own.size() + of.size()> text{};
  for (std::size_t i = 0; i < own.size(); ++i) text[i] = own[i];
  for (std::size_t i = 0; i < of.size(); ++i) text[own.size() + i] = of[i];
  return text;
}();
template <class P>
constexpr std::string_view written_name() {
  if constexpr (requires { name_in_time(static_cast<const P*>(nullptr)); })
    return name_in_time(static_cast<const P*>(nullptr));
  else if constexpr (on_vector<P>)
    return policy_name<Ungrouped<P>>();
  else if constexpr (Grouping<P>::named)
    return {name_of_group<P>.data(), name_of_group<P>.size()};
  else
    return policy_name<P>();
}

}  // namespace detail
}  // namespace espalier
