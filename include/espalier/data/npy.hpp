// SPDX-License-Identifier: MIT
// NumPy's .npy files, format versions 1 to 3 (NumPy Enhancement Proposal 1).
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/matrix.hpp"
#include "espalier/data/array_view.hpp"
#include "espalier/data/extents.hpp"
#include "espalier/data/large_matrix.hpp"
#include "espalier/data/npy_header.hpp"
#include "espalier/data/numbers.hpp"
#include "espalier/data/write_file.hpp"

namespace espalier {
namespace detail {

/// The numbers that NumPy calls `name`, "<f4" for instance; empty if they are none that a matrix can have.
inline std::optional<NumberFormat> npy_format(std::string_view name) {
  constexpr std::string_view names[]{"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"};
  const auto* const found =
      std::find(std::begin(names), std::end(names), name.substr(std::min<std::size_t>(1, name.size())));
  if (found == std::end(names)) return {};
  const char order = name[0];
  if (order != '<' && order != '>' && !(order == '|' && name.ends_with('1'))) return {};
  return NumberFormat{static_cast<Dtype>(found - std::begin(names)),
                      order == (std::endian::native == std::endian::little ? '>' : '<')};
}

/// An array whose header has been read and compared with the bytes that follow; the source stands before the
/// numbers.
struct NpyArray {
  std::string where;
  NumberFormat format;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
  std::size_t count = 1;  ///< numbers

  std::size_t samples() const { return shape.empty() ? 1 : shape[0]; }
  std::size_t features() const { return count / samples(); }
};

/// Reads the header of the .npy file that is the next `size` bytes.
inline NpyArray open_npy(ByteSource& source, std::size_t size, std::string where) {
  std::string bytes = source.take(std::min(npy_prefix, size));
  if (!bytes.starts_with(npy_magic)) bytes += source.take(std::min(format_prefix, size - bytes.size()));
  const std::size_t header_size = npy_header_size(bytes, size, where);
  if (header_size > bytes.size()) bytes += source.take(header_size - bytes.size());
  NpyHeader header = NpyHeaderReader(bytes, where).read();
  const std::optional<NumberFormat> format = npy_format(header.type);
  if (!format)
    fail<FileError>(where, "a dtype of integers, booleans, f2, f4 or f8", quoted_text(header.type));
  const std::size_t item = size_of(format->type);
  check_extents(where, header.shape, size - header_size, item);
  return {std::move(where), *format, header.fortran_order, std::move(header.shape),
          (size - header_size) / item};
}

/// Counts the features of a sample in Fortran order, where the first extent runs fastest, and tells the
/// number of each in C order, where the last one does.
class FortranFeatures {
 public:
  explicit FortranFeatures(std::span<const std::size_t> extents)
      : extents_(extents), strides_(extents.size(), 1), at_(extents.size(), 0) {
    for (std::size_t d = extents.size(); d-- > 1;) strides_[d - 1] = strides_[d] * extents[d];
  }
  std::size_t feature() const { return feature_; }
  void next() {
    for (std::size_t d = 0; d < at_.size(); ++d) {
      feature_ += strides_[d];
      if (++at_[d] < extents_[d]) return;
      feature_ -= strides_[d] * extents_[d];
      at_[d] = 0;
    }
  }

 private:
  std::span<const std::size_t> extents_;
  std::vector<std::size_t> strides_, at_;
  std::size_t feature_ = 0;
};

/// The numbers of an array in Fortran order, which has all samples of one feature together: a block of
/// samples at a time, so that what is written stays in the cache until a sample is whole.
template <Scalar S>
void read_fortran(ByteSource& source, const NpyArray& array, S* to) {
  constexpr std::size_t numbers_in_cache = std::size_t{1} << 18, least = 2048;  // fewer would be short reads
  const std::size_t features = array.features(), samples = array.samples(), size = size_of(array.format.type),
                    start = source.size() - source.left(),
                    block = std::min(samples, std::max(least, numbers_in_cache / features));
  std::vector<S> numbers(block);
  for (std::size_t first = 0; first < samples; first += block) {
    const std::size_t count = std::min(block, samples - first);
    FortranFeatures order(std::span(array.shape).subspan(1));
    for (std::size_t k = 0; k < features; ++k, order.next()) {
      const std::size_t at = k * samples + first;
      if (block < samples) source.seek(start + at * size);
      read_numbers(source, array.where, array.format, count, numbers.data(), at);
      S* feature = to + first * features + order.feature();
      for (std::size_t j = 0; j < count; ++j, feature += features) *feature = numbers[j];
    }
  }
}

/// The numbers of an array as features x samples. In C order they stand in the file as they do here.
template <Scalar S>
Matrix<S> read_npy_values(ByteSource& source, const NpyArray& array) {
  Matrix<S> values = large_matrix<S>(array.features(), array.samples());
  if (array.fortran_order && array.shape.size() > 1)
    read_fortran(source, array, values.data());
  else
    read_numbers(source, array.where, array.format, array.count, values.data());
  return values;
}

/// The labels of an array `(samples)` or `(samples, 1)`.
inline std::vector<int> read_npy_labels(ByteSource& source, const NpyArray& array) {
  if (array.features() != 1)
    fail<FileError>(array.where, "one label a sample, an array (samples) or (samples, 1)",
                    "the shape " + extents_text(array.shape));
  return read_label_numbers(source, array.where, array.format, array.count);
}

inline NpyArray open_npy(ByteSource& source) { return open_npy(source, source.left(), source.where()); }

}  // namespace detail

/// Reads an array `(samples, features)` as features x samples. The first dimension is that of the samples;
/// all others join the features, the last one running fastest, whatever the order in the file. So
/// `(samples)` gives 1 x samples, and an array without dimensions 1 x 1; `npy_shape` tells the extents.
/// Integers, booleans and floating-point numbers of 2, 4 and 8 bytes, of either byte order, are converted to
/// S. FileError for anything else, for a file cut short or too long, and for a finite number that S cannot
/// hold. NaN and infinity are kept: Dataset::validate finds them.
template <Scalar S = float>
Matrix<S> read_npy(const std::filesystem::path& path) {
  detail::ByteSource source(path);
  return detail::read_npy_values<S>(source, detail::open_npy(source));
}

/// One label a sample, from an array `(samples)` or `(samples, 1)` of any of these types. FileError unless
/// they are whole numbers from 0 on.
inline std::vector<int> read_npy_labels(const std::filesystem::path& path) {
  detail::ByteSource source(path);
  return detail::read_npy_labels(source, detail::open_npy(source));
}

/// The extents of an array as NumPy says them, samples first.
inline std::vector<Index> npy_shape(const std::filesystem::path& path) {
  detail::ByteSource source(path);
  const std::vector<std::size_t> shape = detail::open_npy(source).shape;
  return {shape.begin(), shape.end()};
}

/// Writes a matrix features x samples as a C-ordered array `(samples, features)`, or labels as `(samples)`;
/// `read_npy` gives the same bits back. ShapeError if there are no numbers, FileError if the file cannot be
/// written: then an old one is as it was.
inline void write_npy(const std::filesystem::path& path, const ArrayView& array) {
  const std::string header = detail::npy_header(array, path.string());
  const std::string_view pieces[] = {header, {array.data, array.bytes()}};
  detail::write_file(path, pieces);
}

}  // namespace espalier
