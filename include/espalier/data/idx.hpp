// SPDX-License-Identifier: MIT
// IDX files of every type and any number of dimensions, plain or (with espalier/data/gzip.hpp) gzip: the
// format of MNIST and of the sets made after it, which are read in mnist.hpp.
#pragma once

#include <algorithm>
#include <bit>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/data/extents.hpp"
#include "espalier/data/file_format.hpp"
#include "espalier/data/large_matrix.hpp"
#include "espalier/data/numbers.hpp"

namespace espalier {

struct IdxOptions {
  /// Of every number: 255 maps the bytes 0..255 to 0..1, 1 keeps them. Empty: 255 for unsigned bytes, 1 for
  /// the other types.
  std::optional<double> divisor = {};
};

namespace detail {

/// An IDX file whose header has been read and compared with the bytes that follow; the source stands before
/// the numbers.
struct IdxFile {
  std::string where;
  NumberFormat format;
  std::vector<std::size_t> extents;
  std::size_t count = 1;  ///< numbers

  std::size_t samples() const { return extents[0]; }
  std::size_t features() const { return count / samples(); }
};

/// The type of numbers that the third byte of the file names; empty if there is no such type.
inline std::optional<Dtype> idx_type(unsigned char code) {
  switch (code) {
    case 0x08:
      return Dtype::u1;
    case 0x09:
      return Dtype::i1;
    case 0x0b:
      return Dtype::i2;
    case 0x0c:
      return Dtype::i4;
    case 0x0d:
      return Dtype::f4;
    case 0x0e:
      return Dtype::f8;
    default:
      return {};
  }
}

inline IdxFile open_idx(ByteSource& source) {
  const std::string& where = source.where();
  std::string bytes = source.take(std::min<std::size_t>(4, source.left()));
  const auto at = [&](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
  const std::optional<Dtype> type = bytes.size() == 4 ? idx_type(at(2)) : std::nullopt;
  if (!type || at(0) != 0 || at(1) != 0 || at(3) == 0) {
    bytes += source.take(std::min(format_prefix, source.left()));
    fail<FileError>(where, "an IDX file (00 00, type 08, 09 or 0b to 0e, 1 dimension or more)",
                    found_format(bytes));
  }
  const std::size_t dimensions = at(3);
  if (source.left() < 4 * dimensions)
    fail<FileError>(where, {"an IDX header of {} bytes", {4 + 4 * dimensions}},
                    format_message("{} bytes", {source.size()}));
  bytes += source.take(4 * dimensions);
  std::vector<std::size_t> extents(dimensions);
  for (std::size_t k = 4; k < bytes.size(); ++k) extents[k / 4 - 1] = extents[k / 4 - 1] << 8 | at(k);
  const NumberFormat format{*type, std::endian::native == std::endian::little};  // the file's is big
  check_extents(where, extents, source.left(), size_of(*type));
  return {where, format, std::move(extents), source.left() / size_of(*type)};
}

/// The numbers as features x samples, divided.
template <Scalar S>
Matrix<S> read_idx_values(ByteSource& source, const IdxFile& file, const IdxOptions& options) {
  Matrix<S> values = large_matrix<S>(file.features(), file.samples());
  const double divisor = options.divisor.value_or(file.format.type == Dtype::u1 ? 255 : 1);
  if (divisor == 1) {
    read_numbers(source, file.where, file.format, file.count, values.data());
    return values;
  }
  const auto divided = [divisor](S x) { return static_cast<S>(static_cast<double>(x) / divisor); };
  read_pieces<S>(source, file.where, file.format, file.count,
                 [&](std::size_t first, std::span<const S> numbers) {
                   std::transform(numbers.begin(), numbers.end(), values.data() + first, divided);
                 });
  return values;
}

inline void check(const IdxOptions& options) {
  if (options.divisor) check_positive("idx options", "divisor", *options.divisor);
}

}  // namespace detail

/// The numbers of a file of any type and any number of dimensions, as features x samples: the first dimension
/// is that of the samples, and all others join the features, the last one running fastest. FileError if it is
/// no IDX, is longer or shorter than its header says, or has a number that S cannot hold.
template <Scalar S = float>
Matrix<S> read_idx(const std::filesystem::path& path, const IdxOptions& options = {.divisor = 1}) {
  detail::check(options);
  detail::ByteSource source(path);
  const detail::IdxFile file = detail::open_idx(source);
  return detail::read_idx_values<S>(source, file, options);
}

/// Images as features x samples, the pixels of one row after another: `read_idx` with bytes from 0 to 1.
/// FileError also for a file of one dimension, which has labels.
template <Scalar S = float>
Matrix<S> read_idx_images(const std::filesystem::path& path, const IdxOptions& options = {}) {
  detail::check(options);
  detail::ByteSource source(path);
  const detail::IdxFile file = detail::open_idx(source);
  if (file.extents.size() < 2)
    detail::fail<FileError>(
        file.where, "images, of 2 dimensions or more",
        detail::format_message("{} numbers in one dimension, as labels are", {file.count}));
  return detail::read_idx_values<S>(source, file, options);
}

/// One label a sample, from a file of one dimension (or `samples` x 1) of any type. FileError unless they are
/// whole numbers from 0 on.
inline std::vector<int> read_idx_labels(const std::filesystem::path& path) {
  detail::ByteSource source(path);
  const detail::IdxFile file = detail::open_idx(source);
  if (file.features() != 1)
    detail::fail<FileError>(file.where, "labels, one number a sample",
                            detail::extents_text(file.extents) + " numbers, as images are");
  return detail::read_label_numbers(source, file.where, file.format, file.count);
}

/// The extents that the file says, samples first.
inline std::vector<Index> idx_shape(const std::filesystem::path& path) {
  detail::ByteSource source(path);
  const std::vector<std::size_t> extents = detail::open_idx(source).extents;
  return {extents.begin(), extents.end()};
}

}  // namespace espalier
