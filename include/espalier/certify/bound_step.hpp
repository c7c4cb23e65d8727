// SPDX-License-Identifier: MIT
// What certificates know of a layer: a matrix, slopes, or bounds, without its type.
#pragma once

#include <string>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/kernel/norm_above.hpp"
#include "espalier/layer/norm_bounds.hpp"
#include "espalier/layer/slopes.hpp"

namespace espalier::detail {

/// A weight as the layer multiplies by it, in double. Each number is right up to `off`, relative to it, and
/// is 0 exactly where that of the layer is.
struct MadeWeight {
  Index rows = 0, cols = 0;
  std::vector<double> numbers{};
  double off = 0;

  Block<const double> block() const { return {numbers.data(), rows, cols}; }
  /// A bound of what `off` can add to its norms.
  double frobenius_off() const {
    return off == 0 ? 0 : product_above(off, norm_above(numbers.data(), rows * cols));
  }
};

inline NormBounds norms_above(const MadeWeight& w) {
  const double more = w.off == 0 ? 1 : above(1 + w.off);
  return {product_above(one_norm_above(w.block()), more),
          sum_above(spectral_norm_above(w.block()), w.frobenius_off()),
          product_above(infinity_norm_above(w.block()), more)};
}

enum class BoundKind {
  dense,     ///< W x + b
  slopes,    ///< one function of one number each
  bounds,    ///< only `bounds` are known
  residual,  ///< x + the one branch
  concat,    ///< branches side by side
};

struct BoundStep {
  BoundKind kind;
  std::string path;   ///< "0", "3.body.1"; "0, 1" of two that became one matrix
  std::string layer;  ///< "Dense"
  Index outputs = 0;  ///< 0: those of the step before
  MadeWeight weight{};
  Slopes slopes{1, 1};
  bool monotone = false;  ///< of a step that only has bounds
  std::vector<std::vector<BoundStep>> branches{};
  bool recurrent = false;
  NormBounds again{0, 0, 0};   ///< of a recurrent layer, what a step makes of the hidden state before it
  NormBounds bounds{1, 1, 1};  ///< the product of layers
  double two = 1;              ///< in the 2-norm, at most bounds.two
};

using BoundSteps = std::vector<BoundStep>;

/// What a layer behind the other stretches at most.
inline NormBounds one_after_other(const NormBounds& a, const NormBounds& b) {
  return {product_above(a.one, b.one), product_above(a.two, b.two), product_above(a.infinity, b.infinity)};
}

inline NormBounds bounds_of(const Slopes& slopes) {
  const double most = std::max(std::abs(slopes.least), std::abs(slopes.largest));
  return {most, most, most};
}

}  // namespace espalier::detail
