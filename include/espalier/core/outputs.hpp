// SPDX-License-Identifier: MIT
// Outputs of a model that say in their type which layer they come from, where losses must know it.
#pragma once

#include <type_traits>

#include "espalier/core/matrix.hpp"

namespace espalier {

struct Softmax;
struct Sigmoid;

namespace detail {

/// A view as any other, of what `Last` gave.
template <Scalar S, class Last>
struct OutputsOf : Eigen::Map<const Matrix<S>> {
  using Eigen::Map<const Matrix<S>>::Map;
};

template <class Y, class Last>
inline constexpr bool outputs_of = false;
template <Scalar S, class Last>
inline constexpr bool outputs_of<OutputsOf<S, Last>, Last> = true;

/// What `forward` of a model returns whose last layer is this one. Losses that take logits refuse the
/// probabilities of Softmax and Sigmoid.
template <Scalar S, class Last>
using ForwardOutputs = std::conditional_t<std::is_same_v<Last, Softmax> || std::is_same_v<Last, Sigmoid>,
                                          OutputsOf<S, Last>, Eigen::Map<const Matrix<S>>>;

}  // namespace detail
}  // namespace espalier
