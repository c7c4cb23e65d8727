// SPDX-License-Identifier: MIT
// The singular value decomposition of a weight: by the eigenvectors of its Gram matrix, whose error is made
// good by rotations of rows (one-sided Jacobi: Hestenes 1958, de Rijk 1989).
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/eigenvectors.hpp"
#include "espalier/kernel/short_rows.hpp"

namespace espalier::detail {

/// Doubles for each number of a weight that its decomposition works in.
inline constexpr Index singular_room = 4;

/// How good it has to be: the product of two rows is at most `tolerance` times the product of their norms, or
/// times least^2 where that is more. Values below `noise` times the largest count as zero.
struct SingularAccuracy {
  double tolerance, least, noise;
};

/// W = sum of u_i y_i' where the u_i are orthonormal and the y_i orthogonal: norm(y_i) is a singular value.
/// The u_i are not kept, since u_i = W y_i / norm(y_i)^2.
class SingularRows {
 public:
  /// `room` begins with the numbers of w, which are at most about 1, and has singular_room times as many.
  SingularRows(const ShortRows& w, const SingularAccuracy& accuracy)
      : w_(w),
        y_{w.data + w.count * w.length, w.count, w.length, w.transposed},
        squares_(y_.data + w.count * w.length) {
    std::copy(w_.data, y_.data, y_.data);
    if (w.count > few) turn_by_eigenvectors();
    for (Index i = 0; i < y_.count; ++i) measure(i);
    for (int sweep = 0; sweep < 60 && turns(accuracy); ++sweep) continue;
    const double least = least_square(accuracy);
    for (Index i = 0; i < y_.count; ++i)
      if (!(squares_[i] > least)) squares_[i] = 0;
  }

  const ShortRows& rows() const { return y_; }
  /// The squared singular values.
  const double* squares() const { return squares_; }
  double* squares() { return squares_; }

  /// Row j of the sum of factors[i] u_i y_i' norm(y_i)^2; overwritten by the next call.
  const double* combine(Index j, const double* factors) {
    double* const out = squares_ + y_.count;
    std::fill(out, out + y_.length, 0.0);
    for (Index i = 0; i < y_.count; ++i)
      if (factors[i] != 0)
        add_multiple(out, factors[i] * dot(w_.row(j), y_.row(i), y_.length), y_.row(i), y_.length);
    return out;
  }

 private:
  static constexpr Index few = 8;  // rows for which rotations alone are fast

  void measure(Index i) { squares_[i] = dot(y_.row(i), y_.row(i), y_.length); }

  double least_square(const SingularAccuracy& accuracy) const {
    return *std::max_element(squares_, squares_ + y_.count) * accuracy.noise * accuracy.noise;
  }

  /// Y = Z W, where the rows of Z are the eigenvectors of W W'. Rows of Y are then orthogonal up to roundoff
  /// times norm(W)^2.
  void turn_by_eigenvectors() {
    const Index k = w_.count, m = w_.length;
    double *const z = squares_, *const gram = y_.data, *const diagonal = z + k * k;
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j <= i; ++j) gram[i * k + j] = gram[j * k + i] = dot(w_.row(i), w_.row(j), m);
    SymmetricEigenvectors(gram, k, diagonal, diagonal + k)(z);
    std::fill(y_.data, y_.data + k * m, 0.0);
    for (Index i = 0; i < k; ++i)
      for (Index j = 0; j < k; ++j) add_multiple(y_.row(i), z[i * k + j], w_.row(j), m);
  }

  /// A sweep over all pairs of rows; the longer one becomes the first. Was one turned?
  bool turns(const SingularAccuracy& accuracy) {
    bool any = false;
    const double least = least_square(accuracy);
    for (Index i = 0; i + 1 < y_.count; ++i)
      for (Index j = i + 1; j < y_.count; ++j) {
        const double a = squares_[i], b = squares_[j];
        if (!(a > least && b > least)) continue;
        const double product = dot(y_.row(i), y_.row(j), y_.length);
        const double sizes = std::max(std::sqrt(a) * std::sqrt(b), accuracy.least * accuracy.least);
        if (std::abs(product) > accuracy.tolerance * sizes) turn(i, j, product), any = true;
      }
    return any;
  }
  void turn(Index i, Index j, double product) {
    const double a = squares_[i], b = squares_[j];
    const double apart = std::abs(a - b), h = std::hypot(2 * product, apart);
    const double large = std::sqrt((h + apart) / (2 * h)), small = std::abs(product) / (h * large);
    const double c = a >= b ? large : small, s = std::copysign(a >= b ? small : large, product);
    rotate(y_.row(i), y_.row(j), y_.length, c, s);
    measure(i), measure(j);
  }

  ShortRows w_, y_;
  double* squares_;
};

}  // namespace espalier::detail
