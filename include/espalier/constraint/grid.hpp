// SPDX-License-Identifier: MIT
// Weights that are always on a grid, in place.
#pragma once

#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/core/policy.hpp"
#include "espalier/init/refined.hpp"
#include "espalier/kernel/levels.hpp"

namespace espalier {

class Frozen;
class Mask;

namespace detail {

/// Beside levels a policy of vectors has no interval for each weight.
template <class Q>
inline constexpr bool looks_at_vectors = NormSet<Q> || VectorSet<Q> || VectorPenalty<Q>;

}  // namespace detail

/// Every weight is a multiple of `step` from lo to hi: the nearest one to what a step makes of it, as
/// Quantized rounds (halves away from zero). For weights that are given or averaged. A step that moves a
/// weight by less than half a level is rounded away, so that in training the weights freeze as soon as the
/// learning rate is small: train with Quantized, which moves a copy that is not on the grid.
///
/// Not convex. Cones beside it, as NonNegative and Mask, and L1 are exact; a sum or a norm is refused.
struct Grid {
  double step = 1.0 / 64, lo = -1, hi = 1;

  static constexpr std::string_view name = "Grid";
  static constexpr bool keeps_finite = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!detail::looks_at_vectors<Q>,
                  "Grid with a policy of vectors has no exact projection: the weights of a sum or norm that "
                  "holds are between the levels; drop one of the two");
    static_assert(!ElementSet<Q> || homogeneous_policy<Q>() || std::is_same_v<Q, Frozen>,
                  "Grid with another set of single weights that is no cone, as Clip: write the bounds as lo "
                  "and hi of the Grid");
    static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>() || !is_convex<Q>,
                  "Grid with a penalty with a prox that is not homogeneous has no exact algorithm: write L1 "
                  "with it, or drop one of the two");
    return true;
  }

  template <Scalar S>
  bool contains(S w) const {
    return project(w) == w;
  }
  template <Scalar S>
  S project(S w) const {
    return levels().nearest(w);
  }
  StochasticRounding<detail::GridLevels> initializer() const { return {levels()}; }
  void validate() const { levels().check(name); }

  void describe(auto&& f) const { f("step", step), f("lo", lo), f("hi", hi); }

  bool operator==(const Grid&) const = default;

 private:
  detail::GridLevels levels() const { return {step, lo, hi}; }
};

/// As Grid, with levels at any distance from one another: `Levels{-1, 0, 1}`. Of two that are equally near
/// the larger one, as QuantizedTo does.
class Levels {
 public:
  static constexpr std::string_view name = "Levels";
  static constexpr bool keeps_finite = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !detail::looks_at_vectors<Q>,
        "Levels with a policy of vectors has no exact projection: the weights of a sum or norm that "
        "holds are between the levels; drop one of the two");
    static_assert(!ElementSet<Q> || std::is_same_v<Q, Mask> || std::is_same_v<Q, Frozen>,
                  "Levels with another set of single weights: write the levels that are in both");
    static_assert(!ProximalPenalty<Q> || !is_convex<Q>,
                  "Levels with a convex penalty with a prox has no exact algorithm: write Grid, or drop one "
                  "of the two");
    return true;
  }

  Levels() = default;
  Levels(std::initializer_list<double> levels) : levels_(std::vector<double>(levels)) {}
  explicit Levels(std::vector<double> levels) : levels_(std::move(levels)) {}

  template <Scalar S>
  bool contains(S w) const {
    return project(w) == w;
  }
  template <Scalar S>
  S project(S w) const {
    return levels_.nearest(w);
  }
  StochasticRounding<detail::ListedLevels> initializer() const { return {levels_}; }
  void validate() const { levels_.check(name); }

  void describe(auto&& f) const { f("levels", levels_.rising()); }

  bool operator==(const Levels&) const = default;

 private:
  detail::ListedLevels levels_;
};

}  // namespace espalier
