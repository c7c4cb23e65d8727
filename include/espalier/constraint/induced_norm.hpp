// SPDX-License-Identifier: MIT
// The norms of a weight that belong to the largest and to the summed magnitudes of inputs and outputs.
#pragma once

#include <string_view>

#include "espalier/constraint/l1_ball.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// L1Ball{bound} of each row of W, or of each column. InfinityNorm and OneNorm are the names of the two,
/// which stand without PerInput and Whole.
///
/// They are what L1Ball is: exact in floating point with no tolerance, nearest in the metric of the step, and
/// go together with what L1Ball goes together with. A product of such bounds over the layers of a net of
/// ReLUs is a Lipschitz constant that needs no singular value (Gouk et al. 2021, section 4).
template <Grain of>
struct InducedNorm {
  double bound = 1;
  Metric metric = Metric::step;

  static constexpr std::string_view name = of == Grain::row ? "InfinityNorm" : "OneNorm";
  static constexpr Grain grain = of;
  static constexpr bool corners = L1Ball::corners, convex = L1Ball::convex;

  template <class Q>
  static constexpr bool meets() {
    return L1Ball::meets<Q>();
  }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return ball().contains(w);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const {
    ball().project(w, t, elements);
  }
  template <Scalar S>
  void settle(Row<S> w, const auto& elements) const {
    ball().settle(w, elements);
  }
  bool reaches(const auto& each, Index n) const { return ball().reaches(each, n); }
  void validate() const { detail::check_positive_float(name, "bound", bound); }
  void describe(auto&& f) const { f("bound", bound); }

  bool operator==(const InducedNorm&) const = default;

 private:
  L1Ball ball() const { return {bound, metric}; }
};

/// norm(W)_inf <= bound, the largest sum |w| of what a neuron reads: no output is larger than `bound` times
/// the largest magnitude of an input.
using InfinityNorm = InducedNorm<Grain::row>;
/// norm(W)_1 <= bound, the largest sum |w| of what an input feeds: the magnitudes of the outputs sum to at
/// most `bound` times those of the inputs.
using OneNorm = InducedNorm<Grain::column>;

}  // namespace espalier
