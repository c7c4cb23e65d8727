// SPDX-License-Identifier: MIT
#include "espalier/export/code_text.hpp"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "catch.hpp"

using namespace espalier::detail;
using espalier::Index;

TEST_CASE("numbers are read back as the same bits") {
  CodeStyle single, twice;
  twice.single = false;
  std::mt19937_64 random(1);
  for (int k = 0; k < 20000; ++k) {
    const auto bits = random();
    float x;
    double y;
    std::memcpy(&x, &bits, sizeof x);
    std::memcpy(&y, &bits, sizeof y);
    if (std::isfinite(x)) {
      const float back = std::strtof(single.number(static_cast<double>(x)).c_str(), nullptr);
      CHECK(std::memcmp(&back, &x, sizeof x) == 0);
    }
    if (std::isfinite(y)) {
      const double back = std::strtod(twice.number(y).c_str(), nullptr);
      CHECK(std::memcmp(&back, &y, sizeof y) == 0);
    }
  }
  using Limits = std::numeric_limits<float>;
  CHECK(single.number(-0.0) == "-0.0f");
  CHECK(single.number(3) == "3.0f");
  CHECK(std::strtof(single.number(static_cast<double>(Limits::denorm_min())).c_str(), nullptr) ==
        Limits::denorm_min());
  CHECK(std::strtof(single.number(static_cast<double>(Limits::max())).c_str(), nullptr) == Limits::max());
  CHECK(twice.number(0.1) == "0.1");
}

TEST_CASE("a pattern is filled with values, which may have patterns of the file in them") {
  CodeText out({"net", true});
  out.add("$fn$ $S$ $my$f($S$ x) { return $value$; }", {{"value", "$my$g(x)"}});
  CHECK(out.text() == "static inline float net_f(float x) { return net_g(x); }");
}

TEST_CASE("whole numbers take the smallest type that holds them, and all arrays are counted") {
  CodeText out({"net", false});
  out.whole_numbers("a", std::vector<Index>{1, 255});
  out.whole_numbers("b", std::vector<Index>{256});
  out.whole_numbers("c", std::vector<Index>{65536});
  out.numbers("d", std::vector<double>{0.5, -1});
  CHECK(out.text() ==
        "inline constexpr unsigned char a[] = {\n    1, 255};\n"
        "inline constexpr unsigned short b[] = {\n    256};\n"
        "inline constexpr int c[] = {\n    65536};\n"
        "inline constexpr float d[] = {\n    0.5f, -1.0f};\n");
  CHECK(out.bytes() == 2 + 2 + 4 + 8);
}

TEST_CASE("one rounding of a product and a sum is written where the style asks for it") {
  CodeStyle style{"net", true};
  CHECK(style.multiply_add("a", "b", "c") == "a * b + c");
  style.fused = true;
  CHECK(style.multiply_add("a", "b", "c") == "fmaf(a, b, c)");
  CHECK(style.multiply("a", "b") == "fmaf(a, b, 0.0f)");
  style.c = style.single = false;
  CHECK(style.multiply_add("a", "b", "c") == "std::fma(a, b, c)");
}
