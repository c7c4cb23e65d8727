// SPDX-License-Identifier: MIT
// What of a weight the policies of a pack must see at once: numbers, rows, columns or all of it.
#pragma once

#include <algorithm>
#include <string_view>

#include "espalier/core/block.hpp"
#include "espalier/core/check.hpp"
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

  /// How many weights of a row are one vector; 0: all of them, or it is not on rows.
  static constexpr int block = std::max({0, (looks_at_vectors<Ps> ? block_of<Ps> : 0)...});

  static_assert(
      (true && ... && (!Grouping<Ps>::named || looks_at_vectors<Ps>)),
      "PerInput{...} and Whole{...} are for policies that look at vectors, as MaxNorm: write a policy "
      "on single weights, as L1, without them, and without PerBlock");
  static_assert(
      (true && ... && !regroups<Ps>),
      "a policy that says itself on which numbers it is, as InfinityNorm, OneNorm and Symmetric, stands "
      "without PerInput{...} and Whole{...}");
  static constexpr bool one_grouping =
      (true && ... && (!looks_at_vectors<Ps> || (grain_of<Ps> == grain && block_of<Ps> == block)));

  static_assert(
      one_grouping,
      "policies on rows, on columns (PerInput), on blocks (PerBlock) or on all of one weight (Whole) have "
      "no exact joint algorithm: keep one of the groupings");

  /// How many of the rows x cols numbers of a weight are in one group, and how many groups there are.
  static constexpr Index group_size(Index rows, Index cols) {
    if constexpr (block > 0) return block;
    return grain == Grain::column ? rows : is_all(grain) ? rows * cols : cols;
  }
  static constexpr Index group_count(Index rows, Index cols) {
    if constexpr (block > 0) return rows * cols / block;
    return grain == Grain::column ? cols : is_all(grain) ? 1 : rows;
  }

  /// The group size. Throws ShapeError, naming `where`, if rows are not whole blocks.
  static constexpr Index checked_group_size(std::string_view where, Index rows, Index cols) {
    if constexpr (block > 0)
      if (cols % block != 0)
        fail<ShapeError>(where, format_message("rows of a multiple of {} weights for PerBlock", {block}),
                         cols);
    return group_size(rows, cols);
  }
  /// The numbers of a weight, of which each row is then a vector of the policies if those are on rows.
  template <class T>
  static constexpr Block<T> in_vectors(Block<T> w) {
    if constexpr (block > 0) w.rows = w.size() / block, w.cols = block;
    return w;
  }

  bool operator==(const PackGrain&) const = default;
};

}  // namespace espalier::detail
