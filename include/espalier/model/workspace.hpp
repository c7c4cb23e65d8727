// SPDX-License-Identifier: MIT
// Activations and gradients of one batch, planned from its size: nothing is allocated until a larger batch
// comes.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include "espalier/core/aligned.hpp"

namespace espalier {

/// The memory of a pass through a model of `depth` layers. A copy starts empty: it is not part of a model's
/// value.
template <Scalar S, std::size_t depth>
struct Workspace {
  Workspace() = default;
  Workspace(const Workspace&) {}
  Workspace(Workspace&&) = default;
  Workspace& operator=(const Workspace&) { return *this = Workspace(); }
  Workspace& operator=(Workspace&&) = default;

  std::array<S*, depth> outputs{};  ///< of each layer, width x samples
  std::array<S*, depth> scratch{};  ///< what each layer keeps from forward to backward
  std::array<S*, 2> deltas{};       ///< gradients on their way back, alternating
  Index samples = 0;                ///< of the latest pass

  /// How many numbers a plan takes.
  static Index size(const std::array<Index, depth + 1>& widths, const std::array<Index, depth>& kept,
                    Index n) {
    Index total = 0, widest = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      total += detail::padded<S>(widths[k + 1] * n) + detail::padded<S>(kept[k]);
      widest = std::max(widest, widths[k + 1]);
    }
    return total + 2 * detail::padded<S>(widest * n);
  }

  /// `widths[k + 1]` numbers a sample leave layer k, which keeps `kept[k]` of its own.
  void plan(const std::array<Index, depth + 1>& widths, const std::array<Index, depth>& kept, Index n) {
    if (n > capacity_ || memory_.empty() || widths != widths_ || kept != kept_) {
      const Index widest = *std::max_element(widths.begin() + 1, widths.end());
      memory_.resize(static_cast<std::size_t>(size(widths, kept, n)));
      S* next = memory_.data();
      auto take = [&](Index size) { return std::exchange(next, next + detail::padded<S>(size)); };
      for (std::size_t k = 0; k < depth; ++k) {
        outputs[k] = take(widths[k + 1] * n);
        scratch[k] = take(kept[k]);
      }
      deltas = {take(widest * n), take(widest * n)};
      capacity_ = n, widths_ = widths, kept_ = kept;
    }
    samples = n;
  }

 private:
  detail::AlignedVector<S> memory_;
  Index capacity_ = 0;
  std::array<Index, depth + 1> widths_{};
  std::array<Index, depth> kept_{};
};

}  // namespace espalier
