// SPDX-License-Identifier: MIT
// Where a weight stands, and the number of its own that a policy keeps for it.
#pragma once

#include <concepts>
#include <type_traits>

#include "espalier/core/matrix.hpp"

namespace espalier {

/// The place of a weight: row `row` is what that neuron reads, column `col` what that input feeds. The weight
/// has `rows` x `cols` numbers: `cols` is the fan-in.
struct Cell {
  Index row, col, rows = 1, cols = 1;
};

/// The numbers that policies keep: for each such policy one a weight, in the layout of the weights.
template <class S>
struct PolicyMemory {
  const S* numbers = nullptr;  ///< null: no policy keeps any
  Index apart = 0;             ///< from the numbers of one policy to those of the next

  /// The numbers of the weights from the i-th on.
  PolicyMemory from(Index i) const { return {numbers ? numbers + i : nullptr, apart}; }
  /// The numbers of the k-th policy that keeps any.
  const S* of(Index k) const { return numbers ? numbers + k * apart : nullptr; }
};

/// A policy with `at`, which gives a number for each place, as a mask does.
template <class P>
concept PlacedPolicy = requires(const P& p, Cell cell) {
  { p.template at<float>(cell) } -> std::same_as<float>;
  { p.template at<double>(cell) } -> std::same_as<double>;
};
/// A policy with `keep`, which makes a number of the weight that training starts from.
template <class P>
concept StartingPolicy = requires(const P& p, float f, double d, Cell cell) {
  { p.keep(f, cell) } -> std::same_as<float>;
  { p.keep(d, cell) } -> std::same_as<double>;
};
/// A bound with `keep`, which makes a number of the vector that training starts from, or of the matrix, which
/// has `rows`; before there are weights it is given a vector of none. The model keeps it for all weights of
/// the vector.
template <class P>
concept StartingBound = requires(const P& p, ConstArrayMap<float> f, ConstArrayMap<double> d, Index rows) {
  { p.keep(f, rows) } -> std::same_as<float>;
  { p.keep(d, rows) } -> std::same_as<double>;
};
/// Has a policy a number of its own for each weight? Its members take that as their last argument.
template <class P>
concept KeepsNumbers = PlacedPolicy<P> || StartingPolicy<P> || StartingBound<P>;
/// Does it look at its vectors after each step, to change what it keeps of them?
template <class P>
concept WatchesSteps = StartingBound<P> && requires(const P& p, ConstArrayMap<float> w, ArrayMap<float> own) {
  p.watch(w, Index{1}, own, 1L);
};

namespace detail {

/// Is a set of vectors or matrices one that such a bound makes of what it keeps?
template <class P>
concept MakesBall = StartingBound<P> && requires(const P& p) {
  p.ball(1.0);
};
/// The set, or what it is for a vector of which it keeps `own`.
template <class P, class S>
decltype(auto) set_of(const P& p, [[maybe_unused]] const S* own) {
  if constexpr (MakesBall<P>)
    return p.ball(own ? static_cast<double>(*own) : -1);
  else
    return (p);
}

/// How many of `Ps` before P keep numbers: P's place in a PolicyMemory.
template <class P, class... Ps>
inline constexpr Index memory_place = [] {
  Index place = 0;
  bool found = false;
  ((found = found || std::is_same_v<P, Ps>, place += Index{!found && KeepsNumbers<Ps>}), ...);
  return place;
}();

}  // namespace detail
}  // namespace espalier
