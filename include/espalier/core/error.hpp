// SPDX-License-Identifier: MIT
// What the library throws: every message says what was expected, what was found, and where.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "espalier/core/format_message.hpp"

namespace espalier {

/// The base of every exception of this library.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A width, a count or a shape that does not fit.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A number that makes no sense where it stands: NaN in data, a label out of range, a negative radius.
class ValueError : public Error {
 public:
  using Error::Error;
};

/// A file that cannot be opened, is truncated, or is not what it says it is.
class FileError : public Error {
 public:
  using Error::Error;
};

/// A loss, a gradient or a weight that is no longer a finite number: training stopped before it could spread.
class NotFiniteError : public Error {
 public:
  using Error::Error;
};

namespace detail {

/// "<where>: expected <expected>, found <found>": the one sentence behind every exception. What is expected
/// may be a pattern with its pieces, `fail("fit", {"epochs >= {}", {least}}, epochs)`: then the caller has no
/// string to make or to destroy.
template <class E = ValueError>
[[noreturn, gnu::noinline, gnu::cold]] void fail(std::string_view where, const Phrase& expected,
                                                 const FormatArg& found) {
  std::string sentence = expected.pieces.size() == 0 ? std::string(expected.pattern)
                                                     : format_message(expected.pattern, expected.pieces);
  throw E(format_message("{}: expected {}, found {}", {where, sentence, found}));
}

/// Throws ShapeError for a matrix of the wrong shape; `expected` has gaps for rows and columns.
[[noreturn, gnu::noinline, gnu::cold]] inline void fail_shape(std::string_view where,
                                                              std::string_view expected, long rows, long cols,
                                                              long found_rows, long found_cols) {
  fail<ShapeError>(where, {expected, {rows, cols}}, format_message("{} x {}", {found_rows, found_cols}));
}

/// In the message about a matrix that has the right size in the other direction.
inline constexpr std::string_view transpose_hint = " (a sample is a column: transpose it)";

/// Text from a file as it stands in a message: short, on one line. What a terminal would obey instead of
/// showing it is written as in C: \x1b.
[[gnu::noinline, gnu::cold]] inline std::string shown_text(std::string_view text, std::size_t most = 40) {
  std::string shown;
  for (const char c : text.substr(0, most)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\r' || c == '\t')
      shown += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
    else if (byte < 0x20 || byte == 0x7f)
      shown += format_message("\\x{:02x}", {static_cast<int>(byte)});
    else
      shown += c;
  }
  return text.size() <= most ? shown : shown + "...";
}

/// The same between quotes.
[[gnu::noinline, gnu::cold]] inline std::string quoted_text(std::string_view text, std::size_t most = 40) {
  return "'" + shown_text(text, most) + "'";
}

}  // namespace detail

/// A check of one's own in the words of the library: throws "<where>: expected <expected>, found <found>"
/// unless the condition holds. `expect(k >= 0, "FewInputs", "k >= 0", k);` What is found is a number or a
/// text; another kind of error is named, `expect<ShapeError>(...)`.
template <class E = ValueError>
void expect(bool condition, std::string_view where, std::string_view expected,
            const detail::FormatArg& found) {
  if (!condition) [[unlikely]]
    detail::fail<E>(where, expected, found);
}

}  // namespace espalier
