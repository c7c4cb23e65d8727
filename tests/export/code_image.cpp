// SPDX-License-Identifier: MIT
// What the text computes is tested in tests/export.
#include "espalier/export/code_image.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

TEST_CASE("kernels with many zeros are written without them") {
  CodeStep step{StepKind::convolution, 25, 0};
  step.image = {5, 5, 1};
  step.kernel = {3, 3};
  for (int i = 0; i < 72; ++i) step.weight.push_back(i % 4 == 0 ? 1 : 0);
  const auto text = [&](bool smallest) {
    CodeStyle style{"net", false};
    style.smallest = smallest;
    CodeText out(style);
    write_convolution(out, step, "0");
    return out.text();
  };
  CHECK(text(true).find("end_0") != std::string::npos);
  CHECK(text(false).find("end_0") == std::string::npos);
  CHECK(text(false).find("kernels_0(const float* w") != std::string::npos);
}
