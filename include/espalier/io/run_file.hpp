// SPDX-License-Identifier: MIT
// All that a run is, as named numbers: model, optimizer, state and observers, to a file and back.
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/io/metadata.hpp"
#include "espalier/io/resume_options.hpp"
#include "espalier/io/run_observers.hpp"
#include "espalier/io/run_parameters.hpp"
#include "espalier/io/run_settings.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/saved_optimizer.hpp"
#include "espalier/train/fit_options.hpp"

namespace espalier::detail {

/// What stands under "format" in the metadata of such a file.
inline constexpr std::string_view run_format = "espalier run 1";

/// A hash of all that a file says, eight bytes at a time. Each step maps different words, and different
/// hashes, to different ones: a change within eight bytes always changes it, others but for bad luck.
inline std::uint64_t checksum(const TensorFile& file) {
  std::uint64_t hash = 0x9E3779B97F4A7C15U;
  const auto add = [&](std::string_view bytes) {
    for (std::size_t k = 0; k < bytes.size(); k += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + k, std::min<std::size_t>(8, bytes.size() - k));
      hash = (std::rotl(hash, 29) ^ word) * 0xD6E8FEB86659FD93U;
    }
    hash = (std::rotl(hash, 29) ^ bytes.size()) * 0xD6E8FEB86659FD93U;
  };
  for (const Tensor& tensor : file.tensors)
    add(tensor.name), add(tensor.dtype), add(shape_text(tensor.shape)), add(tensor.bytes);
  for (const auto& [key, value] : file.metadata)
    if (key != "checksum") add(key), add(value);
  return hash;
}

inline void put_history(TensorFile& file, const History& history) {
  std::vector<double> all;
  for (const EpochReport& r : history)
    for (const double x : {r.loss, r.penalty, r.training_loss, r.validation_loss, r.validation_accuracy,
                           r.learning_rate, r.seconds})
      all.push_back(x);
  file.tensors.push_back(Tensor::of<double>("history", {history.size(), 7}, all));
}
inline History history_of(const TensorFile& file) {
  const Tensor& tensor = file.at("history");
  const auto all = exactly<double>(file, "history", 7 * (tensor.size() / 7));
  History history(all.size() / 7);
  for (std::size_t k = 0; k < history.size(); ++k) {
    const double* const x = all.data() + 7 * k;
    history[k] = {static_cast<long>(k) + 1, x[0], x[1], x[2], x[3], x[4], x[5], x[6]};
  }
  return history;
}

/// Calls f, whose FileErrors are about what a file has: they name the file too.
template <class F>
void naming_file(std::string_view where, F f) {
  try {
    f();
  } catch (const FileError& error) {
    throw FileError(format_message("{}, {}", {where, error.what()}));
  }
}

/// What the metadata have under a key. FileError if they have no such key.
inline const std::string& text_in(const TensorFile& file, std::string_view key) {
  const auto found = file.metadata.find(std::string(key));
  if (found == file.metadata.end()) fail<FileError>(key, "metadata of this name", "none");
  return found->second;
}
inline std::uint64_t whole_number(const TensorFile& file, std::string_view key) {
  const std::string& text = text_in(file, key);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) fail<FileError>(key, "a whole number", text);
  return number;
}

/// The run as a file.
template <class M, class O, class... Observers>
TensorFile run_file(const M& model, const O& optimizer, const TrainState& state,
                    const Observers&... observers) {
  TensorFile file;
  put_parameters(file, model.parameters());
  const auto saved = optimizer.state(model);
  for (const auto& n : saved.numbers)
    file.tensors.push_back(matrix_tensor("optimizer." + n.name, n.rows, n.cols, n.numbers.data()));
  file.tensors.push_back(row_tensor("optimizer rate factor", std::vector<double>{saved.rate_factor}));
  put_history(file, state.history);
  [[maybe_unused]] int place = 0;
  (put_observer(file, observer_name<Observers>(place), observers), ...);
  auto& metadata = file.metadata;
  metadata["format"] = run_format;
  metadata[std::string(version_key)] = version_text();
  RunText text = run_text(model, optimizer, observers...);
  metadata["build"] = std::move(text.build);
  metadata["settings"] = std::move(text.settings);
  metadata["settings of fit"] = state.settings;
  metadata["optimizer"] = saved.rule;
  metadata["optimizer steps"] = std::to_string(saved.steps);
  metadata["step"] = std::to_string(state.step);
  metadata["ended"] = state.ended ? "1" : "0";
  metadata["seed"] = std::to_string(model.draws().seed);
  metadata["passes"] = std::to_string(model.draws().passes);
  metadata["checksum"] = std::to_string(checksum(file));
  return file;
}

/// Reads a run. FileError if it is none, or not all of it.
inline TensorFile read_run(const std::filesystem::path& path) {
  TensorFile file = read_tensors(path);
  const std::string where = path.string();
  const auto found = file.metadata.find("format");
  if (found == file.metadata.end() || found->second != run_format)
    fail<FileError>(where, {"a file of a run (\"{}\")", {run_format}},
                    found == file.metadata.end() ? "another file of tensors" : found->second);
  std::uint64_t sum = 0;
  naming_file(where, [&] { sum = whole_number(file, "checksum"); });
  if (sum != checksum(file))
    fail<FileError>(where, "the bytes that were written", "others: the file is damaged");
  return file;
}

