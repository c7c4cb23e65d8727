// SPDX-License-Identifier: MIT
// Joins parameters under no policy that lie side by side in a model's arena, so that one call updates them.
#pragma once

#include <algorithm>

#include "espalier/core/aligned.hpp"
#include "espalier/core/threads.hpp"

namespace espalier::detail {

/// Does a rule leave a weight of 0 alone whose gradient and states are 0? Then the gaps between parameters
/// may be updated too.
template <class RuleType>
inline constexpr bool rests_at_zero = [] {
  if constexpr (requires { RuleType::rests_at_zero; }) return bool{RuleType::rests_at_zero};
  return false;
}();

/// Joins parameters, in the order of the arena, to stretches of it. One that is long enough for several
/// threads stays alone.
template <Scalar S, bool over_gaps>
class Neighbors {
 public:
  /// Calls f(begin, size) if a stretch ends before these weights.
  template <class F>
  void add(Index offset, Index size, F&& f) {
    if (over_gaps) size = padded<S>(size);
    if (offset != end_ || offset + size - begin_ >= 2 * weights_of_part) finish(f), begin_ = offset;
    end_ = offset + size;
  }
  /// Calls f for the last stretch.
  template <class F>
  void finish(F&& f) {
    if (end_ > begin_) f(begin_, end_ - begin_);
    begin_ = end_;
  }

 private:
  Index begin_ = 0, end_ = 0;
};

}  // namespace espalier::detail
