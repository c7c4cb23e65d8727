// SPDX-License-Identifier: MIT
// The memory of a pass through a model, made when a larger batch than ever before comes.
#pragma once

#include <utility>

#include "espalier/core/aligned.hpp"

namespace espalier {

/// A copy starts empty: it is not part of a model's value.
template <Scalar S>
struct Workspace {
  Workspace() = default;
  Workspace(const Workspace&) {}
  Workspace(Workspace&& other) noexcept
      : outputs(std::exchange(other.outputs, nullptr)),
        gradients(std::exchange(other.gradients, nullptr)),
        kept(std::exchange(other.kept, nullptr)),
        samples(std::exchange(other.samples, 0)),
        memory_(std::move(other.memory_)) {
    other.memory_.clear();
  }
  Workspace& operator=(const Workspace&) { return *this = Workspace(); }
  Workspace& operator=(Workspace&& other) noexcept {
    Workspace moved(std::move(other));
    std::swap(outputs, moved.outputs), std::swap(gradients, moved.gradients), std::swap(kept, moved.kept);
    std::swap(samples, moved.samples), memory_.swap(moved.memory_);
    return *this;
  }

  S* outputs = nullptr;    ///< of the model
  S* gradients = nullptr;  ///< of the loss by the outputs, which layers may overwrite
  S* kept = nullptr;       ///< what the layers keep
  Index samples = 0;       ///< of the latest pass

  static Index size(Index outputs, Index kept, Index samples) {
    return 2 * detail::padded<S>(outputs * samples) + kept;
  }

  /// Room for `n` samples of a model with `width` outputs whose layers keep `kept_size` numbers of so many.
  void plan(Index width, Index kept_size, Index n) {
    const auto needed = static_cast<std::size_t>(size(width, kept_size, n));
    if (needed > memory_.size()) memory_ = detail::AlignedVector<S>(needed);
    outputs = memory_.data();
    gradients = outputs + detail::padded<S>(width * n);
    kept = gradients + detail::padded<S>(width * n);
    samples = n;
  }

 private:
  detail::AlignedVector<S> memory_;
};

}  // namespace espalier
