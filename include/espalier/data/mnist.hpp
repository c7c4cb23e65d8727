// SPDX-License-Identifier: MIT
// MNIST, Fashion-MNIST and EMNIST, and other sets in files of the same names.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/dataset.hpp"
#include "espalier/data/idx.hpp"

namespace espalier {

/// The two parts of each set.
enum class MnistPart { train, test };

/// The sets, by their classes and the names of their files. `other` is one whose files have MNIST's names,
/// with any number of classes, which stay without names.
enum class MnistSet {
  digits,           ///< MNIST: 0 to 9
  fashion,          ///< Fashion-MNIST: 10 kinds of clothes, in files that are called as those of MNIST
  emnist_balanced,  ///< 47: digits, capitals, and the small letters that do not look like these
  emnist_by_merge,  ///< the same 47, as often as people write them
  emnist_by_class,  ///< 62: digits, capitals, small letters
  emnist_letters,   ///< 26, small or capital: labels begin at 1 in the file, and at 0 here
  emnist_digits,    ///< 10
  emnist_mnist,     ///< 10
  other
};

struct MnistOptions {
  MnistSet set = MnistSet::digits;
  double divisor = 255;  ///< of every pixel: 255 maps 0..255 to 0..1, 1 keeps the bytes
};

namespace detail {

/// What a set is called in its files (empty: it is not), the number of its first label, and its classes.
struct MnistKind {
  std::string_view name;
  int first_label = 0;
  std::vector<std::string> classes{};
};

inline std::vector<std::string> single_characters(std::string_view all) {
  std::vector<std::string> names;
  for (const char c : all) names.emplace_back(1, c);
  return names;
}

inline MnistKind mnist_kind(MnistSet set) {
  constexpr std::string_view all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                             merged = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";
  constexpr std::string_view digits = all.substr(0, 10), capitals = all.substr(10, 26);
  switch (set) {
    case MnistSet::digits:
      return {"", 0, single_characters(digits)};
    case MnistSet::fashion:
      return {"",
              0,
              {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
               "Ankle boot"}};
    case MnistSet::emnist_balanced:
      return {"emnist-balanced-", 0, single_characters(merged)};
    case MnistSet::emnist_by_merge:
      return {"emnist-bymerge-", 0, single_characters(merged)};
    case MnistSet::emnist_by_class:
      return {"emnist-byclass-", 0, single_characters(all)};
    case MnistSet::emnist_letters:
      return {"emnist-letters-", 1, single_characters(capitals)};
    case MnistSet::emnist_digits:
      return {"emnist-digits-", 0, single_characters(digits)};
    case MnistSet::emnist_mnist:
      return {"emnist-mnist-", 0, single_characters(digits)};
    case MnistSet::other:
      break;
  }
  return {};
}

/// The file `train-images-idx3-ubyte` in the directory, or `train-images.idx3-ubyte`, or one of them with
/// `.gz`. A folder of such a name, which some programs make when they unpack, is looked into.
inline std::filesystem::path find_idx(const std::filesystem::path& directory, const std::string& stem,
                                      std::string_view kind) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory, error))
    fail<FileError>(directory.string(), "the folder with the files of the set",
                    std::filesystem::exists(directory, error) ? "a file" : "none of that name");
  std::vector<std::string> names;
  for (const std::string_view packed : {"", ".gz"})
    for (const char dash : {'-', '.'})
      names.push_back(format_message("{}{}{}-ubyte{}", {stem, dash, kind, packed}));
  const auto is_file = [](const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored) && !std::filesystem::is_directory(path, ignored);
  };
  for (const std::string& name : names)
    if (is_file(directory / name)) return directory / name;
  for (const std::string& folder : names)
    for (const std::string& name : names)
      if (is_file(directory / folder / name)) return directory / folder / name;
  fail<FileError>((directory / names[0]).string(), {"this file, {}, or one of them with .gz", {names[1]}},
                  "none");
}

/// Makes classes, counted from 0, of the labels in a file.
inline void number_classes(std::vector<int>& labels, const MnistKind& kind, std::string_view where) {
  const int classes = static_cast<int>(kind.classes.size());
  for (std::size_t k = 0; k < labels.size(); ++k) {
    labels[k] -= kind.first_label;
    if (labels[k] < 0 || labels[k] >= classes)
      fail<FileError>(where, {"labels from {} to {}", {kind.first_label, kind.first_label + classes - 1}},
                      format_message("{} at sample {}, counted from 0", {labels[k] + kind.first_label, k}));
  }
}

}  // namespace detail

/// One part of a set, MNIST unless the options say which: `read_mnist("emnist", MnistPart::train, {.set =
/// MnistSet::emnist_letters})`. The directory has `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`
/// (`t10k-...` for the test part; `emnist-letters-train-...` and `emnist-letters-test-...`), spelled with
/// `.idx3` or `-idx3`, each as it is or with `.gz`. Pixels are as in the files, where EMNIST's images lie on
/// their side: each is stored by columns. FileError if a file is missing or is not as announced.
template <Scalar S = float>
BasicDataset<S> read_mnist(const std::filesystem::path& directory, MnistPart part,
                           const MnistOptions& options = {}) {
  detail::MnistKind kind = detail::mnist_kind(options.set);
  const std::string stem = std::string(kind.name).append(part == MnistPart::train ? "train"
                                                         : kind.name.empty()      ? "t10k"
                                                                                  : "test");
  const std::filesystem::path images = detail::find_idx(directory, stem + "-images", "idx3"),
                              labels = detail::find_idx(directory, stem + "-labels", "idx1");
  BasicDataset<S> data;
  data.labels = read_idx_labels(labels);
  data.inputs = read_idx_images<S>(images, {.divisor = options.divisor});
  if (static_cast<Index>(data.labels.size()) != data.samples())
    detail::fail<FileError>(labels.string(), {"{} labels as there are images", {data.samples()}},
                            data.labels.size());
  if (options.set == MnistSet::other) return data;
  detail::number_classes(data.labels, kind, labels.string());
  data.class_names = std::move(kind.classes);
  return data;
}

}  // namespace espalier
