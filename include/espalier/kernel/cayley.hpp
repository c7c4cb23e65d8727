// SPDX-License-Identifier: MIT
// The Cayley transform of a matrix with at least as many rows as columns, and its gradient.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/small_rows.hpp"

namespace espalier::detail {

/// A matrix with its longer side as rows, in double: `rows` >= `cols`, by rows.
struct TallMatrix {
  double* data;
  Index rows, cols;
  bool transposed;  ///< of a weight with more columns than rows

  Index size() const { return rows * cols; }
};

template <Scalar S>
TallMatrix tall_matrix(Block<const S> w, double* to) {
  const bool transposed = w.rows < w.cols;
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i)
      to[transposed ? i * w.rows + j : j * w.cols + i] = static_cast<double>(w.row(j)[i]);
  return {to, std::max(w.rows, w.cols), std::min(w.rows, w.cols), transposed};
}
template <Scalar S>
void write_back(const TallMatrix& from, Block<S> w) {
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i)
      w.row(j)[i] = static_cast<S>(from.data[from.transposed ? i * w.rows + j : j * w.cols + i]);
}

/// Doubles that the functions below work in, for k columns.
inline Index cayley_room(Index cols) { return 4 * cols * cols + cols; }

/// `inverse` = (I + U - U' + V' V)^-1, P = [U; V]; NaN where that overflows. `m` has room for as much.
template <std::same_as<double> R>
void cayley_inverse(const R* p, Index rows, Index k, R* m, R* inverse) {
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) m[i * k + j] = (i == j ? 1 : 0) + (p[i * k + j] - p[j * k + i]);
  const R* const v = p + k * k;
  add_product_of_columns(v, v, rows - k, k, k, R(1), m);
  if (!(ConstArrayMap<R>(m, k * k) * 0 == 0).all())
    std::fill_n(inverse, k * k, std::numeric_limits<R>::quiet_NaN());  // 1 / infinity would repair it
  else
    invert(m, k, inverse);
}

/// W = [2 X - I; -2 V X] with X = (I + A)^-1 = (I + U - U' + V' V)^-1, P = [U; V]: the columns of W are
/// orthonormal (Trockman & Kolter 2021, (4) and appendix; 2 X - I = (I + A)^-1 (I - A)). What roundings leave
/// of W' W - I is squared by W (3 I - W' W) / 2, as often as it needs.
template <std::same_as<double> R>
void cayley(const TallMatrix& p, R* w, R* room) {
  const Index k = p.cols, more = p.rows - k;
  R *const m = room, *const x = m + k * k, *const gram = x + k * k, *const row = gram + 2 * k * k;
  cayley_inverse(p.data, p.rows, k, m, x);
  row_product(p.data + k * k, x, more, k, k, w + k * k);
  ArrayMap<R>(w + k * k, more * k) *= R(-2);
  for (Index i = 0; i < k * k; ++i) w[i] = 2 * x[i] - (i % (k + 1) == 0 ? 1 : 0);
  for (int again = 0; again < 6; ++again) {
    std::fill_n(gram, k * k, R(0));
    add_product_of_columns(w, w, p.rows, k, k, R(-0.5), gram);
    R off = 0;
    for (Index i = 0; i < k; ++i) gram[i * (k + 1)] += R(0.5);
    for (Index i = 0; i < k * k; ++i) off = std::max(off, std::abs(gram[i]));
    if (!(off > (8 + static_cast<R>(p.rows) / 8) * roundoff<R>)) return;
    for (Index r = 0; r < p.rows; ++r) {
      row_product(w + r * k, gram, 1, k, k, row);
      ArrayMap<R>(w + r * k, k) += ConstArrayMap<R>(row, k);
    }
  }
}

