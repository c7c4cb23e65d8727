// SPDX-License-Identifier: MIT
// The element policies of a pack, as a projection onto a norm sees them: all of them at once, on one weight
// or a line.
#pragma once

#include <tuple>
#include <utility>

#include "espalier/pack/apply.hpp"
#include "espalier/pack/roles.hpp"

namespace espalier::detail {

/// With or without the penalties.
template <bool with_penalties, class... Ps>
struct Elements {
  using Roles = PackRoles<Ps...>;
  static constexpr bool homogeneous = Roles::homogeneous;
  static constexpr bool none = Roles::element_sets == 0 && (Roles::proximal == 0 || !with_penalties);

  const std::tuple<Ps...>& policies;

  /// The proximal point of the penalties, at step size t.
  template <Scalar S>
  S prox(S y, [[maybe_unused]] S t) const {
    each_penalty([&](const auto& p) { y = p.prox(y, t); });
    return y;
  }
  /// The nearest weight in the sets.
  template <Scalar S>
  S project(S w) const {
    each_set([&](const auto& p) { w = p.project(w); });
    return w;
  }
  /// One after the other, on a line.
  template <Scalar S>
  EIGEN_ALWAYS_INLINE Line<S> line(Line<S> y, [[maybe_unused]] const Line<S>& t) const {
    each_penalty([&](const auto& p) { y = prox_of_line(p, y, t); });
    each_set([&](const auto& p) { y = project_line(p, y); });
    return y;
  }
  /// The value of the penalties.
  template <Scalar S>
  double cost([[maybe_unused]] S w) const {
    double sum = 0;
    each_penalty([&](const auto& p) { sum += static_cast<double>(p.value(w)); });
    return sum;
  }

 private:
  template <class F>
  EIGEN_ALWAYS_INLINE void each(F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
      (f(std::get<k>(policies)), ...);
    }
    (std::index_sequence_for<Ps...>{});
  }
  template <class F>
  EIGEN_ALWAYS_INLINE void each_penalty([[maybe_unused]] F&& f) const {
    each([&]<class P>([[maybe_unused]] const P& p) {
      if constexpr (ProximalPenalty<P> && with_penalties) f(p);
    });
  }
  template <class F>
  EIGEN_ALWAYS_INLINE void each_set([[maybe_unused]] F&& f) const {
    each([&]<class P>([[maybe_unused]] const P& p) {
      if constexpr (ElementSet<P>) f(p);
    });
  }
};

}  // namespace espalier::detail
