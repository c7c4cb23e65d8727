// SPDX-License-Identifier: MIT
// Quantization that hardens from no change inside its bounds to the exact grid.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "espalier/constraint/quantized.hpp"

namespace espalier {

/// Between two neighboring multiples q < r of `step` from lo to hi, with the middle c, W is c + (u - c) / s
/// clipped to [q, r], u what is stored; beyond all of them it is the last one. So `s` = 1 is Clip{lo, hi} of
/// u (to the outermost multiples), and s = 0 is Quantized, bit for bit: an observer lets s fall during
/// training by `edit_policy<SoftGrid>(net, "0.weight", [](SoftGrid& grid) { grid.s = 0.5; })` (PARQ, Jin et
/// al. 2025, section 3). Straight through as Quantized: u, a latent copy, takes the gradient at W, and beyond
/// lo and hi it is only moved back. The slope of W, 1 / s > 1, is left out, so that it is no gradient of a
/// function; that of u under s = 0 would be zero.
struct SoftGrid {
  double step = 1.0 / 64, lo = -1, hi = 1, s = 1;

  static constexpr std::string_view name = "SoftGrid";

  template <Scalar S>
  S weight(S latent) const {
    const detail::GridLevels levels{step, lo, hi};
    const double u = latent, near = levels.number_of(u), side = u - near * step;
    if (!(side == side)) return latent;
    const double other = std::clamp(near + (side > 0 ? 1 : -1), levels.least(), levels.most());
    if (s == 0 || side == 0 || other == near) return static_cast<S>(near * step);
    // u is nearer to one level than to the other, and so is W.
    const double middle = (near + other) / 2 * step, soft = middle + (u - middle) / s;
    const S one = static_cast<S>(near * step), two = static_cast<S>(other * step);
    return std::clamp(static_cast<S>(soft), std::min(one, two), std::max(one, two));
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    return detail::straight_through(latent, dw, lo, hi);
  }
  void validate() const {
    detail::GridLevels{step, lo, hi}.check(name);
    if (!(s >= 0 && s <= 1)) detail::fail(name, "s from 0 to 1", s);
  }

  /// For Scheduled: a schedule lets s fall.
  SoftGrid scaled(double factor) const { return {step, lo, hi, s * factor}; }

  void describe(auto&& f) const { f("step", step), f("lo", lo), f("hi", hi), f("s", s); }

  bool operator==(const SoftGrid&) const = default;
};

}  // namespace espalier
