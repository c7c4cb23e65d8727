// SPDX-License-Identifier: MIT
// Memory that starts on a cache line, on huge pages where it is large: the arenas of parameters, gradients,
// moments and activations.
#pragma once

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <new>
#include <vector>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

inline constexpr std::size_t cache_line = 64;
inline constexpr std::size_t huge_page = std::size_t{1} << 21;

template <class T>
struct CacheLineAllocator {
  using value_type = T;

  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}

  T* allocate(std::size_t n) {
    void* memory = ::operator new(n * sizeof(T), alignment(n));
#ifdef MADV_HUGEPAGE  // madvise may fail, which changes nothing but speed
    if (alignment(n) == std::align_val_t{huge_page}) madvise(memory, n * sizeof(T), MADV_HUGEPAGE);
#endif
    return static_cast<T*>(memory);
  }
  void deallocate(T* p, std::size_t n) { ::operator delete(p, alignment(n)); }

  bool operator==(const CacheLineAllocator&) const = default;

 private:
  static std::align_val_t alignment(std::size_t n) {
    return std::align_val_t{n * sizeof(T) < huge_page ? cache_line : huge_page};
  }
};

template <Scalar S>
using AlignedVector = std::vector<S, CacheLineAllocator<S>>;

/// Memory of the calling thread for `n` numbers, until its next call or its end.
template <Scalar S>
S* scratch(Index n) {
  thread_local AlignedVector<S> memory;
  if (static_cast<std::size_t>(n) > memory.size()) memory = AlignedVector<S>(static_cast<std::size_t>(n));
  return memory.data();
}

/// `n` rounded up to whole cache lines, so that what follows in an arena is aligned too.
template <Scalar S>
constexpr Index padded(Index n) {
  constexpr Index line = cache_line / sizeof(S);
  return (n + line - 1) / line * line;
}

}  // namespace espalier::detail
