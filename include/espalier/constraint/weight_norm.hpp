// SPDX-License-Identifier: MIT
// Weight normalization: length and direction of a neuron's weights are trained apart.
#pragma once

#include "espalier/core/policy.hpp"

namespace espalier {

/// w_j = g_j v_j / norm(v_j), one gain g_j a neuron (Salimans & Kingma 2016, eq. 2 and 3). The weight is
/// never materialized: the layer scales the rows of one product, so that norm(v_j) and g_j / norm(v_j) must
/// be numbers of the model's precision (1e-30 to 1e30 is safe in float).
struct WeightNorm {
  static constexpr std::string_view name = "WeightNorm";
  static constexpr bool trains_gain = true;
  bool operator==(const WeightNorm&) const = default;
};

/// As WeightNorm, with every gain fixed at 1: rows of W have norm 1, whatever the stored directions.
struct UnitNormalized {
  static constexpr std::string_view name = "UnitNormalized";
  static constexpr bool trains_gain = false;
  bool operator==(const UnitNormalized&) const = default;
};

}  // namespace espalier
