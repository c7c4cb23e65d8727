// SPDX-License-Identifier: MIT
// Memory that starts on a cache line: the arenas of parameters, gradients, moments and activations.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

inline constexpr std::size_t cache_line = 64;

template <class T>
struct CacheLineAllocator {
  using value_type = T;

  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{cache_line}));
  }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{cache_line}); }

  bool operator==(const CacheLineAllocator&) const = default;
};

template <Scalar S>
using AlignedVector = std::vector<S, CacheLineAllocator<S>>;

/// `n` rounded up to whole cache lines, so that what follows in an arena is aligned too.
template <Scalar S>
constexpr Index padded(Index n) {
  constexpr Index line = cache_line / sizeof(S);
  return (n + line - 1) / line * line;
}

}  // namespace espalier::detail
