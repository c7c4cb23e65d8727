// SPDX-License-Identifier: MIT
// The activations as nodes of ONNX: by its own operator where there is one, else by a few.
#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "espalier/export/code_step.hpp"
#include "espalier/export/onnx_expression.hpp"
#include "espalier/export/onnx_graph.hpp"

namespace espalier::detail {

/// Nodes of one step, and constants of one number.
struct OnnxFunction {
  OnnxGraph& graph;
  const std::string& path;

  std::string number(double x) const { return graph.constant(path + ".number", {1}, {{x}}); }
  std::string operator()(const std::string& operation, const std::string& x) const {
    return graph.node(operation, path, {x});
  }
  std::string operator()(const std::string& operation, const std::string& x, const std::string& y) const {
    return graph.node(operation, path, {x, y});
  }
};

/// Is the number one that attributes of ONNX, which are floats, can hold? In a file of floats it is one.
inline bool fits_attribute(const OnnxGraph& graph, double x) {
  return graph.single() || static_cast<double>(static_cast<float>(x)) == x;
}

inline std::string onnx_leaky_relu(const OnnxFunction& f, const std::string& x, double slope) {
  if (!fits_attribute(f.graph, slope)) return f("PRelu", x, f.number(slope));
  return f.graph.node("LeakyRelu", f.path, {x}, {{"alpha", static_cast<float>(slope)}});
}
inline std::string onnx_elu(const OnnxFunction& f, const std::string& x, double alpha) {
  if (fits_attribute(f.graph, alpha))
    return f.graph.node("Elu", f.path, {x}, {{"alpha", static_cast<float>(alpha)}});
  const std::string negative = f("Neg", f("Relu", f("Neg", x)));
  return f("Add", f("Relu", x), f("Mul", f("Elu", negative), f.number(alpha)));
}
/// x (1 + erf(x / sqrt(2))) / 2: ONNX has no erfc, so that digits are lost where x < -3.
inline std::string onnx_gelu(const OnnxFunction& f, const std::string& x) {
  const std::string erf = f("Erf", f("Div", x, f.number(std::sqrt(2.0))));
  return f("Mul", f("Mul", x, f("Add", erf, f.number(1))), f.number(0.5));
}
inline std::string onnx_softplus(const OnnxFunction& f, const std::string& x, double beta) {
  if (beta == 1) return f("Softplus", x);
  const std::string b = f.number(beta);
  return f("Div", f("Softplus", f("Mul", x, b)), b);
}

/// Adds what a step of a function makes of x; returns its name. A function that is none of the library's is
/// read from its source text.
inline std::string onnx_function(OnnxGraph& graph, const CodeStep& step, const std::string& x) {
  const OnnxFunction f{graph, step.path};
  const std::string& name = step.activation;
  if (name == "ReLU") return f("Relu", x);
  if (name == "LeakyReLU") return onnx_leaky_relu(f, x, step.option);
  if (name == "ELU") return onnx_elu(f, x, step.option);
  if (name == "GELU") return onnx_gelu(f, x);
  if (name == "SiLU") return f("Mul", x, f("Sigmoid", x));
  if (name == "Sigmoid" || name == "Tanh") return f(name, x);
  if (name == "Softplus") return onnx_softplus(f, x, step.option);
  return OnnxExpression(graph, step.path, step.function, x).read();
}

}  // namespace espalier::detail
