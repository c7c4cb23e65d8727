// SPDX-License-Identifier: MIT
// What of a weight the policies of a pack must see at once: numbers, rows, columns or all of it.
#pragma once

#include "espalier/core/group.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/pack/roles.hpp"

namespace espalier::detail {

/// What the policies of a pack must see at once.
template <class... Ps>
struct PackGrain {
  static constexpr bool of_vectors = PackRoles<Ungrouped<Ps>...>::by_vector,
                        of_matrices = (false || ... || MatrixPolicy<Ungrouped<Ps>>);
  template <class P>
  static constexpr bool looks_at_vectors =
      NormSet<Ungrouped<P>> || VectorSet<Ungrouped<P>> || VectorPenalty<Ungrouped<P>>;

  static constexpr Grain grain = [] {
    Grain found = of_vectors ? Grain::row : of_matrices ? Grain::matrix : Grain::element;
    (
        [&] {
          if constexpr (looks_at_vectors<Ps>) found = grain_of<Ps>;
        }(),
        ...);
    return found;
  }();

  static_assert(
      (true && ... && (!Grouping<Ps>::named || looks_at_vectors<Ps>)),
      "PerInput{...} and Whole{...} are for policies that look at vectors, as MaxNorm: write a policy "
      "on single weights, as L1, without them");
  static_assert(
      (true && ... && !regroups<Ps>),
      "a policy that says itself on which numbers it is, as InfinityNorm, OneNorm and Symmetric, stands "
      "without PerInput{...} and Whole{...}");
  static constexpr bool one_grouping = (true && ... && (!looks_at_vectors<Ps> || grain_of<Ps> == grain));

  static_assert(one_grouping,
                "policies on rows, on columns (PerInput) or on all of one weight (Whole) have no exact joint "
                "algorithm: keep one of the groupings");

  /// How many of the rows x cols numbers of a weight are in one group, and how many groups there are.
  static constexpr Index group_size(Index rows, Index cols) {
    return grain == Grain::column ? rows : is_all(grain) ? rows * cols : cols;
  }
  static constexpr Index group_count(Index rows, Index cols) {
    return grain == Grain::column ? cols : is_all(grain) ? 1 : rows;
  }

  bool operator==(const PackGrain&) const = default;
};

}  // namespace espalier::detail
