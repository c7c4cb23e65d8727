// SPDX-License-Identifier: MIT
// Source text in the common part of C99 and C++17: patterns that are filled in, and numbers that are read
// back to the bit.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// What is the same in the whole of a file.
struct CodeStyle {
  std::string name;    ///< of the net
  bool c = false;      ///< C99 instead of C++17
  bool single = true;  ///< float instead of double
  bool same_order = false;
  bool fused = false;    ///< same_order on a processor that multiplies and adds in one rounding: written so
  bool smallest = true;  ///< zeros stored so that the fewest bytes are taken
  Index lanes = 4;       ///< numbers of a register of the processor that writes the file

  std::string_view scalar() const { return single ? "float" : "double"; }
  Index scalar_bytes() const { return single ? 4 : 8; }
  /// The name of something that is not the user's: net_weight_0 in C, weight_0 in a namespace in C++.
  std::string own(std::string_view local) const {
    return c ? name + "_" + std::string(local) : std::string(local);
  }
  /// A function of <math.h>: tanhf, tanh or std::tanh.
  std::string math(std::string_view function) const {
    return c ? std::string(function) + (single ? "f" : "") : "std::" + std::string(function);
  }
  /// a * b + c, in one rounding where that is asked for; elsewhere the compiler decides.
  std::string multiply_add(std::string_view a, std::string_view b, std::string_view c_text) const {
    const std::string x(a), y(b), z(c_text);
    return fused ? math("fma") + "(" + x + ", " + y + ", " + z + ")" : x + " * " + y + " + " + z;
  }
  /// a * b, which no compiler can join with an addition that follows.
  std::string multiply(std::string_view a, std::string_view b) const {
    return fused ? multiply_add(a, b, number(0)) : std::string(a) + " * " + std::string(b);
  }

  /// The shortest decimal that is exactly this number, with the suffix of its type.
  std::string number(double x) const {
    char digits[40];
    const auto [end, error] = single ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(x))
                                     : std::to_chars(digits, digits + sizeof digits, x);
    std::string text(digits, end);
    if (text.find_first_of(".e") == text.npos) text += ".0";
    return single ? text + "f" : text;
  }
};

using Filling = std::pair<std::string_view, std::string>;

/// The pattern with each $key$ replaced by its value.
inline std::string fill_in(std::string_view pattern, std::span<const Filling> values) {
  std::string text;
  for (std::size_t at = 0;;) {
    const std::size_t key = pattern.find('$', at), end = pattern.find('$', key + 1);
    text += pattern.substr(at, key - at);
    if (key == pattern.npos) return text;
    for (const Filling& value : values)
      if (pattern.substr(key + 1, end - key - 1) == value.first) text += value.second;
    at = end + 1;
  }
}

/// A file as it is written. In patterns $S$ is the scalar, $fn$ how functions begin, $my$ what names begin
/// with, and $std$ what those of the standard library begin with.
class CodeText {
 public:
  explicit CodeText(CodeStyle style) : style_(std::move(style)) {}

  const CodeStyle& style() const { return style_; }
  std::string& text() { return text_; }

  void add(std::string_view pattern, std::initializer_list<Filling> values = {}) {
    std::vector<Filling> all(values);
    all.push_back({"S", std::string(style_.scalar())});
    all.push_back({"fn", style_.c ? "static inline" : "inline"});
    all.push_back({"my", style_.own("")});
    all.push_back({"std", style_.c ? "" : "std::"});
    // Values may be patterns of these too.
    text_ += fill_in(fill_in(pattern, all), all);
  }

  /// A constant array of scalars. Whole registers are loaded from an `aligned` one.
  void numbers(std::string_view name, std::span<const double> all, bool aligned = false) {
    if (aligned) text_ += style_.c ? style_.own("aligned ") : "alignas(64) ";
    list(name, style_.scalar(), all, [&](double x) { return style_.number(x); });
    bytes_ += static_cast<Index>(all.size()) * style_.scalar_bytes();
  }

  /// A constant array of whole numbers >= 0, of the smallest type that holds them.
  void whole_numbers(std::string_view name, std::span<const Index> all) {
    const Index width = bytes_of_whole(all);
    list(name,
         width == 1   ? "unsigned char"
         : width == 2 ? "unsigned short"
                      : "int",
         all, [](Index i) { return std::to_string(i); });
    bytes_ += static_cast<Index>(all.size()) * width;
  }

  /// Of a number of an array of whole numbers.
  static Index bytes_of_whole(std::span<const Index> all) {
    Index most = 0;
    for (const Index i : all) most = std::max(most, i);
    return most < 256 ? 1 : most < 65536 ? 2 : 4;
  }

  /// Of all arrays.
  Index bytes() const { return bytes_; }

 private:
  template <class T, class F>
  void list(std::string_view name, std::string_view type, std::span<const T> all, F&& written) {
    add("$how$ $type$ $my$$name$[] = {", {{"how", style_.c ? "static const" : "inline constexpr"},
                                          {"type", std::string(type)},
                                          {"name", std::string(name)}});
    constexpr std::size_t widest = 110;
    std::string line = "\n   ";
    for (const T& one : all) {
      const std::string word = " " + written(one) + ",";
      if (line.size() + word.size() > widest) text_ += std::exchange(line, "\n   ");
      line += word;
    }
    line.pop_back();
    text_ += line + "};\n";
  }

  CodeStyle style_;
  std::string text_;
  Index bytes_ = 0;
};

}  // namespace espalier::detail
