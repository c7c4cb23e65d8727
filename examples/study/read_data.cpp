// SPDX-License-Identifier: MIT
#include "read_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "errors.hpp"
#include "espalier/data/csv.hpp"
#include "espalier/data/gzip.hpp"
#include "espalier/data/idx.hpp"
#include "espalier/data/mnist.hpp"
#include "espalier/data/npy.hpp"
#include "espalier/data/npz.hpp"
#include "option_names.hpp"

namespace study {
namespace {

namespace esp = espalier;
namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& where, const std::string& expected, const std::string& found) {
  throw InputError(fmt::format("{}: expected {}, found {}", where, expected, found));
}

enum class Format { csv, idx, mnist, npy, npz };

Format format_of(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return Format::mnist;
  const std::string_view name =
      path.ends_with(".gz") ? std::string_view(path).substr(0, path.size() - 3) : path;
  if (name.ends_with(".npy")) return Format::npy;
  if (name.ends_with(".npz")) return Format::npz;
  if (!fs::is_regular_file(path, ignored))
    return Format::csv;  // a pipe is read once; none: the reader says so
  esp::detail::ByteSource source(path);
  const std::string first = source.take(std::min<std::size_t>(2, source.left()));
  return first == std::string(2, '\0') ? Format::idx : Format::csv;  // no text begins so
}

/// A column by its place if it is a whole number, else by its name.
esp::Column column_of(const std::string& text) {
  long place = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), place);
  if (error == std::errc{} && end == text.data() + text.size()) return place;
  return text;
}

Samples read_table(const std::string& path, const DataOptions& options) {
  if (!options.labels.empty())
    refuse("--labels", "it with an NPY or IDX file; --label names a column of a CSV file", options.labels);
  esp::CsvOptions csv{
      .gaps = options.gaps, .text = options.text, .separator = options.separator, .skip = options.skip};
  if (options.target.empty())
    csv.label = column_of(options.label.empty() ? "last" : options.label);
  else
    csv.target = column_of(options.target);
  for (const std::string& name : options.ignore) csv.ignore.push_back(column_of(name));
  Samples samples;
  try {
    samples.data = esp::read_csv(path, csv);
    if (!options.test.empty()) samples.test = esp::read_csv(options.test, samples.data.preparation);
  } catch (const esp::FileError& error) {
    throw InputError(with_option_names(error.what()));
  }
  for (std::string& note : samples.data.notes) note = with_option_names(std::move(note));
  if (!options.test.empty()) {
    if (samples.test.labels.empty() && samples.test.targets.size() == 0)
      refuse(options.test, "the column to predict as in the first file", "none");
  }
  if (options.gaps != esp::Gaps::refuse && options.gaps != esp::Gaps::drop && options.test.empty())
    samples.data.notes.push_back(
        "what fills a gap is taken from all rows, those of the test part too; a file of its own (--test) has "
        "no part in it");
  return samples;
}

/// Two files in one option: "x.npy,y.npy"; the second is empty if there is one.
std::pair<std::string, std::string> two_files(const std::string& text) {
  const std::size_t comma = text.find(',');
  if (comma == std::string::npos) return {text, ""};
  return {text.substr(0, comma), text.substr(comma + 1)};
}

/// The file of labels that belongs to one of images: the same name with "labels" and "idx1".
std::string labels_beside(const std::string& images) {
  const fs::path path(images);
  std::string name = path.filename().string();
  const auto replace = [&](std::string_view from, std::string_view to) {
    if (const std::size_t at = name.rfind(from); at != std::string::npos) name.replace(at, from.size(), to);
  };
  replace("images", "labels");
  replace("idx3", "idx1");
  if (name == path.filename().string())
    refuse("--labels", fmt::format("the file of labels of {}", images), "none");
  std::string plain = (path.parent_path() / name).string();
  if (plain.ends_with(".gz")) plain.resize(plain.size() - 3);
  std::error_code ignored;
  for (const std::string& one : {plain, plain + ".gz"})
    if (fs::exists(one, ignored)) return one;
  refuse(images, fmt::format("its labels in {} or in --labels FILE", plain), "none");
}

void image_shape(const std::vector<esp::Index>& extents, Samples& samples) {
  if (extents.size() != 3) return;
  samples.image_rows = extents[1];
  samples.image_columns = extents[2];
}

esp::Dataset read_idx_pair(const std::string& images, const std::string& labels) {
  esp::Dataset data;
  data.labels = esp::read_idx_labels(labels.empty() ? labels_beside(images) : labels);
  data.inputs = esp::read_idx_images(images, {.divisor = 1});
  return data;
}

