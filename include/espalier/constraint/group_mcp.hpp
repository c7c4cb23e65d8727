// SPDX-License-Identifier: MIT
// The minimax concave penalty on the norms of vectors: those that pay for themselves are not shrunk.
#pragma once

#include <cmath>
#include <type_traits>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/concave_group_prox.hpp"

namespace espalier {

class Frozen;

namespace detail {

/// What goes together with a concave penalty on norms.
template <class Q>
constexpr bool meets_concave_group() {
  static_assert(
      !NormSet<Q>,
      "a concave penalty on norms, as GroupMcp, with a bound on the norm has no exact algorithm: the "
      "best point of both may be one that is best of neither; write GroupLasso instead");
  static_assert(
      !ElementSet<Q> || homogeneous_policy<Q>() || std::is_same_v<Q, Frozen>,
      "a concave penalty on norms, as GroupMcp, with bounds on single weights, as Clip, has no exact "
      "algorithm where step sizes are long: write a cone as NonNegative, or GroupLasso");
  static_assert(
      !ProximalPenalty<Q> || homogeneous_policy<Q>(),
      "a concave penalty on norms, as GroupMcp, with a penalty that is not homogeneous has no exact "
      "algorithm: write L1 with it, or drop one of them");
  return true;
}

inline void check_concave_group(std::string_view name, double strength, double gamma, double least) {
  check_not_negative(name, "strength", strength);
  if (!(gamma > least) || !std::isfinite(static_cast<float>(gamma)))
    fail(name, {"gamma > {} and finite, also as a float", {least}}, gamma);
  if (!std::isfinite(static_cast<float>(strength * gamma)))
    fail(name, "strength * gamma that is finite also as a float", strength * gamma);
}

}  // namespace detail

/// The sum over all neurons j of p(norm(w_j)), where with lambda = strength sqrt(n), n weights each, p(s) is
/// lambda s - s^2 / (2 gamma) up to s = gamma lambda, and gamma lambda^2 / 2 from there on (Zhang 2010; of
/// groups: Breheny & Huang 2015, whose gamma is 3). It begins as GroupLasso does and then flattens: a vector
/// longer than gamma lambda is not shrunk. PerInput{GroupMcp{..}} takes the columns.
///
/// The step's y goes to zero if norm(y_i / t_i) <= lambda, stays if norm(y) >= gamma lambda, and else becomes
/// x_i = y_i / (1 + mu t_i) with (mu + 1 / gamma) norm(x) = lambda. So it is where all step sizes t are below
/// gamma; then the step's problem is convex. Where some are longer two of the three may hold, and the better
/// one is taken: with one t >= gamma for all, y stays iff norm(y) > lambda sqrt(gamma t). Training then rests
/// at one of several local optima.
struct GroupMcp {
  double strength = 0;
  double gamma = 3;

  static constexpr std::string_view name = "GroupMcp";

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_concave_group<Q>();
  }

  template <Scalar S>
  double value(ConstRow<S> w) const {
    return value_at(detail::norm(w.data(), w.size()), lambda(w.size()));
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements) const {
    const double all = lambda(w.size()), end = gamma * all;
    detail::ConcaveGroupProx<1, S, std::decay_t<decltype(elements)>>(
        elements, w.data(), w.size(), t, {{{all, 1 / gamma, end}}},
        value_at(end, all))([&](double s) { return value_at(s, all); });
  }
  /// The root mean square of the gradient of a vector, whose norm is at most strength sqrt(n).
  double slope_bound() const { return strength; }
  void validate() const { detail::check_concave_group(name, strength, gamma, 0); }

  void describe(auto&& f) const { f("strength", strength), f("gamma", gamma); }

  bool operator==(const GroupMcp&) const = default;

 private:
  double lambda(Index n) const { return strength * std::sqrt(static_cast<double>(n)); }
  double value_at(double s, double all) const {
    return s < gamma * all ? s * (all - s / (2 * gamma)) : gamma * all * all / 2;
  }
};

}  // namespace espalier
