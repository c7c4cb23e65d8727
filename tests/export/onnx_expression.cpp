// SPDX-License-Identifier: MIT
#include "espalier/export/onnx_expression.hpp"

#include "onnx_interpreter.hpp"
#include "support.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

/// What nodes made from the text compute of x.
std::vector<double> run(const std::string& text, const std::vector<double>& x) {
  OnnxGraph graph(false);
  const std::string path = "1", out = OnnxExpression(graph, path, text, "x").read();
  return onnx::File(graph.file({"x", {1}}, {out, {1}}, {"1"})).run(x.size(), x).x;
}

std::string refusal(const std::string& text) {
  return message_of([&] { run(text, {1}); });
}

}  // namespace

TEST_CASE("operators bind as in C, and from left to right") {
  const std::vector<double> x{-2, 0, 0.5, 3};
  const auto same = [&](const std::string& text, double (*f)(double)) {
    INFO(text);
    std::vector<double> y;
    for (const double at : x) y.push_back(f(at));
    CHECK(run(text, x) == y);
  };
  same("1 - 2 - x", [](double v) { return 1 - 2 - v; });
  same("1 + 2.0f * x / 4 / 2", [](double v) { return 1 + 2 * v / 4 / 2; });
  same("-x * -(x + 1e1)", [](double v) { return -v * -(v + 10); });
  same("x < 0.0f ? 0.0f : x", [](double v) { return v < 0 ? 0 : v; });
  same("x > 2 ? 2 : x < -1 ? -1 : x * x", [](double v) { return v > 2 ? 2 : v < -1 ? -1 : v * v; });
  same("(x >= 0.5 ? 1 : 0) + (x <= 0 ? x : 0)",
       [](double v) { return (v >= 0.5 ? 1 : 0) + (v <= 0 ? v : 0); });
  same("std::exp(-x*x) + tanh( x ) * std::fmax(x, 1.0)",
       [](double v) { return std::exp(-v * v) + std::tanh(v) * std::fmax(v, 1.0); });
  same("std::pow(x, 2) / std::sqrt(2.0)", [](double v) { return std::pow(v, 2) / std::sqrt(2.0); });
}

TEST_CASE("each function of <cmath> is its operator") {
  const std::vector<double> x{0.3, 0.9};
  CHECK(run("std::acosh(x + 1)", x) == std::vector<double>{std::acosh(1.3), std::acosh(1.9)});
  for (const OnnxMath& f : onnx_math) {
    if (f.numbers > 1 || f.name == "acosh") continue;
    INFO(f.name);
    CHECK(run("std::" + std::string(f.name) + "(x)", x).size() == 2);
  }
  CHECK(run("sin(x) + floor(x) + std::erf(x)", {0.3})[0] ==
        Approx(std::sin(0.3) + std::erf(0.3)).epsilon(1e-15));
}

TEST_CASE("what is no such function is an error that names the layer, the text and where it ends") {
  CHECK(refusal("my_own(x)") ==
        "write_onnx: expected a function of x that ONNX has at layer 1: of numbers, + - * /, comparisons, ?: "
        "and functions of <cmath>, found 'my_own(x)', not understood from 'my_own(x)' on");
  CHECK(refusal("x +").ends_with("found 'x +'"));
  CHECK(refusal("x % 2").ends_with("not understood from '% 2' on"));
  for (const char* const text : {"", "1.0", "x > 0", "(x > 0) + 1", "x ? 1 : 2", "(x", "std::sin x", "2y",
                                 "2ux", "pow(x)", "x > 0 ? 1", "sin(x > 0)"}) {
    INFO(text);
    CHECK_THROWS_AS(run(text, {1}), ValueError);
  }
}

TEST_CASE("a quotient of whole numbers is refused, since C rounds it") {
  CHECK_THROWS_AS(run("1 / 2 * x", {1}), ValueError);
  CHECK_THROWS_AS(run("x * ((1 + 2) / -2)", {1}), ValueError);
  CHECK(run("1 / 2.0 * x", {1}) == std::vector<double>{0.5});
  CHECK(run("1 / x / 2", {1}) == std::vector<double>{0.5});
}
