// SPDX-License-Identifier: MIT
// The nearest row inside a ball, or on a sphere, to one that a step has moved a little off it: one
// pass over the row for sums, one that moves it, and no look back.
#pragma once

#include <cmath>

#include "espalier/kernel/norm.hpp"

namespace espalier::detail {

/// Sums over a row x with step sizes t: x^2 in double, x^2 t, x^2 t^2, and the largest t; the last three
/// are 0 where the step sizes are uniform. Inside a ball weights that are 0 stay, whatever their t; on a
/// sphere they may be the first to move.
struct RowSums {
  double squares = 0, first = 0, second = 0, largest = 0;
};

template <bool sphere, bool in_metric, Scalar S>
RowSums row_sums(const S* x, const S* t, Index n) {
  SquareSum<S> squares;
  Line<S> first = S(0), second = S(0), largest = S(0);
  const auto add = [&](const Line<S>& values, const Line<S>& step) ESPALIER_INLINE_LAMBDA {
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

/// The constants of near_norm are derived in docs/numerics.md, "Norms, a row that one step has moved".
namespace near {
/// Largest relative distance of norm^2 from radius^2: one step moves a row by less.
inline constexpr double most_excess = 1.0 / 64;
/// Largest |mu| t: then p (1 - p (1 - p)) is p / (1 + p) within a sixteenth of a unit of roundoff.
inline constexpr double most_shrink = 1.0 / 128;
/// Largest |c z|, where the series for mu is right within 5e-7 of mu, a sixteenth of a unit of the norm. The
/// series has a false root at c z = -0.617, which the other conditions do not exclude.
inline constexpr double most_series = 1.0 / 64;
/// Units of roundoff by which a ball's row aims short: one for the rounding of each number, the rest for the
/// two above.
inline constexpr double margin = 1.1;
/// Squares of numbers from here to there, and sums of them, are no denormal numbers and do not overflow.
inline constexpr double least_radius = 1e-20, most_radius = 1e15, least_second = 1e-28;
}  // namespace near

/// The multiplier mu with which a Gauss-Radau rule for the weights x^2 at the nodes t, which replaces them by
/// the nodes 0 and c = second / first, gives x / (1 + mu t) the norm goal: the series of
/// (1 / sqrt(1 - 2 c z) - 1) / c. Not a number if c z is too large for it, which comes of step sizes far
/// apart.
struct RadauMultiplier {
  double c, cz, mu;

  ESPALIER_INLINE RadauMultiplier(const RowSums& row, double goal) {
    const double inverse = 1 / row.first, z = (row.squares - goal * goal) * inverse / 2;
    c = row.second * inverse, cz = c * z;
    mu = z * (1 + cz * (1.5 + cz * (2.5 + cz * 4.375)));
  }
};

/// x_i -= part x_i
inline void shrink_evenly(float* x, Index n, float part) {
  const Line<float> same = part;
  for (Index i = 0; i < n; i += line_length<float>) {
    const Line<float> from = load_line(x + i, n - i);
    store_line(from - from * same, x + i, n - i);
  }
}

/// x_i /= 1 + mu t_i, where no |mu t_i| is above near::most_shrink, but for weights that are 0.
inline void shrink_in_metric(float* x, Index n, const float* t, float mu, float largest) {
  const Line<float> multiplier = mu, most = largest;
  for (Index i = 0; i < n; i += line_length<float>) {
    const Line<float> p = multiplier * load_line(t + i, n - i).min(most), from = load_line(x + i, n - i);
    store_line(from - from * (p * (1 - p * (1 - p))), x + i, n - i);
  }
}

/// Moves a row to norm(x) <= radius, or == radius, if it is so near that this is sure to succeed: x_i /=
/// 1 + mu t_i, each number rounded once. Says `holds` only of a row that is feasible, `moved` only if it now
/// is and was not, and leaves x as it was unless it says `moved`. `row` are x's moments.
template <bool sphere>
ESPALIER_INLINE Near near_norm(float* x, Index n, const float* t, const RowSums& row, double radius) {
  constexpr double unit = roundoff<float>;
  const double length = static_cast<double>(n), square = radius * radius, excess = row.squares / square - 1,
               unsure = 2 * (length + 64) * roundoff<double>;  // the error of excess, at most
  if (!(radius > near::least_radius && radius < near::most_radius && unsure < unit / 64 &&
        std::abs(excess) < near::most_excess))
    return !sphere && radius > near::least_radius && excess < -unsure ? Near::holds : Near::far;
  const double about = sphere ? 4 * unit : 0;  // the width of the sphere in norm^2
  if (sphere ? std::abs(excess) < about - unit / 32 : excess < -unsure) return Near::holds;
  if (std::abs(std::abs(excess) - about) <= unsure + unit / 32 * int{sphere}) return Near::far;
  if (!t) {
    const double goal = sphere ? 1 : 1 - near::margin * unit;
    return shrink_evenly(x, n, static_cast<float>(1 - goal / std::sqrt(1 + excess))), Near::moved;
  }
  const double lost =  // units of roundoff of the norm, by the roundings of `first` and `second`
      std::abs(excess) * (length / line_length<float> + 16);
  const double goal = sphere ? radius : radius * (1 - (near::margin + lost) * unit);
  const auto [c, cz, mu] = RadauMultiplier(row, goal);
  const double rule_error = std::abs(4 * mu * mu * mu) * row.second * (row.largest - c);  // of norm^2
  if (!(std::abs(cz) < near::most_series && lost < 0.4 && row.second > near::least_second * length &&
        std::abs(mu) * row.largest < near::most_shrink && rule_error < unit / 2 * square))
    return Near::far;
  shrink_in_metric(x, n, t, static_cast<float>(mu), static_cast<float>(row.largest));
  return Near::moved;
}

}  // namespace espalier::detail
