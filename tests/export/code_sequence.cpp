// SPDX-License-Identifier: MIT
// That sequences compute is tested in tests/export.
#include "espalier/export/code_sequence.hpp"

#include "catch.hpp"

using namespace espalier::detail;

TEST_CASE("a sequence calls its products at every step and gives the states that are asked for") {
  CodeStep ih{StepKind::dense, 2, 3}, hh{StepKind::dense, 3, 3};
  CodeStep step{StepKind::sequence, 8, 3};
  step.per = 4;
  step.branches = {{ih}, {hh}};
  const std::string calls[]{"in", "own", "bend"};
  CodeText last({"net", false}), all({"net", false});
  write_sequence(last, step, "0", calls);
  step.outputs = 12;
  write_sequence(all, step, "0", calls);
  CHECK(last.text().find("for (int t = 0; t < 4; ++t) {\n    in(x + t * 2, z);\n    own(h, part);\n") !=
        std::string::npos);
  CHECK(last.text().find("y[i] = h[i]") != std::string::npos);
  CHECK(all.text().find("y[t * 3 + i] = h[i]") != std::string::npos);
}
