// SPDX-License-Identifier: MIT
// The smooth penalty on the distance of a weight from an orthonormal one.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// (strength / 4) norm(G - I)_F^2, where G = W W' is the Gram matrix of the rows, or W' W where columns are
/// fewer (Brock et al. 2017, who square nothing off the diagonal; Bansal et al. 2018, "soft orthogonality").
/// Its gradient is strength (G - I) W, or W (G - I): for a singular value s it is strength (s^3 - s), so that
/// all of them go to 1. In a step it joins the gradient of the loss, and goes together with every other
/// policy but a reparametrization. Weights of zeros are a saddle point and stay.
///
/// Sums are in double. It takes about min(rows, cols)^2 max(rows, cols) multiplications, twice.
struct Orthogonality {
  double strength = 0;

  static constexpr std::string_view name = "Orthogonality";

  template <Scalar S>
  double value(Block<const S> w) const {
    double sum = 0;
    each_tile(w, [&](const Tile& tile) {
      for (Index a = 0; a < tile.rows; ++a)
        for (Index b = 0; b < tile.cols; ++b) sum += tile.at(a, b) * tile.at(a, b);
    });
    return strength / 4 * sum;
  }
  /// Returns whether it was not zero.
  template <Scalar S>
  bool add_gradient(Block<const S> w, Block<S> gradient) const {
    if (strength == 0) return false;
    bool any = false;
    each_tile(w, [&](const Tile& tile) {
      any = any || tile.any();
      if (w.rows <= w.cols)
        add_rows(tile, w, gradient);
      else
        add_columns(tile, w, gradient);
    });
    return any;
  }

  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const Orthogonality&) const = default;

 private:
  static constexpr Index side = 16;

  /// Part of G - I: rows from `row` on, columns from `col` on.
  struct Tile {
    Index row, col, rows, cols;
    double numbers[side][side];

    double at(Index a, Index b) const { return numbers[a][b] - (row + a == col + b ? 1 : 0); }
    bool any() const {
      for (Index a = 0; a < rows; ++a)
        for (Index b = 0; b < cols; ++b)
          if (at(a, b) != 0) return true;
      return false;
    }
  };

  template <Scalar S, class F>
  static void each_tile(Block<const S> w, F&& f) {
    const Index k = std::min(w.rows, w.cols);
    for (Index row = 0; row < k; row += side)
      for (Index col = 0; col < k; col += side) {
        Tile tile{row, col, std::min(side, k - row), std::min(side, k - col), {}};
        w.rows <= w.cols ? measure_rows(w, tile) : measure_columns(w, tile);
        f(tile);
      }
  }
  template <Scalar S>
  static void measure_rows(Block<const S> w, Tile& tile) {
    for (Index a = 0; a < tile.rows; ++a)
      for (Index b = 0; b < tile.cols; ++b) {
        const S *const x = w.row(tile.row + a), *const y = w.row(tile.col + b);
        double part[side] = {};
        const Index whole = w.cols / side * side;
        for (Index i = 0; i < whole; i += side)
          for (Index k = 0; k < side; ++k)
            part[k] += static_cast<double>(x[i + k]) * static_cast<double>(y[i + k]);
        for (Index i = whole; i < w.cols; ++i)
          part[i - whole] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
        for (const double sum : part) tile.numbers[a][b] += sum;
      }
  }
  template <Scalar S>
  static void measure_columns(Block<const S> w, Tile& tile) {
    for (Index j = 0; j < w.rows; ++j) {
      const S *const x = w.row(j) + tile.row, *const y = w.row(j) + tile.col;
      for (Index a = 0; a < tile.rows; ++a)
        for (Index b = 0; b < tile.cols; ++b)
          tile.numbers[a][b] += static_cast<double>(x[a]) * static_cast<double>(y[b]);
    }
  }
  /// The rows of the tile times those rows of w that its columns stand for.
  template <Scalar S>
  void add_rows(const Tile& tile, Block<const S> w, Block<S> gradient) const {
    for (Index a = 0; a < tile.rows; ++a)
      for (Index b = 0; b < tile.cols; ++b) {
        const S factor = static_cast<S>(strength * tile.at(a, b));
        const S* const from = w.row(tile.col + b);
        S* const to = gradient.row(tile.row + a);
        for (Index i = 0; i < w.cols; ++i) to[i] += factor * from[i];
      }
  }
  template <Scalar S>
  void add_columns(const Tile& tile, Block<const S> w, Block<S> gradient) const {
    for (Index j = 0; j < w.rows; ++j)
      for (Index a = 0; a < tile.rows; ++a) {
        double sum = 0;
        for (Index b = 0; b < tile.cols; ++b)
          sum += tile.at(a, b) * static_cast<double>(w.row(j)[tile.col + b]);
        gradient.row(j)[tile.row + a] += static_cast<S>(strength * sum);
      }
  }
};

}  // namespace espalier
