// SPDX-License-Identifier: MIT
// Numbers that are to be written to a NumPy file: a view of a matrix or of labels.
#pragma once

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// A view that must not outlive the numbers. A matrix is features x samples.
struct ArrayView {
  const char* data;
  Index rows, cols;
  std::size_t size;  ///< bytes of a number
  char kind;         ///< as NumPy calls it: f, or i
  bool flat;         ///< of one dimension

  template <Scalar S>
  ArrayView(const Matrix<S>& values)  // NOLINT: implicit
      : data(reinterpret_cast<const char*>(values.data())),
        rows(values.rows()),
        cols(values.cols()),
        size(sizeof(S)),
        kind('f'),
        flat(false) {}
  ArrayView(const std::vector<int>& labels)  // NOLINT: implicit
      : data(reinterpret_cast<const char*>(labels.data())),
        rows(1),
        cols(static_cast<Index>(labels.size())),
        size(sizeof(int)),
        kind('i'),
        flat(true) {}

  std::size_t bytes() const { return size * static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols); }
};

namespace detail {

/// All that stands before the numbers in an .npy file; they begin at a multiple of 64 bytes, where NumPy maps
/// them. ShapeError if there are none.
inline std::string npy_header(const ArrayView& array, std::string_view where) {
  if (array.bytes() == 0) fail<ShapeError>(where, "at least one number to write", "none");
  const char order = std::endian::native == std::endian::little ? '<' : '>';
  const std::string shape =
      array.flat ? format_message("{},", {array.cols}) : format_message("{}, {}", {array.cols, array.rows});
  std::string header = "{'descr': '";
  header += format_message("{}{}{}', 'fortran_order': False, 'shape': ({}), ",
                           {order, array.kind, array.size, shape});
  header += '}';
  constexpr std::size_t prefix = 10, alignment = 64;
  header.append(alignment - 1 - (prefix + header.size()) % alignment, ' ');
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return bytes + header;
}

}  // namespace detail
}  // namespace espalier
