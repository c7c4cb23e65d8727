// SPDX-License-Identifier: MIT
// What a policy, a layer, a rule, a transform, a loss, a schedule or an observer is made of, as text:
// "MaxNorm{radius = 0.5}". Files and reports say it, and a run that is taken up is compared by it.
//
// Who has options names them in a member
//
//   void describe(auto&& f) const { f("radius", radius); }
//
// in which an option is a double, a std::vector<double>, or a text.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/format_message.hpp"
#include "espalier/core/type_name.hpp"

namespace espalier::detail {

/// How much a text says of many numbers: their beginning, for people; or so much that other numbers have
/// another text but for bad luck, for comparison.
enum class Detail { beginning, all };

/// What `describe` is given.
class Description {
 public:
  explicit Description(Detail detail = Detail::beginning) : detail_(detail) {}

  Detail detail() const { return detail_; }

  [[gnu::cold]] void operator()(std::string_view name, double number) {
    begin(name);
    text_ += format_message("{}", {number});
  }
  [[gnu::cold]] void operator()(std::string_view name, std::string_view text) {
    begin(name);
    text_ += text;
  }
  /// The first of many numbers, and how many there are; for comparison also a hash of all.
  [[gnu::cold]] void operator()(std::string_view name, const std::vector<double>& numbers) {
    constexpr std::size_t most = 8;
    begin(name);
    text_ += '[';
    for (std::size_t k = 0; k < numbers.size() && k < most; ++k)
      (text_ += k == 0 ? "" : ", ") += format_message("{}", {numbers[k]});
    if (numbers.size() > most) text_ += format_message(", ... {} in all", {numbers.size()});
    if (numbers.size() > most && detail_ == Detail::all)
      text_ += format_message(", hash {:x}", {hash(numbers)});
    text_ += ']';
  }

  /// "name{radius = 0.5}", or the name alone.
  [[gnu::cold]] std::string with(std::string_view name) const {
    return text_.empty() ? std::string(name) : std::string(name) + "{" + text_ + "}";
  }

 private:
  [[gnu::cold]] void begin(std::string_view name) { ((text_ += text_.empty() ? "" : ", ") += name) += " = "; }
  /// Each step maps different numbers, and different hashes, to different ones.
  static std::uint32_t hash(const std::vector<double>& numbers) {
    std::uint64_t hash = 0x9E3779B97F4A7C15U;
    for (const double x : numbers)
      hash = (std::rotl(hash, 29) ^ std::bit_cast<std::uint64_t>(x)) * 0xD6E8FEB86659FD93U;
    return static_cast<std::uint32_t>(hash >> 32);
  }

  Detail detail_;
  std::string text_;
};

/// Lets `x` describe itself, if it does.
template <class X>
void describe(const X& x, Description& text) {
  if constexpr (requires { x.describe(text); }) x.describe(text);
}

/// The name that X gives itself; without one, that of its type.
template <class X>
constexpr std::string_view name_of() {
  if constexpr (requires { std::string_view{X::name}; }) return X::name;
  return short_name(type_name<X>());
}

/// "Huber{delta = 1}", in full.
template <class X>
std::string described(const X& x) {
  Description options(Detail::all);
  describe(x, options);
  return options.with(name_of<X>());
}

}  // namespace espalier::detail
