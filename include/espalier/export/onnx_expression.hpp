// SPDX-License-Identifier: MIT
// Source text of a function of one number, as nodes of ONNX: what a layer says of itself in C and C++ is read
// again.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "espalier/export/onnx_graph.hpp"

namespace espalier::detail {

/// A function of <cmath> and its operator; `numbers` are its arguments.
struct OnnxMath {
  std::string_view name, operation;
  int numbers = 1;
};
inline constexpr OnnxMath onnx_math[] = {
    {"abs", "Abs"},    {"acos", "Acos"},   {"acosh", "Acosh"}, {"asin", "Asin"},   {"asinh", "Asinh"},
    {"atan", "Atan"},  {"atanh", "Atanh"}, {"ceil", "Ceil"},   {"cos", "Cos"},     {"cosh", "Cosh"},
    {"erf", "Erf"},    {"exp", "Exp"},     {"fabs", "Abs"},    {"floor", "Floor"}, {"log", "Log"},
    {"sin", "Sin"},    {"sinh", "Sinh"},   {"sqrt", "Sqrt"},   {"tan", "Tan"},     {"tanh", "Tanh"},
    {"max", "Max", 2}, {"min", "Min", 2},  {"pow", "Pow", 2},  {"fmax", "Max", 2}, {"fmin", "Min", 2}};

/// Reads expressions of x, numbers, + - * /, comparisons, ?: and calls, by descending from the weakest
/// operator.
class OnnxExpression {
 public:
  OnnxExpression(OnnxGraph& graph, const std::string& path, std::string_view text, std::string x)
      : graph_(graph), path_(path), text_(text), rest_(text), x_(std::move(x)) {}

  /// The name of the tensor that the text makes of x. ValueError for a text that is something else.
  std::string read() {
    const Value value = choice();
    if (!rest().empty() || value.kind != Kind::number || !value.of_x) refuse();
    return value.name;
  }

 private:
  /// C divides whole numbers otherwise, and comparisons give no number here.
  enum class Kind { number, whole, condition };
  struct Value {
    std::string name;
    Kind kind = Kind::number;
    bool of_x = false;
  };

  [[noreturn]] void refuse() const {
    fail("write_onnx",
         {"a function of x that ONNX has at layer {}: of numbers, + - * /, comparisons, ?: and functions of "
          "<cmath>",
          {path_}},
         quoted_text(text_) + (rest_.empty() ? "" : ", not understood from " + quoted_text(rest_) + " on"));
  }

  std::string_view rest() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front()))) rest_.remove_prefix(1);
    return rest_;
  }
  bool take(std::string_view token) {
    if (!rest().starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(std::string_view token) {
    if (!take(token)) refuse();
  }

  Value node(const char* operation, const Value& a, const Value& b, Kind kind = Kind::number) {
    if (a.kind == Kind::condition || b.kind == Kind::condition) refuse();
    return {graph_.node(operation, path_, {a.name, b.name}), kind, a.of_x || b.of_x};
  }
  static Kind common(const Value& a, const Value& b) {
    return a.kind == Kind::whole && b.kind == Kind::whole ? Kind::whole : Kind::number;
  }

  Value choice() {
    const Value condition = comparison();
    if (!take("?")) return condition;
    if (condition.kind != Kind::condition) refuse();
    const Value yes = choice();
    expect(":");
    const Value no = choice();
    if (yes.kind == Kind::condition || no.kind == Kind::condition) refuse();
    return {graph_.node("Where", path_, {condition.name, yes.name, no.name}), common(yes, no),
            condition.of_x || yes.of_x || no.of_x};
  }
  /// Nothing compares with NaN, as in C.
  Value comparison() {
    const Value a = sum();
    for (const auto& [token, operation] : {std::pair{'<', "Less"}, std::pair{'>', "Greater"}}) {
      if (!take({&token, 1})) continue;
      const bool or_equal = take("=");
      const Value b = sum();
      const Value strict = node(operation, a, b, Kind::condition);
      if (!or_equal) return strict;
      const Value equal = node("Equal", a, b, Kind::condition);
      return {graph_.node("Or", path_, {strict.name, equal.name}), Kind::condition, strict.of_x};
    }
    return a;
  }
  Value sum() {
    Value a = product();
    for (;;) {
      const bool add = take("+");
      if (!add && !take("-")) return a;
      const Value b = product();
      a = node(add ? "Add" : "Sub", a, b, common(a, b));
    }
  }
  Value product() {
    Value a = factor();
    for (;;) {
      const bool multiply = take("*");
      if (!multiply && !take("/")) return a;
      const Value b = factor();
      if (!multiply && common(a, b) == Kind::whole) refuse();
      a = node(multiply ? "Mul" : "Div", a, b, common(a, b));
    }
  }
  Value factor() {
    if (take("-")) {
      const Value a = factor();
      if (a.kind == Kind::condition) refuse();
      return {graph_.node("Neg", path_, {a.name}), a.kind, a.of_x};
    }
    if (take("+")) return factor();
    if (take("(")) {
      const Value a = choice();
      expect(")");
      return a;
    }
    if (!rest().empty() && (std::isdigit(static_cast<unsigned char>(rest_[0])) || rest_[0] == '.'))
      return number();
    return named();
  }
  Value number() {
    double x = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), x);
    if (error != std::errc{}) refuse();
    const auto size = static_cast<std::size_t>(end - rest_.data());
    const bool whole = rest_.substr(0, size).find_first_of(".eE") == rest_.npos;
    rest_.remove_prefix(size);
    if (!whole && !rest_.empty() && (rest_[0] == 'f' || rest_[0] == 'F')) rest_.remove_prefix(1);
    if (!rest_.empty() && (std::isalnum(static_cast<unsigned char>(rest_[0])) || rest_[0] == '_')) refuse();
    const double all[] = {x};
    return {graph_.constant(path_ + ".number", {1}, all), whole ? Kind::whole : Kind::number};
  }
  Value named() {
    const std::string_view before = rest();
    take("std::");
    const auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), letter);
    const std::string_view name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
    if (name == "x") return {x_, Kind::number, true};
    for (const OnnxMath& f : onnx_math)
      if (name == f.name && take("(")) return call(f);
    rest_ = before;
    refuse();
  }
  Value call(const OnnxMath& f) {
    const std::string operation(f.operation);
    const Value a = choice();
    Value b = a;
    if (f.numbers == 2) {
      expect(",");
      b = choice();
    }
    expect(")");
    if (f.numbers == 2) return node(operation.c_str(), a, b);
    if (a.kind == Kind::condition) refuse();
    return {graph_.node(operation, path_, {a.name}), Kind::number, a.of_x};
  }

  OnnxGraph& graph_;
  const std::string& path_;
  std::string_view text_, rest_;
  std::string x_;
};

}  // namespace espalier::detail
