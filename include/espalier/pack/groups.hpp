// SPDX-License-Identifier: MIT
// The loop over the groups of a weight: its rows, its columns, all of it, or numbers that are no vectors.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/block.hpp"
#include "espalier/core/group.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// Columns that are gathered at a time: as many floats as a cache line has, so that each line of the weight
/// comes into the cache once. Fewer cost more misses, more need more room.
inline constexpr Index columns_at_a_time = 16;

/// Numbers that gathered columns of a weight take, with or without their step sizes, and with what so many
/// policies keep of them.
template <Scalar S>
Index gathered_size(Index rows, bool with_steps, Index memories = 0) {
  return ((with_steps ? 2 : 1) + memories) * columns_at_a_time * padded<S>(rows);
}

/// A square of numbers, of which each row is a register, from one place to another with rows and columns
/// exchanged; so many numbers are from one row to the next. P is given by an example.
template <class P, Scalar S>
ESPALIER_INLINE void transpose_square(P, const S* from, Index from_row, S* to, Index to_row) {
  constexpr int side = static_cast<int>(lanes<S>);
  simd::PacketBlock<P, side> square;
  for (Index k = 0; k < side; ++k) square.packet[k] = simd::ploadu<P>(from + k * from_row);
  simd::ptranspose(square);
  for (Index k = 0; k < side; ++k) simd::pstoreu(to + k * to_row, square.packet[k]);
}

/// Columns first, ..., first + count - 1 of a row-major matrix, one after the other at `to`, padded to lines;
/// and back.
template <Scalar S>
void gather(const S* matrix, Index rows, Index cols, Index first, Index count, S* to) {
  constexpr Index side = lanes<S>;
  const Index length = padded<S>(rows), whole = count % side == 0 ? rows / side * side : 0;
  for (Index j = 0; j < whole; j += side)
    for (Index k = 0; k < count; k += side)
      transpose_square(Packet<S>{}, matrix + j * cols + first + k, cols, to + k * length + j, length);
  for (Index j = whole; j < rows; ++j)
    for (Index k = 0; k < count; ++k) to[k * length + j] = matrix[j * cols + first + k];
}
template <Scalar S>
void scatter(const S* from, Index rows, Index cols, Index first, Index count, S* matrix) {
  constexpr Index side = lanes<S>;
  const Index length = padded<S>(rows), whole = count % side == 0 ? rows / side * side : 0;
  for (Index j = 0; j < whole; j += side)
    for (Index k = 0; k < count; k += side)
      transpose_square(Packet<S>{}, from + k * length + j, length, matrix + j * cols + first + k, cols);
  for (Index j = whole; j < rows; ++j)
    for (Index k = 0; k < count; ++k) matrix[j * cols + first + k] = from[k * length + j];
}

/// f(group, n, its step sizes, its memory) for each group of a weight, of which so many policies keep
/// numbers. Columns are gathered into `room`, which has gathered_size() numbers, and go back if T is not
/// const.
template <Grain grain, Index memories = 0, class T, Scalar S, class F>
void each_group(Block<T> w, Steps<S> steps, [[maybe_unused]] S* room, F&& f) {
  if constexpr (grain == Grain::row) {
    for (Index j = 0; j < w.rows; ++j) f(w.row(j), w.cols, steps.from(j * w.cols), w.memory.from(j * w.cols));
  } else if constexpr (grain == Grain::column) {
    const Index length = padded<S>(w.rows);
    const Index apart = columns_at_a_time * length;
    S* const steps_room = room + apart;
    S* const memory_room = steps_room + (steps.each ? apart : 0);
    for (Index first = 0; first < w.cols; first += columns_at_a_time) {
      const Index count = std::min(columns_at_a_time, w.cols - first);
      gather<S>(w.data, w.rows, w.cols, first, count, room);
      if (steps.each) gather<S>(steps.each, w.rows, w.cols, first, count, steps_room);
      for (Index m = 0; m < memories; ++m)
        gather<S>(w.memory.of(m), w.rows, w.cols, first, count, memory_room + m * apart);
      for (Index k = 0; k < count; ++k)
        f(static_cast<T*>(room) + k * length, w.rows,
          Steps<S>{steps.each ? steps_room + k * length : nullptr, steps.uniform},
          memories > 0 ? PolicyMemory<S>{memory_room + k * length, apart} : PolicyMemory<S>{});
      if constexpr (!std::is_const_v<T>) scatter<S>(room, w.rows, w.cols, first, count, w.data);
    }
  } else {
    f(w.data, w.size(), steps, w.memory);
  }
}

/// The same outside of steps, where room may be made: f(group, n, its memory).
template <Grain grain, Index memories = 0, class T, class F>
void each_group(Block<T> w, F&& f) {
  using S = std::remove_const_t<T>;
  std::vector<S> room;
  if constexpr (grain == Grain::column)
    room.resize(static_cast<std::size_t>(gathered_size<S>(w.rows, false, memories)));
  each_group<grain, memories>(
      w, Steps<S>{nullptr, S(1)}, room.data(),
      [&](T* group, Index n, Steps<S>, const PolicyMemory<S>& memory) { f(group, n, memory); });
}

}  // namespace espalier::detail
