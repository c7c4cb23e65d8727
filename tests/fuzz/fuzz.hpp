// SPDX-License-Identifier: MIT
// What the fuzz targets have in common. A target is one file: it defines LLVMFuzzerTestOneInput, which reads
// bytes as a file of its format. The reader gives data or throws an exception of the library; anything else
// is a finding: another exception, a crash, a sanitizer's report, more memory than such bytes can hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "espalier/core/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return std::string(reinterpret_cast<const char*>(data), size);
}

/// Calls `read`, which may refuse the bytes.
template <class Read>
void survives(Read read) {
  try {
    read();
  } catch (const espalier::Error&) {
  }
}

/// A finding of a target's own: what holds for all bytes did not hold for these.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace fuzz
