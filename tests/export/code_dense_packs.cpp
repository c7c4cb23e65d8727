// SPDX-License-Identifier: MIT
// That the sums are right is tested in tests/export.
#include "espalier/export/code_dense_packs.hpp"

#include "catch.hpp"

using namespace espalier::detail;

TEST_CASE("blocks are whole registers of every processor, and have 64 sums of floats") {
  const CodeStyle single, twice{"net", false, false};
  for (const int outputs : {16, 31, 32, 500}) {
    const PackBlock block = pack_block(single, outputs);
    CHECK(block.outputs % 16 == 0);
    CHECK(block.outputs <= outputs);
    CHECK(block.outputs * block.sums == 64);
  }
  CHECK(pack_block(twice, 8).outputs == 8);
}

TEST_CASE("inputs that are left over are added one by one") {
  CodeText out({"net", false});
  write_pack_block(out, "sums", {16, 4}, 3, true);
  CHECK(out.text().find("while") == std::string::npos);
  CHECK(out.text().find("for (; k < 3; ++k)") != std::string::npos);
}
