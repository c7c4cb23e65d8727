// SPDX-License-Identifier: MIT
// That the sums are right is tested in tests/export.
#include "espalier/export/code_dense_packs.hpp"

#include "catch.hpp"

using namespace espalier::detail;

TEST_CASE("blocks are whole registers of every processor, and have 256 bytes of sums") {
  const CodeStyle single, twice{"net", false, false};
  for (const CodeStyle& style : {single, twice}) {
    CHECK(pack_block(style).outputs % widest_pack(style) == 0);
    CHECK(pack_block(style).outputs * pack_block(style).sums * style.scalar_bytes() == 256);
  }
}

TEST_CASE("inputs that are left over are added one by one") {
  CodeText out({"net", false});
  write_pack_block(out, "sums", {16, 4}, 3, true);
  CHECK(out.text().find("while") == std::string::npos);
  CHECK(out.text().find("for (; k < 3; ++k)") != std::string::npos);
}
