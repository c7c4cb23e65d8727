// SPDX-License-Identifier: MIT
// The helpers of generated headers, compiled as C99 and swept: how far they are from the functions that they
// stand for.
#include "espalier/export/code_function.hpp"

#include <cstdlib>

#include "data/files.hpp"

using namespace espalier::detail;

namespace {

/// Counts floats x from `lo` to `hi` at which a helper is off by more than `units` 2^-24 of the value.
constexpr const char* sweep = R"(
#include <math.h>
#include <stdio.h>
static int bad(const char* name, float (*helper)(float), double (*exact)(double), float lo, float hi, double units) {
  double most = 0;
  for (int i = 0; i <= 2000000; ++i) {
    const float x = lo + (hi - lo) * ((float)i / 2000000.0f);
    const double y = exact((double)x);
    const double error = fabs((double)helper(x) - y) / (fabs(y) + 1e-300) * 16777216.0;
    if (!(error <= most)) most = error;
  }
  printf("%s %g\n", name, most);
  return !(most <= units);
}
int main(void) {
  int failed = bad("exp", net_exp_of, exp, -87.0f, 88.0f, 4.0) | bad("expm1", net_expm1_of, expm1, -20.0f, 0.0f, 4.0) |
               bad("expm1", net_expm1_of, expm1, -1.0f, 0.0f, 4.0) | bad("log1p", net_log1p_of, log1p, 0.0f, 1.0f, 4.0) |
               bad("log1p", net_log1p_of, log1p, 0.0f, 1e-6f, 4.0) | bad("tanh", net_tanh_of, tanh, -9.0f, 9.0f, 8.0) |
               bad("tanh", net_tanh_of, tanh, -1e-3f, 1e-3f, 8.0);
  const float none = NAN;
  failed |= net_exp_of(none) == net_exp_of(none) || net_tanh_of(none) == net_tanh_of(none) || net_expm1_of(none) == net_expm1_of(none);
  failed |= !(net_exp_of(-1e30f) < 1e-37f && net_exp_of(1e30f) > 1e38f && net_expm1_of(0.0f) == 0.0f && net_tanh_of(1e30f) <= 1.0f);
  return failed;
}
)";

}  // namespace

TEST_CASE("helpers of activations are within a few units of roundoff, and keep NaN") {
  CodeText out({"net", true});
  write_helpers(out, {"exp", "expm1", "log1p", "tanh"});
  const TemporaryDirectory folder;
  const std::string source =
      folder.write("sweep.c", "#include <stdint.h>\n#include <string.h>\n" + out.text() + sweep).string();
#ifdef __clang__
  const std::string compiler = "clang";
#else
  const std::string compiler = "gcc";
#endif
  for (const std::string options : {"-O1", "-O2 -march=native -ffp-contract=fast"}) {
    INFO(options);
    const std::string program = (folder / "sweep").string();
    REQUIRE(std::system((compiler + " -std=c99 -Wall -Wextra -Wconversion -pedantic -Werror " + options +
                         " " + source + " -o " + program + " -lm")
                            .c_str()) == 0);
    CHECK(std::system(program.c_str()) == 0);
  }
}

TEST_CASE("helpers are written once and only where they are called") {
  CodeText none({"net", false}), some({"net", false});
  write_helpers(none, {"math"});
  CHECK(none.text().empty());
  write_helpers(some, {"exp", "log1p", "log1p"});
  const std::string& text = some.text();
  CHECK(text.find("exp_of(") != text.npos);
  CHECK(text.find("float log1p_of(") == text.rfind("float log1p_of("));
  CHECK(text.find("tanh_of") == text.npos);
}
