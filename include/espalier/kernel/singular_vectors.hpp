// SPDX-License-Identifier: MIT
// The whole singular value decomposition of a weight, with vectors for the values that are zero too.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/singular_rows.hpp"

namespace espalier::detail {

/// Doubles for each number of a weight that the decomposition works in.
inline constexpr Index vectors_room = 6;

/// W = sum of s_i u_i v_i' with orthonormal u_i and v_i, to a few roundings each, in descending order of s_i.
/// Values that are only rounding, at most max(rows, cols) 2^-50 times the largest, count as zero. Vectors of
/// those are chosen: unit vectors, as far as the others leave them, in order, so that the weight of zeros has
/// the first ones. One that is not finite cannot be decomposed.
class SingularVectors {
 public:
  /// `room` has vectors_room doubles for each number of w.
  template <Scalar S>
  SingularVectors(Block<const S> w, double* room) {
    const double largest = largest_magnitude(w);
    scale_ = largest > 0 ? inverse_power_of_two(largest) : 1;
    const double noise = static_cast<double>(std::max(w.rows, w.cols)) * 0x1p-50;
    SingularRows found(short_rows(w, scale_, room), {0x1p-49, 0, noise});
    const ShortRows whole{room, found.rows().count, found.rows().length, found.rows().transposed};
    right_ = found.rows();
    values_ = found.squares();
    left_ = values_ + right_.count;
    finish(whole);
  }

  Index size() const { return right_.count; }
  double value(Index i) const { return values_[i] / scale_; }

  /// w = the sum of factor(s_i) u_i v_i', rounded.
  template <Scalar S, class F>
  void compose(Block<S> w, F&& factor) {
    for (Index i = 0; i < size(); ++i) values_[i] = factor(value(i));
    double* const out = left_ + size() * size();
    for (Index j = 0; j < size(); ++j) {
      std::fill(out, out + right_.length, 0.0);
      for (Index i = 0; i < size(); ++i)
        add_multiple(out, values_[i] * left(i)[j], right_.row(i), right_.length);
      for (Index i = 0; i < right_.length; ++i)
        (right_.transposed ? w.row(i)[j] : w.row(j)[i]) = static_cast<S>(out[i]);
    }
  }

 private:
  double* left(Index i) const { return left_ + i * right_.count; }

  void finish(const ShortRows& w) {
    for (Index i = 0; i < size(); ++i) {
      bring_largest_to(i);
      double* const y = right_.row(i);
      const double square = values_[i];
      values_[i] = std::sqrt(square);
      for (Index j = 0; j < size() && square > 0; ++j) left(i)[j] = dot(w.row(j), y, right_.length) / square;
      if (!(square > 0 && straighten(left(i), left_, i, size(), 1))) complete(left(i), left_, i, size());
      if (!(square > 0 && straighten(y, right_.data, i, right_.length, values_[i])))
        complete(y, right_.data, i, right_.length);
    }
  }
  void bring_largest_to(Index i) {
    const Index next = std::max_element(values_ + i, values_ + size()) - values_;
    if (next == i) return;
    std::swap(values_[i], values_[next]);
    std::swap_ranges(right_.row(i), right_.row(i) + right_.length, right_.row(next));
  }

  /// Makes x, whose norm is about `size`, a unit vector orthogonal to the first `before` rows. Returns
  /// whether enough of it was left.
  static bool straighten(double* x, const double* rows, Index before, Index n, double size) {
    for (int pass = 0; pass < 2; ++pass) {
      for (Index t = 0; t < before; ++t) add_multiple(x, -dot(x, rows + t * n, n), rows + t * n, n);
      const double norm = std::sqrt(dot(x, x, n));
      if (!(norm > (pass == 0 ? 0.5 * size : 0.5))) return false;
      for (Index k = 0; k < n; ++k) x[k] /= norm;
    }
    return true;
  }
  /// Makes x one more unit vector orthogonal to the first `before` rows, from that e_k which is the farthest
  /// from them: what is left of it is at least 1 / sqrt(n) long.
  static void complete(double* x, const double* rows, Index before, Index n) {
    Index best = 0;
    double least = HUGE_VAL;
    for (Index k = 0; k < n; ++k) {
      double square = 0;
      for (Index t = 0; t < before; ++t) square += rows[t * n + k] * rows[t * n + k];
      if (square < least - 0x1p-20) best = k, least = square;
    }
    std::fill(x, x + n, 0.0);
    x[best] = 1;
    straighten(x, rows, before, n, 0);
  }

  double scale_;
  ShortRows right_{};
  double *values_ = nullptr, *left_ = nullptr;
};

}  // namespace espalier::detail
