// SPDX-License-Identifier: MIT
// That what is written compiles and computes is tested in tests/export.
#include "espalier/export/code_net.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

std::string text(bool c, const std::string& function = "x", const std::string& helper = "") {
  CodeStep dense{StepKind::dense, 3, 2}, last{StepKind::function, 2, 2};
  dense.weight = {0, 1, 0,  //
                  0, 0, 2};
  dense.bias = {0, 1};
  last.function = function;
  last.helper = helper;
  return net_text({"net", c}, {dense, last}, {3, 2, 0.25, "3 -> 2"});
}

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("what is known of the weights stands in the header as constants") {
  const std::string cpp = text(false), c = text(true);
  CHECK(has(cpp, "inline constexpr int inputs = 3;\ninline constexpr int outputs = 2;\n"));
  CHECK(has(cpp, "inline constexpr int weights = 6;\ninline constexpr int zeros = 4;\n"));
  CHECK(has(cpp, "inline constexpr double violation = 0.25;\n"));
  CHECK(has(cpp, "inline constexpr int inputs_never_read_count = 1;\n"));
  CHECK(has(cpp, "inline constexpr bool inputs_never_read[3] = {\n    true, false, false};\n"));
  CHECK(has(c, "  net_inputs = 3,\n  net_outputs = 2,\n  net_weights = 6,\n  net_zeros = 4,\n"));
  CHECK(has(c, "#define net_violation 0.25\n"));
  CHECK(has(c, "#define net_never_reads(i) (0 || ((i) >= 0 && (i) < 1))\n"));
  CHECK(has(c, "static const unsigned char net_inputs_never_read[3] = {\n    1, 0, 0};\n"));
}

TEST_CASE("a header includes what it calls and nothing else") {
  CHECK(!has(text(false), "#include <cmath>"));
  CHECK(!has(text(true), "#include <math.h>"));
  CHECK(has(text(false, "std::sin(x)", "math"), "#include <cmath>"));
  CHECK(!has(text(false), "cstdint"));
}

TEST_CASE("activations work where they read, and no buffer is made for them") {
  const std::string cpp = text(false);
  CHECK(has(
      cpp,
      "inline void run(const float* x, float* y) {\n  dense_0(x, y);\n  for (int i = 0; i < 2; ++i) y[i] = "
      "function_1(y[i]);\n}\n"));
  CHECK(has(cpp, "bytes_of_stack = 0;"));
}
