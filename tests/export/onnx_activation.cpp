// SPDX-License-Identifier: MIT
#include "espalier/export/onnx_activation.hpp"

#include "onnx_check.hpp"

using namespace espalier;

TEST_CASE("a file of doubles computes what predict does, for every activation") {
  OnnxSchema schema;
  each_onnx_activation<double>([&](const std::string& name, const auto& net, const auto& extents) {
    check_onnx(1e-14, name, net, extents);
    schema.add(net);
  });
  schema.check();
}

TEST_CASE("a function that is none of the library's is read from its source text") {
  detail::CodeStep step{detail::StepKind::function, 1, 1};
  step.function = "x * x";
  detail::OnnxGraph graph(true);
  const std::string out = detail::onnx_function(graph, step, "x");
  CHECK(onnx::File(graph.file({"x", {1}}, {out, {1}}, {"1"})).run(1, {3}).x == std::vector<double>{9});
}

TEST_CASE("an activation is ONNX's own operator where it has one") {
  const auto operations = [](const char* name, double option, bool single) {
    detail::OnnxGraph graph(single);
    detail::CodeStep step{detail::StepKind::function, 3, 3};
    step.activation = name;
    step.option = option;
    const std::string out = detail::onnx_function(graph, step, "x");
    const onnx::File file(graph.file({"x", {3}}, {out, {3}}, {"1"}));
    std::string all;
    for (const onnx::Message& node : file.graph.messages(1)) all += node.text(4) + " ";
    return all;
  };
  CHECK(operations("LeakyReLU", 0.1, true) == "LeakyRelu ");
  CHECK(operations("LeakyReLU", 0.1, false) == "PRelu ");  // 0.1 is no float
  CHECK(operations("ELU", 0.1, true) == "Elu ");
  CHECK(operations("ELU", 1, false) == "Elu ");
  CHECK(operations("Softplus", 1, true) == "Softplus ");
  CHECK(operations("GELU", 0, true) == "Div Erf Add Mul Mul ");
}
