// SPDX-License-Identifier: MIT
// The members of maps of whole matrices, with or without numbers beside P.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/policy.hpp"

namespace espalier::detail {

/// How many numbers beside P, and doubles of room, a map has.
template <class P>
Index beside_of([[maybe_unused]] const P& p, [[maybe_unused]] Index rows, [[maybe_unused]] Index cols) {
  if constexpr (HasNumbersBeside<P>) return p.beside(rows, cols);
  return 0;
}
template <class P>
double* room_of([[maybe_unused]] const P& p, [[maybe_unused]] Index rows, [[maybe_unused]] Index cols) {
  if constexpr (requires { p.room_for(rows, cols); }) return scratch<double>(p.room_for(rows, cols));
  return nullptr;
}

// `beside` is null, or the numbers beside P.

template <MatrixMap P, Scalar S>
void map_weight(const P& p, Block<const S> stored, [[maybe_unused]] const S* beside, Block<S> w) {
  double* const room = room_of(p, w.rows, w.cols);
  if constexpr (HasNumbersBeside<P>)
    p.weight(stored, ConstArrayMap<S>(beside, beside_of(p, w.rows, w.cols)), w, room);
  else
    p.weight(stored, w, room);
}

template <MatrixMap P, Scalar S>
void map_pull_back(const P& p, Block<const S> stored, [[maybe_unused]] const S* beside, Block<const S> w,
                   Block<S> dw, [[maybe_unused]] S* d_beside) {
  double* const room = room_of(p, w.rows, w.cols);
  if constexpr (HasNumbersBeside<P>) {
    const Index n = beside_of(p, w.rows, w.cols);
    if constexpr (P::trains_beside)
      p.pull_back(stored, ConstArrayMap<S>(beside, n), w, dw, ArrayMap<S>(d_beside, n), room);
    else
      p.pull_back(stored, ConstArrayMap<S>(beside, n), w, dw, room);
  } else {
    p.pull_back(stored, w, dw, room);
  }
}

template <MatrixMap P, Scalar S>
bool map_parameter(const P& p, Block<S> w, [[maybe_unused]] S* beside) {
  double* const room = room_of(p, w.rows, w.cols);
  if constexpr (HasNumbersBeside<P>)
    return p.parameter(w, ArrayMap<S>(beside, beside_of(p, w.rows, w.cols)), room);
  else
    return p.parameter(w, room);
}

/// Before a forward pass of training.
template <MatrixMap P, Scalar S>
void map_advance([[maybe_unused]] const P& p, [[maybe_unused]] Block<const S> stored,
                 [[maybe_unused]] S* beside) {
  if constexpr (HasNumbersBeside<P>) {
    ArrayMap<S> numbers(beside, beside_of(p, stored.rows, stored.cols));
    if constexpr (requires(double* room) { p.advance(stored, numbers, room); })
      p.advance(stored, numbers, room_of(p, stored.rows, stored.cols));
  }
}

/// From what is stored to W in place, number by number or as a whole.
template <class P, Scalar S>
void apply_map([[maybe_unused]] const P& p, [[maybe_unused]] Block<S> numbers,
               [[maybe_unused]] const S* beside) {
  if constexpr (ElementMap<P>) {
    for (Index i = 0; i < numbers.size(); ++i) numbers.data[i] = p.weight(numbers.data[i]);
  } else if constexpr (MatrixMap<P>) {
    const std::vector<S> stored(numbers.data, numbers.data + numbers.size());
    map_weight(p, Block<const S>{stored.data(), numbers.rows, numbers.cols}, beside, numbers);
  }
}

/// And back. Returns false if nothing that can be stored gives W.
template <class P, Scalar S>
bool invert_map([[maybe_unused]] const P& p, [[maybe_unused]] Block<S> numbers, [[maybe_unused]] S* beside) {
  bool found = true;
  if constexpr (ElementMap<P>) {
    for (Index i = 0; i < numbers.size(); ++i) {
      S& x = numbers.data[i];
      x = p.parameter(x);
      found = found && x == x;
    }
  } else if constexpr (MatrixMap<P>) {
    found = map_parameter(p, numbers, beside);
  }
  return found;
}

}  // namespace espalier::detail
