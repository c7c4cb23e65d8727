// SPDX-License-Identifier: MIT
// The minimax concave penalty on the norms of vectors: those that pay for themselves are not shrunk.
#pragma once

#include <array>
#include <cmath>
#include <string_view>
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

struct Mcp {
  static constexpr std::string_view name = "GroupMcp";
  static constexpr double usual_gamma = 3, least_gamma = 0;
  static constexpr std::size_t pieces = 1;

  double lambda, gamma;

  std::array<ConcavePart, pieces> parts() const { return {{{lambda, 1 / gamma, gamma * lambda}}}; }
  double value(double s) const {
    return s < gamma * lambda ? s * (lambda - s / (2 * gamma)) : gamma * lambda * lambda / 2;
  }
};

}  // namespace detail

/// strength sum p(norm(w_j)) with a concave p that is flat from gamma lambda on, lambda = strength sqrt(n):
/// GroupMcp and GroupScad. A Curve says what p is.
template <class Curve>
struct ConcaveGroup {
  double strength = 0;
  double gamma = Curve::usual_gamma;

  static constexpr std::string_view name = Curve::name;
  static constexpr bool convex = false;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_concave_group<Q>();
  }

  template <Scalar S>
  double value(ConstRow<S> w) const {
    return curve(w.size()).value(detail::norm(w.data(), w.size()));
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements) const {
    const Curve p = curve(w.size());
    detail::ConcaveGroupProx<Curve::pieces, S, std::decay_t<decltype(elements)>>(
        elements, w.data(), w.size(), t, p.parts(),
        p.value(gamma * p.lambda))([&](double s) { return p.value(s); });
  }
  /// The root mean square of the gradient of a vector, whose norm is at most strength sqrt(n).
  double slope_bound() const { return strength; }
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!(gamma > Curve::least_gamma) || !std::isfinite(static_cast<float>(gamma)))
      detail::fail(name, {"gamma > {} and finite, also as a float", {Curve::least_gamma}}, gamma);
    if (!std::isfinite(static_cast<float>(strength * gamma)))
      detail::fail(name, "strength * gamma that is finite also as a float", strength * gamma);
  }

  void describe(auto&& f) const { f("strength", strength), f("gamma", gamma); }

  bool operator==(const ConcaveGroup&) const = default;

 private:
  Curve curve(Index n) const { return {strength * std::sqrt(static_cast<double>(n)), gamma}; }
};

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
using GroupMcp = ConcaveGroup<detail::Mcp>;

}  // namespace espalier
