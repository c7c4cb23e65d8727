// SPDX-License-Identifier: MIT
// New numbers of a parameter, in a copy: they are moved into the sets of its policies there, and written to
// the model only if that succeeds.
#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// A copy of the numbers of a parameter, and of those that its policies keep. The model's stay as they are
/// until write().
template <Scalar S>
struct Settled {
  WeightMatrix<S> numbers;
  AlignedVector<S> memory;  // what policies keep

  Settled(Block<const S> w, const AlignedVector<S>& kept)
      : numbers(Eigen::Map<const WeightMatrix<S>>(w.data, w.rows, w.cols)), memory(kept) {}
  Settled(WeightMatrix<S>&& w, const AlignedVector<S>& kept) : numbers(std::move(w)), memory(kept) {}

  /// Into the sets of the pack, which keeps its numbers. ValueError, naming `where`, if frozen weights leave
  /// them no common point.
  void settle(std::string_view where, const AnyPack<S>& pack, Remember when) {
    remember(pack, block(), memory, when);
    pack.project(block());
    if (pack.traits().memories == 0) return;
    if (!pack.contains(block()))
      fail(where, "frozen weights inside the sets of the policies beside them", "weights outside");
    if (when != Remember::started) return;
    remember(pack, block(), memory, Remember::settled);
    pack.project(block());  // into bounds that have set themselves
  }
  /// The copy, as policies see it.
  Block<S> block() {
    const Index apart = padded<S>(numbers.size());
    return {
        numbers.data(), numbers.rows(), numbers.cols(), {memory.empty() ? nullptr : memory.data(), apart}};
  }
  /// Has nothing been moved?
  bool equals(Block<const S> w) const { return std::equal(w.data, w.data + w.size(), numbers.data()); }
  void write(Parameters<S>& parameters, ParameterEntry<S>& e) const {
    std::copy(numbers.data(), numbers.data() + numbers.size(), parameters.values_of(e).data);
    e.memory = memory;
    parameters.copy_tied();
    parameters.copy_tied_memory();
  }
};
template <class T>
Settled(Block<T>, const AlignedVector<std::remove_const_t<T>>&) -> Settled<std::remove_const_t<T>>;

}  // namespace espalier::detail
