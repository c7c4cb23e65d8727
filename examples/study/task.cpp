// SPDX-License-Identifier: MIT
#include "task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string_view>

#include "errors.hpp"
#include "espalier/data/crc32.hpp"
#include "espalier/data/preprocess.hpp"
#include "espalier/data/splits.hpp"
#include "espalier/data/standardize.hpp"
#include "read_data.hpp"

namespace study {
namespace {

namespace esp = espalier;

[[noreturn]] void refuse(const std::string& where, const std::string& expected, const std::string& found) {
  throw InputError(fmt::format("{}: expected {}, found {}", where, expected, found));
}

/// Errors of a number name its place, but not the file.
void validate(const esp::Dataset& data, const std::string& path) {
  try {
    data.validate();
  } catch (const esp::Error& error) {
    throw InputError(fmt::format("{}, {}", path, error.what()));
  }
}

std::string class_name(const esp::Dataset& data, std::size_t k) {
  return data.class_names.empty() ? std::to_string(k) : esp::detail::shown_text(data.class_names[k]);
}

/// A class needs a sample in each part that `least` counts. One without any sample is an output that never is
/// the answer.
void check_classes(const esp::Dataset& data, const std::string& path, long least) {
  std::vector<long> count(static_cast<std::size_t>(data.classes()));
  for (const int label : data.labels) ++count[static_cast<std::size_t>(label)];
  const auto there = std::count_if(count.begin(), count.end(), [](long n) { return n > 0; });
  if (there < 2)
    refuse(path,
           "samples of two classes or more (--label names the column, --target one of numbers to predict)",
           fmt::format("class {} alone", class_name(data, static_cast<std::size_t>(data.labels.at(0)))));
  for (std::size_t k = 0; k < count.size(); ++k)
    if (count[k] > 0 && count[k] < least)
      refuse(
          path,
          fmt::format("at least {} samples of each of {} classes (--target NAME is for numbers to predict)",
                      least, there),
          fmt::format("{} of class {}", count[k], class_name(data, k)));
}

void check_targets(const esp::Dataset& data, const std::string& path, long least) {
  if (data.targets.rows() != 1)
    refuse(path, "one number to predict for each sample", fmt::format("{}", data.targets.rows()));
  if (data.samples() < least)
    refuse(path, fmt::format("at least {} samples", least), fmt::format("{}", data.samples()));
  if (data.targets.minCoeff() == data.targets.maxCoeff())
    refuse(path, "a target that varies (--target names it)",
           fmt::format("{} in all {} samples", data.targets(0, 0), data.samples()));
}

/// Enough samples for a part to fit, one to validate, and one to test if it is cut from these.
void check(const esp::Dataset& data, const std::string& path, bool has_test) {
  constexpr long least_to_split = 10;
  if (data.labels.empty())
    check_targets(data, path, least_to_split);
  else
    check_classes(data, path, has_test ? 2 : 3);
}

void check_test(const esp::Dataset& fit, const esp::Dataset& test, const std::string& path) {
  if (test.features() != fit.features())
    refuse(path, fmt::format("{} features as in the first file", fit.features()),
           fmt::format("{}", test.features()));
  if (test.classes() > fit.classes())
    refuse(path, fmt::format("classes below {}, which the first file has", fit.classes()),
           fmt::format("{}", test.classes() - 1));
  if (test.targets.rows() != fit.targets.rows())
    refuse(path, "one number to predict for each sample", fmt::format("{}", test.targets.rows()));
}

/// Splits off the test part, unless a file has it.
void split(Samples& samples, const std::string& path, const DataOptions& options, Task& task) {
  if (samples.has_test()) {
    const std::string where = options.test.empty() ? path : options.test;
    validate(samples.test, where);
    check_test(samples.data, samples.test, where);
    task.fit = std::move(samples.data);
    task.test = std::move(samples.test);
    return;
  }
  const double kept = 1 - options.test_share;
  const esp::Seed seed{options.seed};
  auto [fit, test] = samples.data.labels.empty() ? samples.data.split(kept, seed)
                                                 : esp::stratified_split(samples.data, kept, seed);
  if (fit.targets.size() > 0 && fit.targets.minCoeff() == fit.targets.maxCoeff())
    refuse(path, "a target that varies (--target names it)",
           fmt::format("{} in all samples but a few", fit.targets(0, 0)));
  task.notes.push_back(fmt::format("{} of {} samples are the test part, which is looked at once at the end",
                                   test.samples(), samples.data.samples()));
  task.fit = std::move(fit);
  task.test = std::move(test);
}

void find_image(const Samples& samples, const std::string& path, const DataOptions& options, Task& task) {
  const bool asked = options.image_rows > 0 || options.image_columns > 0;
  task.image_rows = asked ? options.image_rows : samples.image_rows;
  task.image_columns = asked ? options.image_columns : samples.image_columns;
  if (asked && options.image_rows * options.image_columns != samples.data.features())
    refuse("--image",
           fmt::format("rows x columns that make the {} features of {}", samples.data.features(), path),
           fmt::format("{}x{}", options.image_rows, options.image_columns));
}

template <class T>
std::uint32_t crc_of(const T* values, long count, std::uint32_t before) {
  const auto size = static_cast<std::size_t>(count) * sizeof(T);
  return esp::detail::crc32({reinterpret_cast<const char*>(values), size}, before);
}

std::uint32_t crc_of(const esp::Dataset& data, std::uint32_t before) {
  before = crc_of(data.inputs.data(), data.inputs.size(), before);
  before = crc_of(data.labels.data(), static_cast<long>(data.labels.size()), before);
  return crc_of(data.targets.data(), data.targets.size(), before);
}

/// What all pixels are divided by, if they are such numbers as images have: 255 or 16 for whole numbers up to
/// it, 1 for numbers from 0 to 1. One number for all keeps their ratios; pixels at the edge, which hardly
/// ever are other than 0, would be blown up by a scale of their own.
std::optional<float> largest_pixel(const esp::Matrix<float>& images) {
  const float most = images.maxCoeff();
  if (images.minCoeff() < 0 || most > 255) return {};
  if (most <= 1) return 1.0F;
  const bool whole = (images.array() == images.array().round()).all();
  return !whole ? std::optional<float>() : most <= 16 ? 16.0F : 255.0F;
}

void scale_targets(Task& task) {
  const esp::Standardize scale(task.fit.targets);
  task.fit.targets = scale(std::move(task.fit.targets));
  task.test.targets = scale(std::move(task.test.targets));
  task.target_scale = scale.scale(0);
}

/// Everything that is learnt here is learnt from the fit part.
void scale(Task& task) {
  const bool regression = task.fit.labels.empty();
  const std::optional<float> most = task.image_rows > 0 ? largest_pixel(task.fit.inputs) : std::nullopt;
  if (most) {
    task.fit.inputs /= *most;
    task.test.inputs /= *most;
    task.notes.push_back(*most == 1
                             ? std::string("inputs are from 0 to 1, and stay as they are")
                             : fmt::format("inputs are divided by {}, so that they are from 0 to 1", *most));
    if (regression) scale_targets(task);
  } else {
    esp::standardize(task.fit, task.test);
    task.notes.push_back("inputs have mean 0 and standard deviation 1 in the fit part");
    if (regression) task.target_scale = task.fit.preparation->targets.scale(0);
  }
  if (!std::isfinite(task.target_scale) || !task.test.inputs.allFinite() || !task.fit.inputs.allFinite())
    refuse(task.name, "numbers that a float can hold when they are scaled", "larger ones");
}

/// "digits.csv" of "data/digits.csv", "mnist" of "data/mnist/".
std::string name_of(const std::string& path) {
  const std::filesystem::path whole = std::filesystem::path(path).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

Task load(const std::string& path, const DataOptions& options) {
  if (path.empty()) refuse("--data", "a file", "none");
  if (!(options.test_share > 0 && options.test_share < 1))
    refuse("test share", "a number between 0 and 1", fmt::format("{}", options.test_share));
  if (!options.label.empty() && !options.target.empty()) refuse("--target", "either it or --label", "both");
  Samples samples = read_samples(path, options);
  validate(samples.data, path);
  if (samples.data.labels.empty() && samples.data.targets.size() == 0)
    refuse(path, "samples with labels or targets", "neither");
  check(samples.data, path, samples.has_test());
  Task task;
  task.name = name_of(path);
  task.notes = samples.data.notes;
  find_image(samples, path, options, task);
  split(samples, path, options, task);
  task.checksum = crc_of(task.test, crc_of(task.fit, 0));
  task.classes = task.fit.labels.empty() ? 0 : task.fit.classes();
  task.outputs = std::max(1L, task.classes);
  scale(task);
  return task;
}

}  // namespace

Task load_task(const std::string& path, const DataOptions& options) {
  try {
    return load(path, options);
  } catch (const esp::Error& error) {
    throw InputError(error.what());
  }
}

void describe(const Task& task, Setup& setup) {
  setup.data = task.name;
  setup.checksum = task.checksum;
  setup.samples = task.fit.samples();
  setup.features = task.fit.features();
  setup.classes = task.classes;
  setup.outputs = task.outputs;
  setup.test_samples = task.test.samples();
  setup.image_rows = task.image_rows;
  setup.image_columns = task.image_columns;
}

}  // namespace study
