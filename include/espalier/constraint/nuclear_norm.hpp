// SPDX-License-Identifier: MIT
// The penalty on the sum of the singular values, by its proximal operator: a weight of low rank.
#pragma once

#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/on_singular_values.hpp"

namespace espalier {

/// strength * (the sum of the singular values of W): OnSingularValues{L1{strength}}. After each step every
/// singular value falls by strength times the step size, the smallest to zero (Cai, Candes & Shen 2010), as
/// far as rounding the weights leaves a zero. Under a rule with a step size for each weight the threshold
/// takes their harmonic mean, and what the weights come to rest at is near the optimum only: under SGD it is
/// the optimum.
struct NuclearNorm {
  double strength = 0;

  static constexpr std::string_view name = "NuclearNorm";
  static constexpr bool of_singular_values = true;
  static constexpr Index room = detail::singular_room;

  template <class Q>
  static constexpr bool meets() {
    return OnSingularValues<L1>::meets<Q>();
  }
  template <Scalar S>
  double value(Block<const S> w) const {
    return lifted().value(w);
  }
  template <Scalar S>
  void prox(Block<S> w, S t, double* numbers) const {
    lifted().prox(w, t, numbers);
  }
  double slope_bound() const { return strength; }
  void validate() const { L1{strength}.validate(); }
  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const NuclearNorm&) const = default;

 private:
  OnSingularValues<L1> lifted() const { return {{strength}}; }
};

}  // namespace espalier
