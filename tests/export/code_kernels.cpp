// SPDX-License-Identifier: MIT
// What the text computes is tested in tests/export.
#include "espalier/export/code_kernels.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

TEST_CASE("sums over the weights of a kernel end where predict begins a new one") {
  CHECK(ends_of_sums(9, 4) == std::vector<Index>{9});
  CHECK(ends_of_sums(256, 4) == std::vector<Index>{256});
  CHECK(ends_of_sums(288, 4) == std::vector<Index>{144, 288});
  CHECK(ends_of_sums(200, 8) == std::vector<Index>{100, 200});
  CHECK(ends_of_sums(288, 8) == std::vector<Index>{72, 144, 216, 288});
}

TEST_CASE("the weights of a kernel stand in the padded image, channel after channel") {
  CodeStep step{StepKind::convolution, 12, 0};
  step.image = {2, 3, 2};
  step.kernel = {2, 2};
  step.padding = 1;
  step.weight.assign(8, 1);
  CHECK(places_in_image(step) == std::vector<Index>{0, 1, 5, 6, 20, 21, 25, 26});
  CHECK(numbers_of_copy({"net", false, true, true}, step) == 40);
  step.padding = 0;
  CHECK(numbers_of_copy({"net", false, true, true}, step) == 0);
}
