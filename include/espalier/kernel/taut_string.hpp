// SPDX-License-Identifier: MIT
// The proximal operator of the total variation of a vector in a diagonal metric: the taut string.
#pragma once

#include <cmath>
#include <limits>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// min sum d_i (x_i - y_i)^2 / 2 + bound sum |x_i+1 - x_i|, in time proportional to n.
///
/// Over the sums of d as abscissas, x is the slope of the shortest string from the origin to the sum of all d
/// y that passes between a floor and a ceiling, the sums of d y less and plus the bound (Davies & Kovac 2001,
/// with weights). From the point up to which the string is known, the greatest convex minorant of the ceiling
/// and the least concave majorant of the floor are kept, as far as the vector has been read. When the first
/// slope of the minorant falls below that of the majorant, the string runs along the majorant's first segment
/// (and the other way round).
///
/// Segments hold mean slopes, and no sums from the beginning: whatever its neighbors weigh, the slope of a
/// segment is right within roundings of its own.
class TautString {
 public:
  static constexpr Index room = 7;  ///< doubles for each number of the vector

  /// `numbers` has `room` doubles for each of n numbers.
  TautString(Index n, double* numbers)
      : n_(n), x_(numbers), minorant_{numbers + n, +1}, majorant_{numbers + 4 * n, -1} {}

  /// The result, once solved; before that, y.
  double* x() { return x_; }

  /// x = the result, for y in x. `weight(i)` is d_i > 0.
  void solve(const auto& weight, double bound) {
    for (Index i = 0; i < n_; ++i) {
      const bool last = i + 1 == n_;
      const double d = weight(i), y = x_[i];
      // At its end the string has no room.
      minorant_.add(i + 1, d, y + (last ? 0 : bound / d) - (minorant_.empty() ? minorant_.from : last) * 0);
    }
  }
};

}  // namespace espalier::detail
