// SPDX-License-Identifier: MIT
// A dense layer whose weight is the product of two thin ones.
#pragma once

#include <algorithm>

#include "espalier/core/check.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/dense.hpp"

namespace espalier {

/// y = A B' x + b, the rank of W = A B' at most `rank`: a Chain of Dense(inputs, rank, NoBias{}), whose
/// weight is B', and Dense(rank, outputs, policies...), whose weight is A. So policies and the paths
/// "0.weight" and "1.weight" are those of the factors; W itself has none. It has rank (inputs + outputs)
/// weights in place of inputs * outputs. Throws ShapeError for a rank below 1 or above the shorter side,
/// where it bounds nothing.
template <class... Policies>
auto low_rank_dense(Index inputs, Index outputs, Index rank, const Policies&... policies) {
  if (rank < 1 || rank > std::min(inputs, outputs))
    detail::fail<ShapeError>(
        "low_rank_dense", detail::format_message("a rank from 1 to {}", {std::min(inputs, outputs)}), rank);
  return Chain{Dense(inputs, rank, NoBias{}), Dense(rank, outputs, policies...)};
}

}  // namespace espalier
