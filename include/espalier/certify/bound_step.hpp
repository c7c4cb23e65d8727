// SPDX-License-Identifier: MIT
// What certificates know of a layer: a matrix, slopes, or bounds, without its type.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
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

/// [I; -I], which makes [x; -x] of n inputs.
inline MadeWeight both_signs(Index n) {
  MadeWeight both{2 * n, n, std::vector<double>(static_cast<std::size_t>(2 * n * n))};
  for (Index i = 0; i < n; ++i)
    for (const Index row : {i, n + i})
      both.numbers[static_cast<std::size_t>(row * n + i)] = row == i ? 1 : -1;
  return both;
}
/// [W+ W-], the positive numbers of a weight beside its negative ones.
inline MadeWeight split_by_sign(const MadeWeight& w) {
  MadeWeight split{w.rows, 2 * w.cols, std::vector<double>(2 * w.numbers.size()), w.off};
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i) {
      const double number = w.block().row(j)[i];
      split.numbers[static_cast<std::size_t>((2 * j + (number < 0)) * w.cols + i)] = number;
    }
  return split;
}
/// Bounds of [W+ W-] that hold behind [I; -I] and slopes of 0 or more: a change of W+ s(x) + W- s(-x) is J
/// times that of x, where each number of J is from 0 to that of |W| times the largest slope. So each norm of
/// J is at most that of |W| times the slope (of the 2-norm: Horn & Johnson 2013, theorem 8.1.18). That is
/// divided by what [I; -I] counts.
inline NormBounds norms_behind_both_signs(const MadeWeight& split) {
  MadeWeight size{split.rows, split.cols / 2, {}, split.off};
  for (Index j = 0; j < size.rows; ++j)
    for (Index i = 0; i < size.cols; ++i)
      size.numbers.push_back(
          std::max(std::abs(split.block().row(j)[i]), std::abs(split.block().row(j)[size.cols + i])));
  const NormBounds norms = norms_above(size), both{2, std::nextafter(std::numbers::sqrt2, 0.0), 1};
  return {quotient_above(norms.one, both.one), quotient_above(norms.two, both.two), norms.infinity};
}

enum class BoundKind {
  dense,     ///< W x + b
  slopes,    ///< one function of one number each
  bounds,    ///< only `bounds` are known
  residual,  ///< x + the one branch
  concat,    ///< branches side by side
  skip,      ///< the one branch, of the first numbers, + as many of the last as it gives
};

struct BoundStep {
  BoundKind kind;
  std::string path;   ///< "0", "3.body.1"; "0, 1" of two that became one matrix
  std::string layer;  ///< "Dense"
  Index outputs = 0;  ///< 0: those of the step before
  MadeWeight weight{};
  bool split = false;  ///< the weight is [W+ W-], and [I; -I] and slopes come before
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
