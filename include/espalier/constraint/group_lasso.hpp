// SPDX-License-Identifier: MIT
// The penalty on the norms of vectors, by its proximal operator: vectors that do not pay for themselves are
// exactly zero.
#pragma once

#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/group_prox.hpp"

namespace espalier {

/// strength * sqrt(n) norm(w_j), summed over all neurons j with their n weights each (Yuan & Lin 2006, with
/// the root of the size: Keras and mlpack leave it out). PerInput{GroupLasso{..}} takes the columns, so that
/// inputs which nobody needs are read by no neuron. With L1 it is the sparse group lasso.
///
/// With lambda = strength sqrt(n): the step's y goes to zero iff norm(y_i / t_i) <= lambda, and else to
/// z_i s / (s + lambda t_i), s its own norm; z is y after the prox of an L1.
struct GroupLasso {
  double strength = 0;

  static constexpr std::string_view name = "GroupLasso";
  static constexpr bool of_norm = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !ProximalPenalty<Q> || homogeneous_policy<Q>(),
        "GroupLasso with a penalty that is not homogeneous has no exact algorithm: write L1 with it, or "
        "drop one of them");
    return true;
  }

  template <Scalar S>
  S value(ConstRow<S> w) const {
    return static_cast<S>(strength * std::sqrt(static_cast<double>(w.size())) *
                          detail::norm(w.data(), w.size()));
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements) const {
    const detail::GroupProx<false, S, std::decay_t<decltype(elements)>> problem{
        elements, w.data(), w.size(), t, strength * std::sqrt(static_cast<double>(w.size()))};
    problem.write(problem.size(), w.data());
  }
  /// The root mean square of the gradient of a vector, whose norm is strength sqrt(n).
  double slope_bound() const { return strength; }
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!std::isfinite(static_cast<float>(strength)))
      detail::fail(name, "a strength that is finite also as a float", strength);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const GroupLasso&) const = default;
};

}  // namespace espalier
