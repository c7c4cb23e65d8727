// SPDX-License-Identifier: MIT
#include "espalier/export/code_step.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

CodeStep window(StepKind kind, Image image, Kernel kernel, Index stride, Index padding,
                std::vector<double> weight) {
  CodeStep step{kind, image.size(), 0};
  step.image = image;
  step.kernel = kernel;
  step.stride = stride;
  step.padding = padding;
  step.weight = std::move(weight);
  return step;
}

}  // namespace

TEST_CASE("inputs that meet zeros only in the first dense layer are not read") {
  CodeStep dense{StepKind::dense, 3, 2};
  dense.weight = {0, 1, 0,  //
                  0, 0, 2};
  CodeStep scale{StepKind::normalize, 3, 3};
  CHECK(inputs_read({dense}, 3) == std::vector<char>{0, 1, 1});
  CHECK(inputs_read({scale, dense}, 3) == std::vector<char>{0, 1, 1});
  CHECK(inputs_read({}, 3) == std::vector<char>{1, 1, 1});
  CodeStep around{StepKind::residual, 3, 3};
  around.branches = {{dense}};
  CHECK(inputs_read({around}, 3) == std::vector<char>{1, 1, 1});
  CodeStep other = dense;
  other.weight = {1, 0, 0, 0, 0, 0};
  CodeStep side{StepKind::concat, 3, 4};
  side.branches = {{dense}, {other}};
  CHECK(inputs_read({side}, 3) == std::vector<char>{1, 1, 1});
}

TEST_CASE("what no step of a sequence reads is not read") {
  CodeStep in{StepKind::dense, 2, 1}, sequence{StepKind::sequence, 6, 1};
  in.weight = {0, 1};
  sequence.per = 3;
  sequence.branches = {{in}};
  CHECK(inputs_read({sequence}, 6) == std::vector<char>{0, 1, 0, 1, 0, 1});
}

TEST_CASE("pixels are read that some weight of a kernel lies on") {
  // One kernel of 2 x 2, of which only the right column counts: the first column of pixels is never under it.
  CHECK(inputs_read({window(StepKind::convolution, {2, 3, 1}, {2, 2}, 1, 0, {0, 1, 0, 1})}, 6) ==
        std::vector<char>{0, 1, 1, 0, 1, 1});
  // With padding it is, where the kernel hangs over the edge.
  CHECK(inputs_read({window(StepKind::convolution, {2, 3, 1}, {2, 2}, 1, 1, {0, 1, 0, 1})}, 6) ==
        std::vector<char>{1, 1, 1, 1, 1, 1});
  CHECK(inputs_read({window(StepKind::max_pool, {3, 3, 1}, {2, 2}, 2, 0, {})}, 9) ==
        std::vector<char>{1, 1, 0, 1, 1, 0, 0, 0, 0});
}
