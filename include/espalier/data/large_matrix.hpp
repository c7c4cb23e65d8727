// SPDX-License-Identifier: MIT
// Memory for a matrix that is going to be read from a file: in large pages where the system has them, which
// halves the time, most of which the system otherwise spends on the first touch of each small page.
#pragma once

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdint>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// Asks for large pages where all of one lies in these bytes. It is a hint: nothing depends on the answer.
inline void prefer_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = std::uintptr_t{1} << 21;  // 2 MiB, those of most processors
  const auto begin = reinterpret_cast<std::uintptr_t>(memory), end = begin + bytes;
  const std::uintptr_t first = (begin + page - 1) / page * page, last = end / page * page;
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

/// A matrix whose numbers are not set.
template <Scalar S>
Matrix<S> large_matrix(std::size_t rows, std::size_t cols) {
  Matrix<S> values(static_cast<Index>(rows), static_cast<Index>(cols));
  prefer_large_pages(values.data(), sizeof(S) * static_cast<std::size_t>(values.size()));
  return values;
}

}  // namespace espalier::detail
