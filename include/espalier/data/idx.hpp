// SPDX-License-Identifier: MIT
// IDX files of bytes, plain or (with espalier/data/gzip.hpp) gzip: the format of MNIST and of the sets made
// after it.
#pragma once

#include <array>
#include <filesystem>

#include "espalier/core/check.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/data/extents.hpp"
#include "espalier/data/file.hpp"

namespace espalier {

struct IdxOptions {
  double divisor = 255;  ///< of every pixel: 255 maps 0..255 to 0..1, 1 keeps the bytes
};

/// The two parts of MNIST.
enum class MnistPart { train, test };

namespace detail {

/// An IDX file of unsigned bytes with `n` dimensions.
template <std::size_t n>
struct IdxFile {
  std::string bytes;
  std::array<std::size_t, n> sizes{};

  static constexpr std::size_t header = 4 + 4 * n;
  std::size_t at(std::size_t k) const { return static_cast<unsigned char>(bytes[k]); }

  explicit IdxFile(const std::filesystem::path& path) : bytes(read_file(path)) {
    const std::string where = path.string();
    if (bytes.size() < header)
      fail<FileError>(where, {"an IDX header of {} bytes", {header}},
                      detail::format_message("{} bytes", {bytes.size()}));
    if (at(0) != 0 || at(1) != 0 || at(2) != 8 || at(3) != n)
      fail<FileError>(
          where, format_message("the IDX magic 00 00 08 {:02x} (unsigned bytes, dimensions: {})", {n, n}),
          format_message("{:02x} {:02x} {:02x} {:02x}", {at(0), at(1), at(2), at(3)}));
    for (std::size_t d = 0; d < n; ++d)
      for (std::size_t k = 4 + 4 * d; k < 8 + 4 * d; ++k) sizes[d] = sizes[d] << 8 | at(k);
    check_extents(where, sizes, bytes.size() - header);
  }
};

}  // namespace detail

/// Images as features x samples, the pixels of one row after another. FileError if the file is not
/// three-dimensional IDX of bytes, or is longer or shorter than its header says.
template <Scalar S = float>
Matrix<S> read_idx_images(const std::filesystem::path& path, const IdxOptions& options = {}) {
  detail::check_positive("idx options", "divisor", options.divisor);
  const detail::IdxFile<3> file(path);
  Matrix<S> images(static_cast<Index>(file.sizes[1] * file.sizes[2]), static_cast<Index>(file.sizes[0]));
  std::array<S, 256> value{};
  for (std::size_t k = 0; k < value.size(); ++k)
    value[k] = static_cast<S>(static_cast<double>(k) / options.divisor);
  for (Index k = 0; k < images.size(); ++k)
    images.data()[k] = value[file.at(file.header + static_cast<std::size_t>(k))];
  return images;
}

/// One label (0 to 255) a sample, from one-dimensional IDX of bytes.
inline std::vector<int> read_idx_labels(const std::filesystem::path& path) {
  const detail::IdxFile<1> file(path);
  std::vector<int> labels;
  for (std::size_t k = 0; k < file.sizes[0]; ++k)
    labels.push_back(static_cast<int>(file.at(file.header + k)));
  return labels;
}

/// One part of MNIST, or of a set with its file names and ten classes: the directory has
/// `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` (for the test part `t10k-...`), each as it is or
/// with `.gz`.
template <Scalar S = float>
BasicDataset<S> read_mnist(const std::filesystem::path& directory, MnistPart part,
                           const IdxOptions& options = {}) {
  const auto file = [&](std::string_view kind) {
    const std::filesystem::path plain =
        directory /
        detail::format_message("{}-{}-ubyte", {part == MnistPart::train ? "train" : "t10k", kind});
    std::filesystem::path packed = plain;
    packed += ".gz";
    std::error_code ignored;
    if (std::filesystem::exists(plain, ignored)) return plain;
    if (!std::filesystem::exists(packed, ignored))
      detail::fail<FileError>(plain.string(), "this file, or the same with .gz", "neither");
    return packed;
  };
  const std::filesystem::path images = file("images-idx3"), labels = file("labels-idx1");
  BasicDataset<S> data;
  data.labels = read_idx_labels(labels);
  data.inputs = read_idx_images<S>(images, options);
  if (static_cast<Index>(data.labels.size()) != data.samples())
    detail::fail<FileError>(labels.string(), {"{} labels as there are images", {data.samples()}},
                            data.labels.size());
  for (int digit = 0; digit < 10; ++digit) data.class_names.push_back(std::to_string(digit));
  for (std::size_t k = 0; k < data.labels.size(); ++k)
    if (data.labels[k] > 9)
      detail::fail<FileError>(labels.string(), "labels from 0 to 9",
                              detail::format_message("{} at byte {}", {data.labels[k], k + 8}));
  return data;
}

}  // namespace espalier
