// SPDX-License-Identifier: MIT
// Bounds on each weight that are the tighter the more inputs a neuron has.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// |w| <= kappa / sqrt(fan_in), where fan_in is the number of weights that a neuron has (of a bias it is 1):
/// the scale at which weights are initialized, so that one kappa does for layers of all widths. The bound is
/// the quotient as a double, and of floats the largest one below it. There are no published defaults: sqrt(6)
/// is the range of He's uniform initialization.
struct RelativeClip {
  double kappa = 2;

  static constexpr std::string_view name = "RelativeClip";
  static constexpr bool keeps_finite = true;

  /// The bound.
  template <Scalar S>
  S at(Cell cell) const {
    return detail::round_down<S>(kappa / std::sqrt(static_cast<double>(cell.cols)));
  }
  template <Scalar S>
  bool contains(S w, S bound) const {
    return w >= -bound && w <= bound;
  }
  template <Scalar S>
  S project(S w, S bound) const {
    const S raised = w < -bound ? -bound : w;
    return raised > bound ? bound : raised;
  }
  template <Scalar S>
  Line<S> project(const Line<S>& w, const Line<S>& bound) const {
    return w.max(-bound).min(bound);
  }
  void validate() const { detail::check_positive_float(name, "kappa", kappa); }

  void describe(auto&& f) const { f("kappa", kappa); }

  bool operator==(const RelativeClip&) const = default;
};

}  // namespace espalier
