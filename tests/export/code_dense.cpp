// SPDX-License-Identifier: MIT
// What the text computes is tested in tests/export.
#include "espalier/export/code_dense.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

/// The text of 40 x 30 weights, of which `some` of every n are not zero, and its bytes.
std::pair<std::string, Index> written(int n, bool smallest, int some = 1) {
  CodeStep step{StepKind::dense, 30, 40};
  for (int i = 0; i < 1200; ++i) step.weight.push_back(i % n < some ? 1 : 0);
  CodeStyle style{"net", false};
  style.smallest = smallest;
  CodeText out(style);
  write_dense(out, step, "0");
  return {out.text(), out.bytes()};
}

bool sparse(const std::string& text) { return text.find("column_0") != text.npos; }

}  // namespace

TEST_CASE("zeros are left out one by one where that takes fewer bytes, unless time counts") {
  CHECK(!sparse(written(1, true).first));
  CHECK(sparse(written(7, true).first));
  CHECK(!sparse(written(7, false).first));
  CHECK(written(1, true).second == 4 * 1200);
  CHECK(written(7, true).second == 5 * 172 + 40);  // a number and its column, and where rows end
  CHECK(written(7, true).second < written(7, false).second);
}

TEST_CASE("eight products are taken at once only where a row has eight: shorter arrays have no such places") {
  CHECK(written(7, true).first.find("[j + 7]") == std::string::npos);  // 4 or 5 in a row of 30
  CHECK(written(7, true, 2).first.find("[j + 7]") != std::string::npos);
}

TEST_CASE("a layer of nothing but zeros is its biases") {
  CodeStep step{StepKind::dense, 2, 3};
  step.weight.assign(6, 0);
  CodeText out({"net", false});
  write_dense(out, step, "0");
  CHECK(out.text() ==
        "inline void dense_0(const float* x, float* y) {\n  (void)x;\n  for (int i = 0; i < 3; ++i) y[i] = "
        "0.0f;\n}\n");
}
