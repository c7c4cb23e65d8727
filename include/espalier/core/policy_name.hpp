// SPDX-License-Identifier: MIT
// The names of policies, as audits and messages say them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

#include "espalier/core/group.hpp"
#include "espalier/core/type_name.hpp"

namespace espalier {

/// The name that a policy gives itself; without one, that of its type.
template <class P>
constexpr std::string_view policy_name() {
  if constexpr (requires { std::string_view{P::name}; }) return P::name;
  return detail::short_name(detail::type_name<P>());
}

namespace detail {

template <class P>
constexpr std::string_view written_name();

/// One text after another, as an array that lasts.
template <const std::string_view& first, const std::string_view& second>
inline constexpr auto joined = [] {
  std::array<char, first.size() + second.size()> text{};
  for (std::size_t i = 0; i < first.size(); ++i) text[i] = first[i];
  for (std::size_t i = 0; i < second.size(); ++i) text[first.size() + i] = second[i];
  return text;
}();

/// "MaxNorm every n steps".
template <class P>
struct NameOfEvery {
  static constexpr std::string_view own = written_name<P>(), when = " every n steps";
  static constexpr std::string_view value{joined<own, when>.data(), joined<own, when>.size()};
};
template <class P>
constexpr std::string_view name_in_time(const Every<P>*) {
  return NameOfEvery<P>::value;
}

/// A schedule leaves the name as it is.
template <class P>
constexpr std::string_view name_on_schedule(const Scheduled<P>*) {
  return written_name<P>();
}

/// "MaxNorm per input": the name of a policy with the words that say on what.
template <class P>
struct NameOfGroup {
  static constexpr std::string_view own = policy_name<Ungrouped<P>>();
  static constexpr bool blocks = block_of<P> != 0;
  static constexpr std::string_view of = blocks                      ? " per block"
                                         : P::grain == Grain::column ? " per input"
                                                                     : " of all";
  static constexpr std::string_view value{joined<own, of>.data(), joined<own, of>.size()};
};
template <class P>
constexpr std::string_view written_name() {
  if constexpr (requires { name_in_time(static_cast<const P*>(nullptr)); })
    return name_in_time(static_cast<const P*>(nullptr));
  else if constexpr (requires { name_on_schedule(static_cast<const P*>(nullptr)); })
    return name_on_schedule(static_cast<const P*>(nullptr));
  else if constexpr (on_vector<P>)
    return policy_name<Ungrouped<P>>();
  else if constexpr (Grouping<P>::named && !std::is_same_v<P, Ungrouped<P>>)
    return NameOfGroup<P>::value;
  else
    return policy_name<P>();
}

}  // namespace detail
}  // namespace espalier
