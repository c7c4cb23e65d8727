// SPDX-License-Identifier: MIT
// The header of NumPy's .npy files: type, order and shape.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/file_format.hpp"

namespace espalier::detail {

/// What stands before the numbers: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }
struct NpyHeader {
  std::string type;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  std::size_t size = 0;  ///< bytes before the numbers
};

inline constexpr std::string_view npy_magic = "\x93NUMPY";

/// The bytes that tell how long a header is.
inline constexpr std::size_t npy_prefix = 12;

/// The size of the header with all that stands before it, from the first bytes of a file of `size` bytes.
/// FileError if these begin no .npy file, or if it is longer than the file.
inline std::size_t npy_header_size(std::string_view bytes, std::size_t size, std::string_view where) {
  if (!bytes.starts_with(npy_magic)) fail<FileError>(where, "an .npy file", found_format(bytes));
  if (bytes.size() < npy_prefix)
    fail<FileError>(where, "an .npy file", format_message("{} bytes of one", {size}));
  const int version = static_cast<unsigned char>(bytes[6]);
  if (version < 1 || version > 3) fail<FileError>(where, ".npy format version 1, 2 or 3", version);
  const std::size_t start = version == 1 ? 10 : npy_prefix;
  std::size_t length = 0;
  for (std::size_t k = start; k-- > 8;) length = length << 8 | static_cast<unsigned char>(bytes[k]);
  if (length > size - start)
    fail<FileError>(where, {"a header of {} bytes", {length}}, format_message("{}", {size - start}));
  return start + length;
}

/// Reads the header: a Python dictionary with these three keys in any order, as Python 3 or Python 2 writes
/// it.
class NpyHeaderReader {
 public:
  NpyHeaderReader(std::string_view bytes, std::string_view where) : where_(where) {
    header_.size = npy_header_size(bytes.substr(0, npy_prefix), bytes.size(), where);
    const std::size_t start = bytes[6] == 1 ? 10 : npy_prefix;
    text_ = rest_ = bytes.substr(start, header_.size - start);
  }

  NpyHeader read() {
    bool type = false, order = false, shape = false;
    expect(take("{"));
    while (!take("}")) {
      const std::string key = string();
      expect(take(":"));
      if (key == "descr") {
        expect(!std::exchange(type, true));
        header_.type = string();
      } else if (key == "fortran_order") {
        expect(!std::exchange(order, true));
        header_.fortran_order = take("True");
        expect(header_.fortran_order || take("False"));
      } else {
        expect(key == "shape" && !std::exchange(shape, true));
        header_.shape = tuple();
      }
      if (take(",")) continue;
      expect(take("}"));
      break;
    }
    skip_blanks();
    expect(rest_.empty() && type && order && shape);
    return header_;
  }

 private:
  void expect(bool fine) const {
    if (!fine)
      fail<FileError>(where_, "an .npy header with descr (one number type), fortran_order and shape",
                      quoted_text(text_, 80));
  }
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size())); }
  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::string string() {
    const char quote = take("'") ? '\'' : '"';
    expect(quote == '\'' || take("\""));
    const std::size_t end = rest_.find(quote);
    expect(end != std::string_view::npos);
    const std::string result(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return result;
  }
  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> result;
    expect(take("("));
    while (!take(")")) {
      skip_blanks();
      std::size_t value = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
      expect(error == std::errc());
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      take("L");  // a long of Python 2
      result.push_back(value);
      if (take(",")) continue;
      expect(take(")") && result.size() > 1);  // (4) is a number, (4,) a tuple
      break;
    }
    return result;
  }

  std::string_view where_, text_, rest_;
  NpyHeader header_;
};

}  // namespace espalier::detail
