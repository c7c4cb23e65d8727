// SPDX-License-Identifier: MIT
// The smoothly clipped absolute deviation of the norms of vectors: a lasso that lets go of long vectors.
#pragma once

#include <array>
#include <string_view>

#include "espalier/constraint/group_mcp.hpp"

namespace espalier {

namespace detail {

struct Scad {
  static constexpr std::string_view name = "GroupScad";
  static constexpr double usual_gamma = 3.7, least_gamma = 1;
  static constexpr std::size_t pieces = 2;

  double lambda, gamma;

  std::array<ConcavePart, pieces> parts() const {
    const double end = gamma * lambda, bend = 1 / (gamma - 1);
    return {{{lambda, 0, lambda}, {end * bend, bend, end}}};
  }
  double value(double s) const {
    if (s <= lambda) return lambda * s;
    const double left = gamma * lambda - s, whole = (gamma + 1) / 2 * lambda * lambda;
    return left > 0 ? whole - left * left / (2 * (gamma - 1)) : whole;
  }
};

}  // namespace detail

/// The sum over all neurons j of p(norm(w_j)), where with lambda = strength sqrt(n), n weights each, p'(s) is
/// lambda up to s = lambda, falls from there in a line to 0 at gamma lambda, and stays 0 (Fan & Li 2001,
/// whose gamma is 3.7; of groups: Breheny & Huang 2015). Vectors up to lambda are treated as GroupLasso
/// treats them, those longer than gamma lambda are not shrunk. PerInput{GroupScad{..}} takes the columns.
///
/// The step's y goes to zero if norm(y_i / t_i) <= lambda, stays if norm(y) >= gamma lambda, and else becomes
/// x_i = y_i / (1 + mu t_i), where mu norm(x) is lambda if norm(x) <= lambda, and (gamma lambda - norm(x)) /
/// (gamma - 1) if it is longer. So it is where all step sizes t are below gamma - 1; where some are longer
/// two of these may hold, and the better one is taken, as by GroupMcp.
using GroupScad = ConcaveGroup<detail::Scad>;

}  // namespace espalier
