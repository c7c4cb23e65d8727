// SPDX-License-Identifier: MIT
// That the bits are those of predict is tested in tests/export.
#include "espalier/export/code_dense_in_order.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

TEST_CASE("long rows are summed in parts of whole registers, of 4096 bytes at most") {
  for (const Index lanes : {4, 8, 16})
    for (const Index length : {1, 64, 1000, 1024, 1025, 5000}) {
      CodeStyle style{"net", false, true, true};
      style.lanes = lanes;
      const SumOrder order = sum_order(style, length);
      CHECK(order.lanes == lanes);
      CHECK(order.chunk % lanes == 0);
      CHECK(order.chunk <= 1024);
      CHECK((length <= 1024) == (order.chunk >= length));
    }
}
