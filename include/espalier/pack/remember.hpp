// SPDX-License-Identifier: MIT
// Calls `at` and `keep` of the policies of a pack for all places of a weight, and stores their numbers.
#pragma once

#include <limits>
#include <type_traits>

#include "espalier/core/block.hpp"
#include "espalier/core/policy.hpp"

namespace espalier::detail {

/// When policies write down their numbers. `opened`: there are no weights yet (a model is made, `initialize`
/// begins), and a policy that keeps weights is given NaN. `started`: training starts from these weights.
/// `edited`: a policy has been changed; what is kept of the start stays, but a set follows the weights.
enum class Remember { opened, started, edited };

/// Writes the numbers that `policy` keeps of w.
template <class P, Scalar S>
void remember_one(const P& policy, Block<const S> w, S* numbers, Remember when) {
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i) {
      const Cell cell{j, i, w.rows, w.cols};
      S& number = numbers[j * w.cols + i];
      if constexpr (PlacedPolicy<P>)
        number = policy.template at<S>(cell);
      else if (when != Remember::edited || ElementSet<P>)
        number = policy.keep(
            when == Remember::opened ? std::numeric_limits<S>::quiet_NaN() : w.data[j * w.cols + i], cell);
    }
}

/// Writes the numbers of all policies of a pack, each `apart` numbers from the one before.
template <class PackType, Scalar S>
void remember(const PackType& pack, std::type_identity_t<Block<const S>> w, S* numbers, Index apart,
              Remember when) {
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (KeepsNumbers<P>)
      remember_one(p, w, numbers + PackType::template memory_of<P> * apart, when);
  });
}

}  // namespace espalier::detail
