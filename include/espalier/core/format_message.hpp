// SPDX-License-Identifier: MIT
// The words of messages and reports. They are put together by one function for all, where {fmt} would compile
// another for each combination of types, and compilers would spend their time on what is hardly ever said.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace espalier::detail {

/// What a message is about: some text, or a number, that {fmt} writes.
class FormatArg {
 public:
  FormatArg(std::string_view text) : kind_(Kind::text), text_(text) {}                   // NOLINT: implicit
  FormatArg(const std::string& text) : FormatArg(std::string_view(text)) {}              // NOLINT
  FormatArg(const char* text) : FormatArg(std::string_view(text)) {}                     // NOLINT
  FormatArg(const char& one) : FormatArg(std::string_view(&one, 1)) {}                   // NOLINT
  FormatArg(std::integral auto x) : kind_(Kind::whole), whole_(static_cast<long>(x)) {}  // NOLINT
  FormatArg(float x) : kind_(Kind::single), single_(x) {}                                // NOLINT
  FormatArg(double x) : kind_(Kind::real), real_(x) {}                                   // NOLINT

  /// As `gap` says: "{}", or with options of {fmt}, such as "{:.4g}".
  [[gnu::noinline, gnu::cold]] void append_to(std::string& message, std::string_view gap) const {
    if (kind_ == Kind::text) message += written(gap, text_);
    if (kind_ == Kind::whole) message += written(gap, whole_);
    if (kind_ == Kind::single) message += written(gap, single_);
    if (kind_ == Kind::real) message += written(gap, real_);
  }

 private:
  static std::string written(std::string_view gap, const auto& x) {
    return fmt::vformat(fmt::string_view(gap.data(), gap.size()), fmt::make_format_args(x));
  }

  enum class Kind { text, whole, single, real } kind_;
  union {
    std::string_view text_;
    long whole_;
    float single_;
    double real_;
  };
};

/// The base of a `fmt::formatter<T>`: prints what the function `text_of(const T&)` says.
template <class T>
struct TextFormatter {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const T& x, Context& context) const {
    const std::string text = text_of(x);
    return std::copy(text.begin(), text.end(), context.out());
  }
};

/// The pattern with the pieces where its gaps are: "{}", or "{:...}" with options of {fmt}. Cold: compilers
/// keep the way to it out of loops, and do not optimize it.
[[gnu::noinline, gnu::cold]] inline std::string format_message(std::string_view pattern,
                                                               std::initializer_list<FormatArg> pieces) {
  std::string message;
  for (const FormatArg& piece : pieces) {
    const std::size_t gap = std::min(pattern.find("{}"), pattern.find("{:")),
                      end = pattern.find('}', gap) + 1;
    message += pattern.substr(0, gap);
    piece.append_to(message, pattern.substr(gap, end - gap));
    pattern.remove_prefix(end);
  }
  return message.append(pattern);
}

/// A pattern with its pieces, not yet put together: costs nothing where it is not said after all.
struct Phrase {
  Phrase(const char* text) : pattern(text) {}         // NOLINT: implicit
  Phrase(std::string_view text) : pattern(text) {}    // NOLINT
  Phrase(const std::string& text) : pattern(text) {}  // NOLINT
  Phrase(std::string_view text, std::initializer_list<FormatArg> all) : pattern(text), pieces(all) {}

  std::string_view pattern;
  std::initializer_list<FormatArg> pieces;
};

}  // namespace espalier::detail
