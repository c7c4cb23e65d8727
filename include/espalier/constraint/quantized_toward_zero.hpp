// SPDX-License-Identifier: MIT
// Weights on a grid, trained through a copy that is under sets: the levels are in them too.
#pragma once

#include "espalier/constraint/quantized.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/levels.hpp"

namespace espalier {

/// As Quantized, but W is the multiple of `step` that is next to the stored number in the direction of zero:
/// no weight has another sign than what is stored, none a larger magnitude, also after rounding. So a set
/// that limits magnitudes holds of W because it holds of what is stored, for which it is exact. In an integer
/// net whose accumulators cannot overflow, `Dense(768, 32, QuantizedTowardZero{step, -127 * step, 127 *
/// step}, TopKSum{32, bound})`, the integers W / step have k-largest sums of at most bound / step (A2Q:
/// Colbert et al. 2023, eq. 11). Write the bound as a multiple of the step, which is best a power of two.
///
/// Sets beside it are those that say `solid`: they hold the stored numbers. Levels begin at zero, so that lo
/// <= 0 <= hi. The interval of zero is twice as wide as the others.
struct QuantizedTowardZero {
  double step = 1.0 / 64, lo = -1, hi = 1;

  static constexpr std::string_view name = "QuantizedTowardZero";
  static constexpr bool toward_zero = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!Set<Q> || solid_policy<Q>(),
                  "QuantizedTowardZero beside a set that may lose weights that move towards zero, as Simplex "
                  "or UnitNorm: the set would hold of the stored numbers and not of the weights; write one "
                  "that limits magnitudes, as SignedSumBound, MaxNorm or Mask, or drop one of the two");
    return true;
  }

  template <Scalar S>
  S weight(S latent) const {
    return levels().toward_zero(latent);
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
    levels().check(name);
    if (!(lo <= 0 && hi >= 0))
      detail::fail(name, "lo <= 0 <= hi", detail::format_message("lo = {}, hi = {}", {lo, hi}));
  }

  void describe(auto&& f) const { f("step", step), f("lo", lo), f("hi", hi); }

  bool operator==(const QuantizedTowardZero&) const = default;

 private:
  detail::GridLevels levels() const { return {step, lo, hi}; }
};

}  // namespace espalier