/// Turns the gradient of W, at `g`, into that of P.
template <std::same_as<double> R>
void cayley_pull_back(const TallMatrix& p, R* g, R* room) {
  const Index k = p.cols, more = p.rows - k, square = k * k;
  R *const m = room, *const x = m + square, *const dx = x + square, *const y = dx + square;
  R* const row = y + square;
  cayley_inverse(p.data, p.rows, k, m, x);
  R *const of_v = g + square, *const v = p.data + square;
  for (Index i = 0; i < square; ++i) dx[i] = 2 * g[i];
  add_product_of_columns(v, of_v, more, k, k, R(-2), dx);
  // Of M = I + A it is -X' dX X'.
  product_of_rows(dx, x, k, k, k, y);
  std::fill_n(m, square, R(0));
  add_product_of_columns(x, y, k, k, k, R(-1), m);
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) {
      g[i * k + j] = m[i * k + j] - m[j * k + i];
      dx[i * k + j] = m[i * k + j] + m[j * k + i];
    }
  for (Index r = 0; r < more; ++r) {
    product_of_rows(of_v + r * k, x, 1, k, k, row);
    row_product(v + r * k, dx, 1, k, k, of_v + r * k);
    add_multiple(of_v + r * k, R(-2), row, k);
  }
}

/// Turns W with orthonormal columns into a P that gives it. Returns false, and changes nothing, if W has none
/// within `tolerance`, or if -1 is an eigenvalue of its upper square: then X has no inverse, or one with
/// numbers above `most`.
template <std::same_as<double> R>
bool cayley_parameter(const TallMatrix& w, R tolerance, R most, R* room) {
  const Index k = w.cols, more = w.rows - k, square = k * k;
  R *const x = room, *const m = x + square, *const row = m + 3 * square;
  std::fill_n(x, square, R(0));
  add_product_of_columns(w.data, w.data, w.rows, k, k, R(1), x);
  for (Index i = 0; i < square; ++i)
    if (!(std::abs(x[i] - (i % (k + 1) == 0 ? 1 : 0)) <= tolerance)) return false;
  for (Index i = 0; i < square; ++i) x[i] = (w.data[i] + (i % (k + 1) == 0 ? 1 : 0)) / 2;
  invert(x, k, m);
  for (Index i = 0; i < square; ++i)
    if (!(std::abs(m[i]) <= most)) return false;
  for (Index r = 0; r < more; ++r) {
    R* const v = w.data + square + r * k;
    row_product(v, m, 1, k, k, row);
    for (Index i = 0; i < k; ++i) v[i] = row[i] / -2;
  }
  for (Index i = 0; i < k; ++i)
    for (Index j = 0; j < k; ++j) w.data[i * k + j] = (m[i * k + j] - m[j * k + i]) / 4;
  return true;
}

/// The transform as a map of matrices (core/reparametrization.hpp); constraint/cayley.hpp says what it holds.
struct CayleyMap {
  Index room_for(Index rows, Index cols) const {
    return 2 * rows * cols + detail::cayley_room(std::min(rows, cols));
  }

  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double* room) const {
    detail::TallMatrix tall = detail::tall_matrix(p, room);
    detail::cayley(tall, room + p.size(), room + 2 * p.size());
    tall.data = room + p.size();
    detail::write_back(tall, w);
  }

  template <Scalar S>
  void pull_back(Block<const S> p, Block<const S>, Block<S> dw, double* room) const {
    const detail::TallMatrix tall = detail::tall_matrix(p, room),
                             g = detail::tall_matrix(Block<const S>(dw), room + p.size());
    detail::cayley_pull_back(tall, g.data, room + 2 * p.size());
    detail::write_back(g, dw);
  }

  template <Scalar S>
  bool parameter(Block<S> w, double* room) const {
    const double u = detail::roundoff<S>;
    const detail::TallMatrix tall = detail::tall_matrix(Block<const S>(w), room);
    if (!detail::cayley_parameter(tall, 64 * u, std::pow(u, -1.0 / 3), room + 2 * w.size())) return false;
    detail::write_back(tall, w);
    return true;
  }

  bool operator==(const CayleyMap&) const = default;
};

}  // namespace espalier::detail
