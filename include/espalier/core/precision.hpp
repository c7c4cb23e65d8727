// SPDX-License-Identifier: MIT
// Do the numbers that a model is given have its precision? Said by the compiler, in one sentence.
#pragma once

#include <type_traits>

namespace espalier::detail {

/// Refuses data and a model of different precision, with both types in the compiler's message.
template <class ModelScalar, class DataScalar>
struct PrecisionOf {
  static_assert(std::is_same_v<ModelScalar, DataScalar>,
                "the data and the model differ in precision: write data.cast<float>() or, for a model of "
                "sequential<double>, read_csv<double>(...) or data.cast<double>()");
  static constexpr bool fits = true;
};

template <class X, class S>
concept OfOtherPrecision = requires {
  typename X::Scalar;
}
&&!std::is_same_v<typename X::Scalar, S>;

}  // namespace espalier::detail
