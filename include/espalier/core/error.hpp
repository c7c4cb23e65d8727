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

/// "<where>: expected <expected>, found <found>": the one sentence behind every exception.
template <class E = ValueError>
[[noreturn, gnu::noinline, gnu::cold]] void fail(std::string_view where, std::string_view expected,
                                                 const FormatArg& found) {
  throw E(format_message("{}: expected {}, found {}", {where, expected, found}));
}

/// Text from a file as it stands in a message: short, between quotes.
inline std::string quoted_text(std::string_view text, std::size_t most = 40) {
  return text.size() <= most ? format_message("'{}'", {text})
                             : format_message("'{}...'", {text.substr(0, most)});
}

}  // namespace detail
}  // namespace espalier
