// SPDX-License-Identifier: MIT
// NumPy's .npy files, format versions 1 to 3 (NumPy Enhancement Proposal 1).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>

#include "espalier/core/matrix.hpp"
#include "espalier/data/extents.hpp"
#include "espalier/data/file.hpp"
#include "espalier/data/npy_header.hpp"

namespace espalier {
namespace detail {

/// Calls `use` with a number of the type that NumPy calls `name`; false if there is none.
template <class Use>
bool with_npy_type(std::string_view name, Use use) {
  if (name == "f4") return use(float{}), true;
  if (name == "f8") return use(double{}), true;
  if (name == "i1") return use(std::int8_t{}), true;
  if (name == "i2") return use(std::int16_t{}), true;
  if (name == "i4") return use(std::int32_t{}), true;
  if (name == "i8") return use(std::int64_t{}), true;
  if (name == "u1" || name == "b1") return use(std::uint8_t{}), true;
  if (name == "u2") return use(std::uint16_t{}), true;
  if (name == "u4") return use(std::uint32_t{}), true;
  if (name == "u8") return use(std::uint64_t{}), true;
  return false;
}

template <class T, Scalar S>
void read_numbers(const char* from, bool swap, Matrix<S>& to) {
  std::array<char, sizeof(T)> raw{};
  for (Index k = 0; k < to.size(); ++k, from += sizeof(T)) {
    std::memcpy(raw.data(), from, sizeof(T));
    if (swap) std::reverse(raw.begin(), raw.end());
    to.data()[k] = static_cast<S>(std::bit_cast<T>(raw));
  }
}

}  // namespace detail

/// Reads an array `(samples, features)` as features x samples; C order is the order in memory here, so
/// nothing moves. One dimension `(samples)` gives 1 x samples; from the third on they join the features (C
/// order only). Integers, booleans and f4, f8 of either byte order are converted to S. FileError for anything
/// else, and for a file cut short or too long. nan and infinity are kept: Dataset::validate finds them.
template <Scalar S = float>
Matrix<S> read_npy(const std::filesystem::path& path) {
  const std::string bytes = detail::read_file(path), where = path.string();
  const detail::NpyHeader header = detail::NpyHeaderReader(bytes, where).read();
  const std::vector<std::size_t>& shape = header.shape;
  const bool transposed = header.fortran_order && shape.size() > 1;
  if (shape.empty() || (transposed && shape.size() > 2))
    detail::fail<FileError>(
        where, "an array of 1 or 2 dimensions, or of more in C order",
        detail::format_message("{} dimensions{}", {shape.size(), transposed ? " in Fortran order" : ""}));
  const char order = header.type.empty() ? ' ' : header.type[0];
  const bool swap = order == (std::endian::native == std::endian::little ? '>' : '<');
  Matrix<S> values;
  const bool ordered = order == '<' || order == '>' || (order == '|' && header.type.ends_with('1'));
  const bool known =
      ordered && detail::with_npy_type(std::string_view(header.type).substr(1), [&]<class T>(T) {
        detail::check_extents(where, shape, bytes.size() - header.size, sizeof(T));
        const auto samples = static_cast<Index>(shape[0]);
        const Index features = static_cast<Index>((bytes.size() - header.size) / sizeof(T)) / samples;
        values.resize(transposed ? samples : features, transposed ? features : samples);
        detail::read_numbers<T>(bytes.data() + header.size, swap, values);
      });
  if (!known) detail::fail<FileError>(where, "a dtype of integers, booleans, f4 or f8", header.type);
  if (transposed) values.transposeInPlace();
  return values;
}

/// Writes features x samples as a C-ordered array `(samples, features)`; `read_npy` gives the same bits back.
/// ShapeError for an empty matrix, FileError if the file cannot be written.
template <Scalar S>
void write_npy(const std::filesystem::path& path, const Matrix<S>& values) {
  if (values.size() == 0) detail::fail<ShapeError>(path.string(), "at least one number to write", "none");
  std::string header = fmt::format("{{'descr': '{}f{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                                   std::endian::native == std::endian::little ? '<' : '>', sizeof(S),
                                   values.cols(), values.rows());
  constexpr std::size_t prefix = 10, alignment = 64;
  header.append(alignment - 1 - (prefix + header.size()) % alignment, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file << "\x93NUMPY" << '\1' << '\0' << static_cast<char>(header.size() & 0xff)
       << static_cast<char>(header.size() >> 8) << header;
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(sizeof(S)) * values.size());
  file.close();
  if (!file) detail::fail<FileError>(path.string(), "a file that can be written", "an error");
}

}  // namespace espalier
