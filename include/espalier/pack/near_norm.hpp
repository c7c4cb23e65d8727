// SPDX-License-Identifier: MIT
// The nearest row inside a ball, or on a sphere, to one that a step has moved a little off it: one
// pass over the row for sums, one that moves it, and no look back.
#pragma once

#include <cmath>

#include "espalier/kernel/norm.hpp"

namespace espalier::detail {

/// Of a row x with step sizes t: sum x^2 in double, sum x^2 t, sum x^2 t^2, and the largest t; the last three
/// are 0 where the step sizes are uniform. Inside a ball weights that are 0 stay, whatever their t; on a
/// sphere they may be the first to move.
struct RowSums {
  double squares = 0, first = 0, second = 0, largest = 0;
};

template <bool sphere, bool in_metric, Scalar S>
RowSums row_sums(const S* x, const S* t, Index n) {
  SquareSum<S> squares;
  Line<S> first = S(0), second = S(0), largest = S(0);
  const auto add = [&](const Line<S>& values, const Line<S>& step) __attribute__((always_inline)) {
    if constexpr (in_metric) {
      const Line<S> moved = values * step;
      first += moved * values;
      second += moved * moved;
      largest = largest.max(sphere ? step : step * Line<S>::differ(values, S(0)));
    }
    squares.add(values);
  };
  const Index whole = n / line_length<S> * line_length<S>;
  for (Index i = 0; i < whole; i += line_length<S>)
    add(Line<S>::load(x + i), in_metric ? Line<S>::load(t + i) : Line<S>(S(0)));
  if (whole < n)
    add(load_line(x + whole, n - whole), in_metric ? load_line(t + whole, n - whole) : Line<S>(S(0)));
  return {squares.sum(), static_cast<double>(first.sum()), static_cast<double>(second.sum()),
          static_cast<double>(largest.largest())};
}
template <bool sphere, Scalar S>
RowSums row_sums(const S* x, const S* t, Index n) {
  return t ? row_sums<sphere, true>(x, t, n) : row_sums<sphere, false>(x, t, n);
}

/// Is a row as it must be, has it been moved there, or is it for NormProjection to say?
enum class Near { holds, moved, far };

/// x_i /= 1 + mu t_i with the multiplier mu that gives x its norm, found from the first three moments of t
/// under the weights x^2 as if t were 0 or c = second / first: sum x^2 / (1 + mu t)^2 is at most what this
/// Gauss-Radau rule makes of it for mu > 0, and differs by at most 4 mu^3 second (largest - c). So the norm
/// is known before x moves: no number is rounded by more than 1.1 units of roundoff, which is what a ball's
/// radius is short of, and a sphere's width covers.
template <bool sphere>
Near near_norm(float* x, Index n, const float* t, const RowSums& row, double radius) {
  constexpr double unit = roundoff<float>;
  const double length = static_cast<double>(n), square = radius * radius, excess = row.squares / square - 1,
               unsure = 2 * (length + 64) * roundoff<double>;
  if (!(radius > 1e-20 && radius < 1e15 && unsure < unit / 64 && std::abs(excess) < 1.0 / 64))
    return !sphere && radius > 1e-20 && excess < -unsure ? Near::holds : Near::far;
  const double about = sphere ? 4 * unit : 0;  // on it, the squares are so far off at most
  if (sphere ? std::abs(excess) < about - unit / 32 : excess < -unsure) return Near::holds;
  if (std::abs(std::abs(excess) - about) <= unsure + unit / 32 * int{sphere}) return Near::far;
  const double lost = std::abs(excess) * (length / line_length<float> + 16);  // units, in the other sums
  if (!t) {
    const double goal = sphere ? 1 : 1 - 1.1 * unit;
    const Line<float> part = static_cast<float>(1 - goal / std::sqrt(1 + excess));
    for (Index i = 0; i < n; i += line_length<float>) {
      const Line<float> from = load_line(x + i, n - i);
      store_line(from - from * part, x + i, n - i);
    }
    return Near::moved;
  }
  const double goal = sphere ? 1 : 1 - (1.1 + lost) * unit, inverse = 1 / row.first;
  const double c = row.second * inverse, z = (row.squares - goal * goal * square) * inverse / 2;
  const double cz = c * z,
               mu = z * (1 + cz * (1.5 + cz * (2.5 + cz * 4.375)));  // (1 / sqrt(1 - 2 cz) - 1) / c
  if (!(lost < 0.4 && row.second > 1e-28 * length && std::abs(mu) * row.largest < 1.0 / 128 &&
        std::abs(4 * mu * mu * mu) * row.second * (row.largest - c) < unit / 2 * square))
    return Near::far;
  const Line<float> multiplier = static_cast<float>(mu), largest = static_cast<float>(row.largest);
  for (Index i = 0; i < n; i += line_length<float>) {
    const Line<float> p = multiplier * load_line(t + i, n - i).min(largest), from = load_line(x + i, n - i);
    store_line(from - from * (p * (1 - p * (1 - p))), x + i, n - i);
  }
  return Near::moved;
}

}  // namespace espalier::detail
