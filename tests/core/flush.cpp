// SPDX-License-Identifier: MIT
#include "espalier/core/flush.hpp"

#include <limits>

#include "catch.hpp"

namespace {

bool flushed() {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float half = smallest / 2;
  return half == 0;
}

}  // namespace

TEST_CASE("Denormal numbers count as zero while it lives, and the caller's mode returns") {
#if defined(__SSE2__) || defined(__aarch64__)
  CHECK(!flushed());
  {
    const espalier::detail::FlushDenormals outer;
    CHECK(flushed());
    {
      const espalier::detail::FlushDenormals inner;
      CHECK(flushed());
    }
    CHECK(flushed());
  }
#endif
  CHECK(!flushed());
}
