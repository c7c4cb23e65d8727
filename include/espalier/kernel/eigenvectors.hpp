// SPDX-License-Identifier: MIT
// The eigenvectors of a symmetric matrix: Householder's reduction to a tridiagonal one and the implicit QL
// method (Golub & Van Loan 2013, 8.3), on rows, so that memory is read in order.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/short_rows.hpp"

namespace espalier::detail {

/// to += factor from
inline void add_multiple(double* to, double factor, const double* from, Index n) {
  constexpr Index length = line_length<double>;
  const Index whole = n / length * length;
  for (Index i = 0; i < whole; i += length)
    (Line<double>::load(to + i) + factor * Line<double>::load(from + i)).store(to + i);
  for (Index i = whole; i < n; ++i) to[i] += factor * from[i];
}

/// (a, b) = (c a + s b, c b - s a)
inline void rotate(double* a, double* b, Index n, double c, double s) {
  constexpr Index length = line_length<double>;
  const Index whole = n / length * length;
  for (Index i = 0; i < whole; i += length) {
    const Line<double> x = Line<double>::load(a + i), y = Line<double>::load(b + i);
    (c * x + s * y).store(a + i), (c * y - s * x).store(b + i);
  }
  for (Index i = whole; i < n; ++i) {
    const double x = a[i], y = b[i];
    a[i] = c * x + s * y, b[i] = c * y - s * x;
  }
}

/// For one matrix of n rows; it is overwritten. `diagonal` and `beside` have room for n numbers.
class SymmetricEigenvectors {
 public:
  SymmetricEigenvectors(double* matrix, Index n, double* diagonal, double* beside)
      : a_(matrix), n_(n), d_(diagonal), e_(beside) {}

  /// The rows of `vectors`, n x n, are the eigenvectors, in no order.
  void operator()(double* vectors) {
    z_ = vectors;
    for (Index c = 0; c + 2 < n_; ++c) reduce(c);
    for (Index c = std::max(Index{0}, n_ - 2); c < n_; ++c) d_[c] = row(c)[c], e_[c] = 0;
    if (n_ > 1) e_[n_ - 2] = row(n_ - 2)[n_ - 1];
    write_reflections();
    for (Index l = 0; l < n_; ++l) split_off(l);
  }

 private:
  double* row(Index j) const { return a_ + j * n_; }

  /// A reflection I - v v' makes all but one of the numbers right of the diagonal in row c zero; v stays
  /// there.
  void reduce(Index c) {
    double* const v = row(c) + c + 1;
    const Index n = n_ - c - 1;
    d_[c] = row(c)[c], e_[c] = v[0];
    const double rest = dot(v + 1, v + 1, n - 1);
    if (!(rest > 0)) return std::fill(v, v + n, 0.0);
    const double size = std::copysign(std::sqrt(v[0] * v[0] + rest), v[0]);
    e_[c] = -size;
    v[0] += size;
    const double factor = std::sqrt(2 / (v[0] * v[0] + rest));
    for (Index i = 0; i < n; ++i) v[i] *= factor;
    double* const w = z_;  // room that is not used yet
    for (Index j = 0; j < n; ++j) w[j] = dot(row(c + 1 + j) + c + 1, v, n);
    add_multiple(w, -dot(v, w, n) / 2, v, n);
    for (Index j = 0; j < n; ++j) {
      add_multiple(row(c + 1 + j) + c + 1, -v[j], w, n);
      add_multiple(row(c + 1 + j) + c + 1, -w[j], v, n);
    }
  }

  /// The product of the reflections.
  void write_reflections() {
    std::fill(z_, z_ + n_ * n_, 0.0);
    for (Index i = 0; i < n_; ++i) z_[i * n_ + i] = 1;
    for (Index c = n_ - 3; c >= 0; --c) {
      const double* const v = row(c) + c + 1;
      const Index n = n_ - c - 1;
      for (Index j = c + 1; j < n_; ++j) {
        double* const to = z_ + j * n_ + c + 1;
        add_multiple(to, -dot(to, v, n), v, n);
      }
    }
  }

  /// QL steps until d_l is an eigenvalue. (If it takes too many, the vectors are nearly right.)
  void split_off(Index l) {
    for (int step = 0; step < 60; ++step) {
      Index end = l;
      while (end + 1 < n_ &&
             std::abs(e_[end]) > roundoff<double> * (std::abs(d_[end]) + std::abs(d_[end + 1])))
        ++end;
      if (end == l) return;
      const double half = (d_[l + 1] - d_[l]) / (2 * e_[l]);
      double g = d_[end] - d_[l] + e_[l] / (half + std::copysign(std::hypot(half, 1.0), half));
      double s = 1, c = 1, p = 0;
      Index i = end - 1;
      for (; i >= l; --i) {
        const double f = s * e_[i], b = c * e_[i], r = std::hypot(f, g);
        e_[i + 1] = r;
        if (r == 0) break;
        s = f / r, c = g / r;
        g = d_[i + 1] - p;
        const double q = (d_[i] - g) * s + 2 * c * b;
        p = s * q;
        d_[i + 1] = g + p;
        g = c * q - b;
        rotate(z_ + i * n_, z_ + (i + 1) * n_, n_, c, -s);
      }
      if (i >= l)
        d_[i + 1] -= p;
      else
        d_[l] -= p, e_[l] = g;
      e_[end] = 0;
    }
  }

  double* a_;
  Index n_;
  double *d_, *e_, *z_ = nullptr;
};

}  // namespace espalier::detail
