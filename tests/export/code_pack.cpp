// SPDX-License-Identifier: MIT
// That the registers compute is tested in tests/export.
#include "espalier/export/code_pack.hpp"

#include "catch.hpp"

using namespace espalier::detail;

TEST_CASE("registers have as many numbers as the processor that the text is compiled for") {
  CodeText single({"net", true}), twice({"net", false, false});
  write_pack_helper(single);
  write_pack_helper(twice);
  const auto has = [](const CodeText& text, const char* part) {
    return const_cast<CodeText&>(text).text().find(part) != std::string::npos;
  };
  CHECK(widest_pack(single.style()) == 16);
  CHECK(has(single, "#if defined(__AVX512F__)\nenum { net_lanes = 16 };\n"));
  CHECK(has(single, "#else\nenum { net_lanes = 4 };\n"));
  CHECK(has(twice, "#elif defined(__AVX__)\nenum { lanes = 4 };\n"));
}