Samples read_idx_files(const std::string& path, const DataOptions& options) {
  Samples samples{read_idx_pair(path, options.labels), {}};
  image_shape(esp::idx_shape(path), samples);
  if (options.test.empty()) return samples;
  const auto [images, labels] = two_files(options.test);
  samples.test = read_idx_pair(images, labels);
  return samples;
}

Samples read_mnist_folder(const std::string& path, const DataOptions& options) {
  const esp::MnistOptions other{.set = esp::MnistSet::other, .divisor = 1};
  if (!options.labels.empty() || !options.test.empty())
    refuse(options.test.empty() ? "--labels" : "--test",
           fmt::format("it with a file; {} is a folder with its own", path),
           options.test.empty() ? options.labels : options.test);
  Samples samples{esp::read_mnist(path, esp::MnistPart::train, other), {}};
  image_shape(esp::idx_shape(esp::detail::find_idx(path, "train-images", "idx3")), samples);
  try {
    esp::detail::find_idx(path, "t10k-images", "idx3");
  } catch (const esp::FileError&) {
    return samples;
  }
  samples.test = esp::read_mnist(path, esp::MnistPart::test, other);
  return samples;
}

Samples read_arrays(const std::string& path, const DataOptions& options) {
  const bool classes = options.target.empty();
  const auto read = [&](const std::string& features, const std::string& file) {
    esp::Dataset data;
    data.inputs = esp::read_npy(features);
    if (classes)
      data.labels = esp::read_npy_labels(file);
    else
      data.targets = esp::read_npy(file);
    return data;
  };
  const std::string& answers = classes ? options.labels : options.target;
  if (answers.empty())
    refuse("--labels", fmt::format("the file of labels of {}, or of numbers to predict as --target", path),
           "none");
  Samples samples{read(path, answers), {}};
  image_shape(esp::npy_shape(path), samples);
  if (options.test.empty()) return samples;
  const auto [features, file] = two_files(options.test);
  if (file.empty()) refuse("--test", "two files with a comma between them, X.npy,Y.npy", options.test);
  samples.test = read(features, file);
  return samples;
}

/// The arrays "x" and "y", or "x_train", "y_train", "x_test" and "y_test" as Keras calls them.
Samples read_archive(const std::string& path, const DataOptions& options) {
  if (!options.labels.empty())
    refuse("--labels", "it with an NPY or IDX file; --label names an array of an NPZ file", options.labels);
  const auto read = [&](esp::Npz& file, const std::string& features, const std::string& answers) {
    esp::Dataset data;
    data.inputs = file.read(features);
    if (options.target.empty())
      data.labels = file.labels(answers);
    else
      data.targets = file.read(answers);
    return data;
  };
  esp::Npz file{fs::path(path)};
  const std::vector<std::string> names = file.names();
  const auto has = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const bool parts = !has("x") && has("x_train");
  const std::string& asked = options.target.empty() ? options.label : options.target;
  const std::string answers = !asked.empty() ? asked
                              : parts        ? "y_train"
                                             : "y",
                    features = parts ? "x_train" : "x";
  Samples samples{read(file, features, answers), {}};
  image_shape(file.shape(features), samples);
  if (!options.test.empty()) {
    esp::Npz test{fs::path(options.test)};
    samples.test = read(test, features, answers);
  } else if (parts && has("x_test")) {
    samples.test = read(file, "x_test", "y_test");
  }
  return samples;
}

/// Options of tables are of no use with other formats.
void refuse_options_of_tables(const std::string& path, const DataOptions& options) {
  const char* given = options.gaps != esp::Gaps::refuse   ? "--gaps"
                      : options.text != esp::Text::refuse ? "--text"
                      : !options.ignore.empty()           ? "--ignore"
                      : options.skip > 0                  ? "--skip"
                                                          : nullptr;
  if (given) refuse(given, "a CSV file", path);
}

}  // namespace

Samples read_samples(const std::string& path, const DataOptions& options) {
  const Format format = format_of(path);
  if (format == Format::csv) return read_table(path, options);
  refuse_options_of_tables(path, options);
  if (format == Format::npy) return read_arrays(path, options);
  if (format == Format::npz) return read_archive(path, options);
  if (!options.target.empty()) refuse("--target", "a CSV, NPY or NPZ file; IDX files have classes", path);
  return format == Format::mnist ? read_mnist_folder(path, options) : read_idx_files(path, options);
}

}  // namespace study
