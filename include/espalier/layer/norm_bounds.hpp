// SPDX-License-Identifier: MIT
// By how much a layer stretches what is between two inputs, at most: what Lipschitz bounds are made of.
#pragma once

#include <concepts>

namespace espalier {

/// norm(f(x) - f(z)) <= bound * norm(x - z) for all x and z, in the 1-, the 2- and the infinity-norm on both
/// sides; outside training.
struct NormBounds {
  double one, two, infinity;

  bool operator==(const NormBounds&) const = default;
};

/// A layer that says so itself, since it has no parameters that it depends on: `NormBounds norm_bounds()
/// const`.
template <class L>
concept HasNormBounds = requires(const L& layer) {
  { layer.norm_bounds() } -> std::same_as<NormBounds>;
};

}  // namespace espalier
