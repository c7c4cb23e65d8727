// SPDX-License-Identifier: MIT
// Which numbers of a weight are one vector: a row, unless a policy is told otherwise.
#pragma once

namespace espalier {

/// What a policy must see at once. A row of a weight is what one neuron reads, a column what one input feeds;
/// `whole` is all of it as one vector, `matrix` all of it with its rows and columns.
enum class Grain { element, row, column, whole, matrix };

/// Is it all of a weight, as one vector or as a matrix?
constexpr bool is_all(Grain grain) { return grain == Grain::whole || grain == Grain::matrix; }

/// `Dense(64, 10, PerInput{GroupLasso{1e-3}})`: the policy looks at the columns of the weight.
template <class P>
struct PerInput {
  P policy;
  static constexpr Grain grain = Grain::column;
  bool operator==(const PerInput&) const = default;
};
template <class P>
PerInput(P) -> PerInput<P>;

/// `Dense(64, 10, Whole{MaxNorm{3}})`: the policy looks at all of the weight as one vector.
template <class P>
struct Whole {
  P policy;
  static constexpr Grain grain = Grain::whole;
  bool operator==(const Whole&) const = default;
};
template <class P>
Whole(P) -> Whole<P>;

namespace detail {

/// A policy of vectors on a bias or on gains, which are one vector and no matrix: it looks at all of them.
template <class P>
struct OnVector {
  P policy;
  static constexpr Grain grain = Grain::whole;
  bool operator==(const OnVector&) const = default;
};

template <class P>
struct Grouping {
  using Policy = P;
  static constexpr bool named = false;
};
template <class P>
struct Grouping<PerInput<P>> {
  using Policy = P;
  static constexpr bool named = true;
};
template <class P>
struct Grouping<Whole<P>> {
  using Policy = P;
  static constexpr bool named = true;
};
template <class P>
struct Grouping<OnVector<P>> {
  using Policy = P;
  static constexpr bool named = true;
};
template <class P>
inline constexpr bool on_vector = false;
template <class P>
inline constexpr bool on_vector<OnVector<P>> = true;

/// The policy without the words that say on what.
template <class P>
using Ungrouped = typename Grouping<P>::Policy;

template <class P>
const Ungrouped<P>& ungrouped(const P& p) {
  if constexpr (Grouping<P>::named)
    return p.policy;
  else
    return p;
}

}  // namespace detail
}  // namespace espalier