/// What the file has of an optimizer.
template <Scalar S>
SavedOptimizer<S> saved_optimizer(const TensorFile& file) {
  SavedOptimizer<S> saved{text_in(file, "optimizer"),
                          static_cast<long>(whole_number(file, "optimizer steps")),
                          exactly<double>(file, "optimizer rate factor", 1)[0],
                          {}};
  constexpr std::string_view prefix = "optimizer.";
  for (const Tensor& t : file.tensors)
    if (t.name.starts_with(prefix) && t.shape.size() == 2)
      saved.numbers.push_back({t.name.substr(prefix.size()), static_cast<Index>(t.shape[0]),
                               static_cast<Index>(t.shape[1]), exactly<S>(file, t.name, t.size())});
  return saved;
}

/// Throws ValueError with all in which the run of the file is another one than that `here`; other settings
/// alone are returned where the options let them through.
inline std::vector<std::string> check_run(const TensorFile& file, std::string_view where, const RunText& here,
                                          const ResumeOptions& options) {
  constexpr std::string_view there = "in the file";
  const auto settings = other_settings(here.settings, text_in(file, "settings"), there);
  if (auto build = other_settings(here.build, text_in(file, "build"), there); !build.empty()) {
    const auto name = [](const std::string& one) { return one.substr(0, one.find(": ")); };
    const std::vector<std::string> built = build;
    for (const std::string& one : settings)  // what is built otherwise has other options anyway
      if (std::none_of(built.begin(), built.end(), [&](const auto& b) { return name(one) == name(b); }))
        build.push_back(one);
    fail_settings(where, "the model and the rule of the run", build);
  }
  if (!settings.empty() && options.changed == Changed::refuse)
    fail_settings(where,
                  "the settings of the run ({.changed = Changed::take} goes on with those of the program)",
                  settings);
  return settings;
}

/// Moves what the file has into sets that it was not made under.
template <Scalar S>
void move_into_sets(Parameters<S>& parameters) {
  project(parameters);
  for (const ParameterEntry<S>& e : parameters.entries())
    if (e.frozen && !e.pack.contains(parameters.values_of(e)))
      fail(e.path, "frozen weights inside the sets of its policies", "weights outside: unfreeze them first");
}

/// Gives the model and the optimizer what the file has of them. They may be half changed if it throws.
template <class M, class O, class... Observers>
std::vector<std::string> take_model(const TensorFile& file, std::string_view where,
                                    const ResumeOptions& options, M& model, O& optimizer,
                                    const Observers&... observers) {
  optimizer.prepare(model);
  std::vector<std::string> changed =
      check_run(file, where, run_text(model, optimizer, observers...), options);
  optimizer.restore(model, saved_optimizer<typename M::scalar_type>(file));
  take_parameters(file, model.parameters());
  if (!changed.empty()) move_into_sets(model.parameters());
  model.set_draws({whole_number(file, "seed"), whole_number(file, "passes")});
  return changed;
}

/// A copy of an observer that keeps something; of another one nothing.
template <class O>
struct ObserverCopy {
  explicit ObserverCopy(const O&) {}
  void take(const TensorFile&, const std::string&) {}
  void give(O&) {}
};
template <KeepsState O>
struct ObserverCopy<O> {
  O copy;
  explicit ObserverCopy(const O& observer) : copy(observer) {}
  void take(const TensorFile& file, const std::string& name) { take_observer(file, name, copy); }
  void give(O& observer) { observer = std::move(copy); }
};

/// Throws ValueError if the file has an observer that nobody takes up.
inline void check_observers(const TensorFile& file, std::string_view where,
                            std::initializer_list<std::string> names) {
  for (const Tensor& t : file.tensors) {
    const auto begins = [&](const std::string& name) { return !name.empty() && t.name.starts_with(name); };
    if (t.name.starts_with("observer ") && std::none_of(names.begin(), names.end(), begins))
      fail(where, "all observers of the run that keep something, in its order", "none for " + t.name);
  }
}

/// Takes up the run of a file. Throws, and changes nothing, if it is that of another program. Returns which
/// settings are not the same.
template <class M, class O, class... Observers>
std::vector<std::string> take_run(const TensorFile& file, std::string_view where,
                                  const ResumeOptions& options, M& model, O& optimizer, TrainState& state,
                                  Observers&... observers) {
  M changed = model;
  O restored = optimizer;
  TrainState come;
  std::vector<std::string> others;
  std::tuple<ObserverCopy<Observers>...> copies(observers...);
  [[maybe_unused]] int place = 0;
  const std::initializer_list<std::string> names{observer_name<Observers>(place)...};
  [[maybe_unused]] auto name = names.begin();
  naming_file(where, [&] {
    check_observers(file, where, names);
    others = take_model(file, where, options, changed, restored, observers...);
    come = {static_cast<long>(whole_number(file, "step")), history_of(file), whole_number(file, "ended") != 0,
            text_in(file, "settings of fit")};
    std::apply([&](auto&... copy) { (copy.take(file, *name++), ...); }, copies);
  });
  if (options.changed == Changed::take) come.settings.clear();

  model.parameters().take(std::move(changed.parameters()));  // from here on nothing throws
  model.set_draws(changed.draws());
  optimizer = std::move(restored);
  state = std::move(come);
  std::apply([&](auto&... copy) { (copy.give(observers), ...); }, copies);
  return others;
}

}  // namespace espalier::detail
