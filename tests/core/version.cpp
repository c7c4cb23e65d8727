// SPDX-License-Identifier: MIT
#include "espalier/core/version.hpp"

#include "catch.hpp"

TEST_CASE("the version is three plain numbers, which the build can read and the preprocessor compare") {
#if ESPALIER_VERSION_MAJOR * 1000000 + ESPALIER_VERSION_MINOR * 1000 + ESPALIER_VERSION_PATCH > 0
  constexpr int parts[] = {ESPALIER_VERSION_MAJOR, ESPALIER_VERSION_MINOR, ESPALIER_VERSION_PATCH};
  for (const int part : parts) CHECK((part >= 0 && part < 1000));
#else
  FAIL("expected a version above 0.0.0");
#endif
}
