// SPDX-License-Identifier: MIT
// The words of messages. They are put together by one function for all, where {fmt} would compile another for
// each combination of types, and compilers would spend their time on what is hardly ever said.
#pragma once

#include <fmt/core.h>

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

  [[gnu::noinline, gnu::cold]] void append_to(std::string& message) const {
    if (kind_ == Kind::text) message += text_;
    if (kind_ == Kind::whole) message += written(whole_);
    if (kind_ == Kind::single) message += written(single_);
    if (kind_ == Kind::real) message += written(real_);
  }

 private:
  static std::string written(const auto& x) { return fmt::vformat("{}", fmt::make_format_args(x)); }

  enum class Kind { text, whole, single, real } kind_;
  union {
    std::string_view text_;
    long whole_;
    float single_;
    double real_;
  };
};

/// The pattern with the pieces where its "{}" are. Cold: compilers keep the way to it out of loops, and do
/// not optimize it.
[[gnu::noinline, gnu::cold]] inline std::string format_message(std::string_view pattern,
                                                               std::initializer_list<FormatArg> pieces) {
  std::string message;
  for (const FormatArg& piece : pieces) {
    const std::size_t gap = pattern.find("{}");
    message += pattern.substr(0, gap);
    piece.append_to(message);
    pattern.remove_prefix(gap + 2);
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
