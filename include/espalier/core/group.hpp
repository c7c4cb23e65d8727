// SPDX-License-Identifier: MIT
// Which numbers of a weight are one vector: a row, unless a policy is told otherwise.
#pragma once

#include <type_traits>

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

/// `Dense(64, 10, per_block<8>(GroupLasso{1e-3}))`: the policy looks at blocks of n neighboring weights of a
/// row, the first of which begins with the row. In Conv2D blocks of kernel * kernel are the kernels of single
/// channels. The length of a row must be a multiple of n.
template <int n, class P>
struct PerBlock {
  static_assert(n > 0, "a block has at least one weight");
  P policy;
  static constexpr Grain grain = Grain::row;
  static constexpr int block = n;
  bool operator==(const PerBlock&) const = default;
};
template <int n, class P>
PerBlock<n, P> per_block(const P& policy) {
  return {policy};
}

template <class P>
struct Every;
template <class P>
class Scheduled;

namespace detail {

/// A policy of vectors on a bias or on gains, which are one vector and no matrix: it looks at all of them.
template <class P>
struct OnVector {
  P policy;
  static constexpr Grain grain = Grain::whole;
  bool operator==(const OnVector&) const = default;
};

/// A policy may say by a member `grain` of its own which numbers it looks at.
template <class P>
inline constexpr bool names_its_grain = requires {
  P::grain;
};

template <class P>
struct Grouping {
  using Policy = P;
  static constexpr bool named = names_its_grain<P>;
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
template <int n, class P>
struct Grouping<PerBlock<n, P>> {
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

template <class P>
struct Grouping<Every<P>> : Grouping<P> {};
template <class P>
struct Grouping<Scheduled<P>> : Grouping<P> {};

/// Has a policy a number that follows a schedule?
template <class P>
inline constexpr bool on_schedule = false;
template <class P>
inline constexpr bool on_schedule<Scheduled<P>> = true;
template <class P>
inline constexpr bool on_schedule<Every<P>> = on_schedule<P>;

/// Is a policy that names its grain told another one?
template <class P>
inline constexpr bool regroups = false;
template <class P>
inline constexpr bool regroups<PerInput<P>> = names_its_grain<P>;
template <class P>
inline constexpr bool regroups<Whole<P>> = names_its_grain<P>;
template <int n, class P>
inline constexpr bool regroups<PerBlock<n, P>> = names_its_grain<P>;
template <class P>
inline constexpr bool regroups<Every<P>> = regroups<P>;
template <class P>
inline constexpr bool regroups<Scheduled<P>> = regroups<P>;

/// What of a weight is one vector for a policy of vectors: what PerInput or Whole say, or the policy itself.
template <class P>
inline constexpr Grain grain_of = [] {
  if constexpr (requires { P::grain; }) return Grain{P::grain};
  return Grain::row;
}();

/// How many weights of a row are one vector; 0: all of them.
template <class P>
inline constexpr int block_of = [] {
  if constexpr (requires { P::block; }) return int{P::block};
  return 0;
}();

/// The policy without the words that say on what, and when.
template <class P>
using Ungrouped = typename Grouping<P>::Policy;

template <class P>
const Ungrouped<P>& ungrouped(const P& p) {
  if constexpr (requires { p.policy; } && !std::is_same_v<P, Ungrouped<P>>)
    return ungrouped(p.policy);
  else
    return p;
}

}  // namespace detail

/// `Dense(64, 10, Every{10, MaxNorm{3}})`: the set, or proximal penalty, acts at every n-th step of the
/// optimizer (whose steps() is then a multiple of n), and lets the other steps pass. A set also holds after
/// every epoch of `fit`, in averages, and after `project`, `initialize` and `assign`. A penalty acts with n
/// times the step size, so that its strength means what it does without Every. PerInput, PerBlock and Whole
/// stand inside.
template <class P>
struct Every {
  long n = 1;
  P policy{};
  static constexpr Grain grain = detail::grain_of<P>;
  static constexpr int block = detail::block_of<P>;
  bool operator==(const Every&) const = default;
};
template <class N, class P>
Every(N, P) -> Every<P>;

}  // namespace espalier
