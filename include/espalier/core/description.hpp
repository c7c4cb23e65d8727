// SPDX-License-Identifier: MIT
// What a policy or a layer is made of, as text: "MaxNorm{radius = 0.5}". Files and reports say it.
//
// Who has numbers names them in a member
//
//   void describe(auto&& f) const { f("radius", radius); }
//
// in which a number is a double, or a std::vector<double>.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/format_message.hpp"

namespace espalier::detail {

/// What `describe` is given.
class Description {
 public:
  void operator()(std::string_view name, double number) {
    begin(name);
    text_ += format_message("{}", {number});
  }
  /// The first of many numbers, and how many there are.
  void operator()(std::string_view name, const std::vector<double>& numbers) {
    constexpr std::size_t most = 8;
    begin(name);
    text_ += '[';
    for (std::size_t k = 0; k < numbers.size() && k < most; ++k)
      (text_ += k == 0 ? "" : ", ") += format_message("{}", {numbers[k]});
    if (numbers.size() > most) text_ += format_message(", ... {} in all", {numbers.size()});
    text_ += ']';
  }

  /// "name{radius = 0.5}", or the name alone.
  std::string with(std::string_view name) const {
    return text_.empty() ? std::string(name) : std::string(name) + "{" + text_ + "}";
  }

 private:
  void begin(std::string_view name) { ((text_ += text_.empty() ? "" : ", ") += name) += " = "; }

  std::string text_;
};

/// Lets `x` describe itself, if it does.
template <class X>
void describe(const X& x, Description& text) {
  if constexpr (requires { x.describe(text); }) x.describe(text);
}

}  // namespace espalier::detail
