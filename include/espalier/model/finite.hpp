// SPDX-License-Identifier: MIT
// Checks that weights and gradients are finite numbers.
#pragma once

#include <atomic>
#include <cmath>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "espalier/core/threads.hpp"
#include "espalier/kernel/line.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// Are `n` numbers all finite and, apart from their signs, at most `limit`, which is at least 1? What is
/// beyond it by a few units of roundoff may pass.
template <Scalar S>
bool all_finite(const S* numbers, Index n, S limit = std::numeric_limits<S>::max()) {
  // Beyond the limit, it makes an infinity. Less by two roundings: at the limit it makes none.
  const S scale = std::numeric_limits<S>::max() / limit * (1 - 2 * std::numeric_limits<S>::epsilon());
  std::atomic<bool> good{true};
  parallel_for_ranges(n, line_length<S>, parts_of(n, weights_of_part), [&](Index, Index begin, Index end) {
    if (!((ConstArrayMap<S>(numbers + begin, end - begin) * scale * S(0)).sum() == 0)) good = false;
  });
  return good;
}

/// Throws NotFiniteError, naming the parameter, if one of the numbers in an arena is NaN or, apart from its
/// sign, greater than `limit`.
template <Scalar S>
void require_finite(const Parameters<S>& parameters, std::string_view what,
                    std::type_identity_t<std::span<const S>> arena,
                    std::type_identity_t<S> limit = std::numeric_limits<S>::max()) {
  if (all_finite(arena.data(), static_cast<Index>(arena.size()), limit)) return;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    const S* numbers = arena.data() + e.offset;
    if (all_finite(numbers, e.size(), limit)) continue;
    S largest = 0;
    for (Index i = 0; i < e.size(); ++i) {
      if (!std::isfinite(numbers[i]))
        fail<NotFiniteError>(e.path, format_message("finite {}", {what}), "NaN or infinity");
      largest = std::max(largest, std::abs(numbers[i]));
    }
    fail<NotFiniteError>(e.path, fmt::format("{} of at most {:.1e}", what, limit), largest);
  }
}

}  // namespace espalier::detail
