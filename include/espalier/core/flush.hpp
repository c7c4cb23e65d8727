// SPDX-License-Identifier: MIT
// Denormal numbers, which decaying weights and moments come to and which processors are slow with, count as
// zero while a model computes.
#pragma once

#include <cstdint>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace espalier::detail {

/// Sets the thread's mode, and restores the caller's. Other processors than x86-64 and 64-bit Arm keep
/// theirs.
class FlushDenormals {
 public:
  FlushDenormals() : before_(mode()) {
    if ((before_ & flush) != flush) set_mode(before_ | flush);
  }
  ~FlushDenormals() {
    if ((before_ & flush) != flush) set_mode((mode() & ~flush) | (before_ & flush));  // exception flags stay
  }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  using Mode = std::uint32_t;
  static constexpr Mode flush = 0x8040;  // results (FTZ) and operands (DAZ)
  static Mode mode() { return _mm_getcsr(); }
  static void set_mode(Mode mode) { _mm_setcsr(mode); }
#elif defined(__aarch64__)
  using Mode = std::uint64_t;
  static constexpr Mode flush = Mode{1} << 24;
  static Mode mode() {
    Mode mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void set_mode(Mode mode) { asm volatile("msr fpcr, %0" : : "r"(mode)); }
#else
  using Mode = int;
  static constexpr Mode flush = 0;
  static Mode mode() { return 0; }
  static void set_mode(Mode) {}
#endif

  Mode before_;
};

}  // namespace espalier::detail
