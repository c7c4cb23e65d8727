// SPDX-License-Identifier: MIT
// A run that survives: written to a file after epochs, and taken up again.
#pragma once

#include <concepts>
#include <filesystem>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/io/file_lock.hpp"
#include "espalier/io/run_file.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

struct CheckpointOptions {
  long every = 1;  ///< epochs from one to the next; the last epoch of a run is always written
  long keep = 2;   ///< files: run.espalier, and before it run.espalier.1, run.espalier.2, ...
};

namespace detail {

/// "run.espalier", "run.espalier.1", ...
inline std::filesystem::path numbered(const std::filesystem::path& path, long k) {
  return k == 0 ? path : std::filesystem::path(path.string() + "." + std::to_string(k));
}

/// Throws FileError for a folder or a device where a file of a checkpoint is to be: what others have put
/// there is not moved away.
inline void check_places(const std::filesystem::path& path, long keep) {
  std::error_code ignored;
  for (long k = 0; k < keep; ++k)
    if (const auto status = std::filesystem::status(numbered(path, k), ignored);
        std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
      fail<FileError>(numbered(path, k).string(), "a file, or none, for a checkpoint",
                      std::filesystem::is_directory(status) ? "a directory" : "what is no file");
}

/// Each file of a checkpoint becomes the one before it, so that `path` is free. At any moment the newest
/// whole run is the first of those that there are.
inline void make_room(const std::filesystem::path& path, long keep) {
  for (long k = keep - 1; k > 0; --k) {
    std::error_code error;
    const auto from = numbered(path, k - 1);
    if (!std::filesystem::exists(from, error)) continue;
    std::filesystem::rename(from, numbered(path, k), error);
    if (error) fail<FileError>(from.string(), "a file that can be renamed", error.message());
  }
}

}  // namespace detail

/// An observer: `fit(net, data, loss, optimizer, {.epochs = 100, .state = &state}, stopping,
/// Checkpoint{"run.espalier"})`. What it writes is all of the run: model, optimizer, state and the observers
/// that keep something. A file is whole or not there: it is written aside and takes its place when the disk
/// has it. Of a link the file that it leads to is meant. Throws FileError if a file cannot be written, or
/// while another run writes to it; the files before are untouched. ValueError for a `fit` without `.state`:
/// such a run would begin anew at each start.
class Checkpoint {
 public:
  static constexpr bool needs_state = true;

  explicit Checkpoint(std::filesystem::path path, CheckpointOptions options = {})
      : path_(std::move(path)), options_(options) {}

  const std::filesystem::path& path() const { return path_; }

  void validate() const {
    if (options_.every < 1) detail::fail("Checkpoint", "every >= 1 epochs", options_.every);
    if (options_.keep < 1) detail::fail("Checkpoint", "keep >= 1 files", options_.keep);
    detail::check_places(detail::end_of_links(path_), options_.keep);
  }
  void start(const Plan& plan) {
    epochs_ = plan.epochs;
    file_ = detail::end_of_links(path_);
    if (!lock_) lock_ = std::make_shared<detail::FileLock>(file_);
  }
  void save(const auto& model, const auto& optimizer, const TrainState& state, const auto& observers) {
    const long epoch = state.epoch();
    if (epoch % options_.every != 0 && epoch != epochs_ && !state.ended) return;
    const TensorFile file = std::apply(
        [&](const auto&... all) { return detail::run_file(model, optimizer, state, all...); }, observers);
    write(file);
  }
  void finish(auto&) { lock_.reset(); }

 private:
  void write(const TensorFile& file) const {
    const auto aside = std::filesystem::path(file_.string() + ".new");
    write_tensors(aside, file);
    detail::make_room(file_, options_.keep);
    std::error_code error;
    std::filesystem::rename(aside, file_, error);
    if (error) detail::fail<FileError>(file_.string(), "a file that can be written", error.message());
    detail::sync_folder(file_.has_parent_path() ? file_.parent_path().string() : ".");
  }

  std::filesystem::path path_, file_;  // file_: where a link leads
  CheckpointOptions options_;
  long epochs_ = 0;
  std::shared_ptr<detail::FileLock> lock_;
};

/// What `resume` found.
struct Resumed {
  std::filesystem::path file;        ///< that the run came from; empty: there is none, the run begins
  std::vector<std::string> refused;  ///< what was wrong with newer files, a message each
  std::vector<std::string>
      changed;  ///< settings that are not those of the file, where options let them through

  explicit operator bool() const { return !file.empty(); }
};

/// Takes a run up where the newest whole file of its checkpoint left it:
///
///   TrainState state;
///   resume("run.espalier", net, optimizer, state, stopping);
///   fit(net, data, loss, optimizer, {.epochs = 100, .state = &state}, stopping, Checkpoint{"run.espalier"});
///
/// is the same program for the first start and for all others: without a file nothing happens. Model,
/// optimizer and observers are made as at the first start, with the same settings; `observers` are those of
/// `fit` in the same order. The rest of the run has the bits that it would have had. A damaged or foreign
/// file is refused, and the one before it is taken; FileError if there are only such files. ValueError with a
/// list of all that differ, and nothing changed, for the run of another model or optimizer, or with other
/// settings; those of `fit` are compared when it begins. `resume(path, net, optimizer, state, {.changed =
/// Changed::take}, stopping)` goes on with other settings, after moving the weights into other sets.
template <Model M, class O, class... Observers>
Resumed resume(const std::filesystem::path& path, M& model, O& optimizer, TrainState& state,
               const ResumeOptions& options, Observers&... observers) {
  constexpr long most = 100;
  Resumed result;
  for (long k = 0; k < most; ++k) {
    const auto candidate = detail::numbered(detail::end_of_links(path), k);
    std::error_code ignored;
    if (!std::filesystem::exists(candidate, ignored)) continue;
    TensorFile file;
    try {
      file = detail::read_run(candidate);
    } catch (const FileError& error) {
      result.refused.push_back(error.what());
      continue;
    }
    result.file = candidate;
    result.changed =
        detail::take_run(file, candidate.string(), options, model, optimizer, state, observers...);
    return result;
  }
  if (!result.refused.empty()) {
    std::string all;
    for (const std::string& message : result.refused) (all += all.empty() ? "" : "; ") += message;
    detail::fail<FileError>(path.string(), "a whole file of a run", all);
  }
  return result;
}
template <Model M, class O, class... Observers>
requires(true && ... && !std::same_as<std::remove_const_t<Observers>, ResumeOptions>) Resumed
    resume(const std::filesystem::path& path, M& model, O& optimizer, TrainState& state,
           Observers&... observers) {
  return resume(path, model, optimizer, state, ResumeOptions{}, observers...);
}

}  // namespace espalier
