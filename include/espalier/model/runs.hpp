// SPDX-License-Identifier: MIT
// By which optimizers a model has been trained, so that an optimizer knows its model among others of the same
// shapes.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace espalier::detail {

/// Steps of one optimizer on one model. Copies of an optimizer go on with the run; another model, or `reset`,
/// begins a new one.
struct Run {
  std::uint64_t optimizer = 0, number = 0;  // 0: none yet
  bool operator==(const Run&) const = default;
};

/// Unique in the process; no result depends on it.
inline std::uint64_t next_identity() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

/// The runs that a model has been in. They belong to its numbers: copies share them, `initialize` forgets
/// them.
class Runs {
 public:
  bool contains(const Run& run) const { return std::find(runs_.begin(), runs_.end(), run) != runs_.end(); }
  /// Has there been any run of this optimizer?
  bool any_of(std::uint64_t optimizer) const {
    return std::any_of(runs_.begin(), runs_.end(),
                       [&](const Run& run) { return run.optimizer == optimizer; });
  }
  void add(const Run& run) {
    if (contains(run)) return;
    if (runs_.size() == most) runs_.erase(runs_.begin());
    runs_.push_back(run);
  }
  void clear() { runs_.clear(); }

 private:
  /// More optimizers than anybody uses in turns. One that is forgotten would begin anew.
  static constexpr std::size_t most = 32;
  std::vector<Run> runs_;
};

}  // namespace espalier::detail
