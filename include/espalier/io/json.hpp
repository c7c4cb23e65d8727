// SPDX-License-Identifier: MIT
// A reader of JSON (RFC 8259) that is as strict as a file's header should be: objects, arrays, strings and
// whole numbers. The caller says what comes next, so that no depth of nesting is followed that nobody asked
// for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// Is it UTF-8, without surrogates and without overlong forms?
inline bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(text[k]));
    };
    const std::uint32_t lead = at(i);
    const std::size_t more = lead < 0x80       ? 0
                             : lead >> 5 == 6  ? 1
                             : lead >> 4 == 14 ? 2
                             : lead >> 3 == 30 ? 3
                                               : 4;
    if (more == 4 || i + more >= text.size()) return false;
    std::uint32_t code = more == 0 ? lead : lead & (0x3FU >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      if (at(i + k) >> 6 != 2) return false;
      code = code << 6 | (at(i + k) & 0x3F);
    }
    constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

/// The text as a JSON string. ValueError if it is not UTF-8.
[[gnu::cold]] inline std::string json_string(std::string_view text) {
  if (!is_utf8(text)) fail("JSON", "text in UTF-8", quoted_text(text));
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      (result += '\\') += c;
    else if (static_cast<unsigned char>(c) < 0x20)
      result += format_message("\\u{:04x}", {static_cast<int>(c)});
    else
      result += c;
  }
  return result += '"';
}

/// Throws FileError, which names `where` and the byte, for anything but what is asked for.
class JsonReader {
 public:
  /// `text` must outlive the reader.
  JsonReader(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  /// f(name) for each member, which must read its value.
  template <class F>
  void object(F&& f) {
    expect(take('{'), "an object {...}");
    if (take('}')) return;
    do {
      std::string name = string();
      expect(take(':'), "':'");
      f(std::move(name));
    } while (take(','));
    expect(take('}'), "',' or '}'");
  }

  /// f() for each element, which must read it.
  template <class F>
  void array(F&& f) {
    expect(take('['), "an array [...]");
    if (take(']')) return;
    do f();
    while (take(','));
    expect(take(']'), "',' or ']'");
  }

  [[gnu::cold]] std::string string() {
    expect(take('"'), "a string");
    std::string result;
    while (true) {
      expect(at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x20, "the rest of a string");
      const char c = text_[at_++];
      if (c == '"') break;
      if (c == '\\')
        escaped(result);
      else
        result += c;
    }
    expect(is_utf8(result), "a string in UTF-8");
    return result;
  }

  /// A number from 0 to 2^64 - 1, without a fraction or an exponent.
  [[gnu::cold]] std::uint64_t whole() {
    blanks();
    const std::size_t first = at_;
    std::uint64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
      expect(value <= (UINT64_MAX - digit) / 10, "a number below 2^64");
      value = value * 10 + digit;
    }
    const bool ends =
        at_ == text_.size() || std::string_view(".eE").find(text_[at_]) == std::string_view::npos;
    const bool well = at_ > first && ends && (text_[first] != '0' || at_ == first + 1);
    if (!well) at_ = first;
    expect(well, "a whole number >= 0");
    return value;
  }

  /// Nothing may follow but blanks.
  void end() {
    blanks();
    expect(at_ == text_.size(), "the end");
  }

  void expect(bool condition, std::string_view what) const {
    if (condition) return;
    const std::string_view rest = text_.substr(at_);
    fail<FileError>(where_, {"{} at byte {} of the header", {what, at_}},
                    rest.empty() ? std::string("its end") : quoted_text(rest));
  }

 private:
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(char c) {
    blanks();
    const bool there = at_ < text_.size() && text_[at_] == c;
    at_ += there;
    return there;
  }

  [[gnu::cold]] void escaped(std::string& to) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t k = names.find(c); k != std::string_view::npos) {
      ++at_;
      to += meanings[k];
      return;
    }
    expect(c == 'u', "an escape of JSON");
    std::uint32_t code = four_digits();
    if (code >= 0xD800 && code <= 0xDBFF) {
      expect(text_.substr(at_, 1) == "\\", "the second half of a surrogate pair");
      ++at_;
      const std::uint32_t low = four_digits();
      expect(low >= 0xDC00 && low <= 0xDFFF, "a surrogate pair before this");
      code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00);
    }
    append_utf8(code, to);
  }
  /// Of \uXXXX behind the backslash.
  std::uint32_t four_digits() {
    expect(text_.substr(at_, 1) == "u" && at_ + 5 <= text_.size(), "u and four digits");
    std::uint32_t code = 0;
    for (++at_; const char c : text_.substr(at_, 4)) {
      constexpr std::string_view digits = "0123456789abcdef";
      const std::size_t digit = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
      expect(digit != std::string_view::npos, "four hexadecimal digits");
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    at_ += 4;
    return code;
  }
  /// A surrogate alone makes what is_utf8 refuses.
  [[gnu::cold]] static void append_utf8(std::uint32_t code, std::string& to) {
    const int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    constexpr std::uint32_t leads[] = {0, 0xC0, 0xE0, 0xF0};
    to += static_cast<char>(leads[more] | code >> (6 * more));
    for (int k = more - 1; k >= 0; --k) to += static_cast<char>(0x80 | ((code >> (6 * k)) & 0x3F));
  }

  std::string_view text_, where_;
  std::size_t at_ = 0;
};

}  // namespace espalier::detail
