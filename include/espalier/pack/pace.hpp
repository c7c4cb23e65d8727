// SPDX-License-Identifier: MIT
// Which policy of a pack does not act in every step, and what the pack is in the other ones.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier::detail {

template <class P>
inline constexpr bool acts_seldom = false;
template <class P>
inline constexpr bool acts_seldom<Every<P>> = true;

/// Selects the policies of a pack that act in every step.
struct InEveryStep {
  template <class P>
  static constexpr bool keeps = !acts_seldom<P>;
};

template <class... Ps>
struct PackPace {
  static constexpr bool legal = true;
  static constexpr bool seldom = (false || ... || acts_seldom<Ps>);
  template <class P>
  static constexpr bool is_prox = ProximalPenalty<Ungrouped<P>> || VectorPenalty<Ungrouped<P>>;
  /// Is it a penalty?
  static constexpr bool seldom_penalty = (false || ... || (acts_seldom<Ps> && is_prox<Ps>));

  static_assert((0 + ... + int{acts_seldom<Ps>}) <= 1,
                "two policies in Every{...} on one weight: write one of them without it");
  static_assert(
      (true && ... && (!acts_seldom<Ps> || Set<Ungrouped<Ps>> || is_prox<Ps>)),
      "Every{...} is for sets and proximal penalties, which follow a step: write a policy that is part "
      "of the step, as L2 or WeightDecay, without it");
  static_assert(
      (true && ... && (!acts_seldom<Ps> || !KeepsNumbers<Ungrouped<Ps>>)),
      "a policy that knows the place of each weight, as Mask or Frozen, acts in every step: write it "
      "without Every{...}");
  static_assert(
      !seldom_penalty || (0 + ... + int{is_prox<Ps>}) == 1,
      "a penalty in Every{...} beside another one has no exact joint algorithm: write both without it");

  /// The place of that policy in the pack.
  static constexpr std::size_t place = [] {
    std::size_t k = 0;
    bool found = false;
    ((found = found || acts_seldom<Ps>, k += std::size_t{!found}), ...);
    return k;
  }();

  /// It acts at every so-manieth step.
  static long steps(const std::tuple<Ps...>& policies) {
    if constexpr (seldom)
      return std::get<place>(policies).n;
    else
      return 1;
  }
  static void validate(std::string_view where, const std::tuple<Ps...>& policies) {
    if (const long n = steps(policies); n < 1) fail(where, "Every{n, ...} with n >= 1", n);
  }
};

}  // namespace espalier::detail
