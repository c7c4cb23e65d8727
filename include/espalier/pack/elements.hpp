// SPDX-License-Identifier: MIT
// The element policies of a pack, as a projection onto a norm sees them: all of them at once, on one weight
// or a line.
#pragma once

#include <limits>
#include <tuple>
#include <type_traits>
#include <utility>

#include "espalier/core/elements.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/canonical.hpp"
#include "espalier/pack/placed_elements.hpp"
#include "espalier/pack/roles.hpp"

namespace espalier::detail {

/// With or without the penalties.
template <bool with_penalties, class... Ps>
struct Elements {
  using Roles = PackRoles<Ps...>;
  static constexpr bool homogeneous = Roles::homogeneous;
  static constexpr bool none = Roles::element_sets == 0 && (Roles::proximal == 0 || !with_penalties);

  static constexpr bool alike = true;

  std::tuple<const Ps&...> policies;

  const Elements& at(Index) const { return *this; }

  /// The proximal point of the penalties, at step size t.
  template <Scalar S>
  S prox(S y, [[maybe_unused]] S t) const {
    each_penalty([&](const auto& p) { y = p.prox(y, t); });
    return y;
  }
  template <Scalar S>
  ESPALIER_INLINE Line<S> prox(Line<S> y, [[maybe_unused]] const Line<S>& t) const {
    each_penalty([&](const auto& p) { y = prox_of_line(p, y, t); });
    return y;
  }
  /// The nearest weight in the sets.
  template <Scalar S>
  S project(S w) const {
    each_set([&](const auto& p) { w = p.project(w); });
    return w;
  }
  template <Scalar S>
  Interval<S> interval() const {
    return {project(std::numeric_limits<S>::lowest()), project(std::numeric_limits<S>::max())};
  }
  /// One after the other, on a line.
  template <Scalar S>
  ESPALIER_INLINE Line<S> line(Line<S> y, [[maybe_unused]] const Line<S>& t) const {
    y = prox(y, t);
    each_set([&](const auto& p) { y = project_line(p, y); });
    return y;
  }
  template <Scalar S>
  ESPALIER_INLINE Line<S> line_at(Index, const Line<S>& y, const Line<S>& t, Index) const {
    return line(y, t);
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
  ESPALIER_INLINE void each(F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) ESPALIER_INLINE_LAMBDA {
      (f(std::get<k>(policies)), ...);
    }
    (std::index_sequence_for<Ps...>{});
  }
  template <class F>
  ESPALIER_INLINE void each_penalty([[maybe_unused]] F&& f) const {
    each([&]<class P>([[maybe_unused]] const P& p) {
      if constexpr (ProximalPenalty<P> && with_penalties) f(p);
    });
  }
  template <class F>
  ESPALIER_INLINE void each_set([[maybe_unused]] F&& f) const {
    each([&]<class P>([[maybe_unused]] const P& p) {
      if constexpr (ElementSet<P>) f(p);
    });
  }
};

/// f(those of the policies of a pack that look at single weights), in an order that does not depend on how
/// the pack is written: packs that differ in other policies have the same types of them.
template <bool with_penalties, class... Ps, class F>
auto with_elements([[maybe_unused]] const std::tuple<Ps...>& policies, F&& f) {
  constexpr Places<sizeof...(Ps)> kept = kept_places<sizeof...(Ps)>(
      canonical_order<Ps...>,
      {(ElementSet<Ungrouped<Ps>> || (ProximalPenalty<Ungrouped<Ps>> && with_penalties))...});
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    using Kept = std::tuple<const std::tuple_element_t<kept.at[k], std::tuple<Ungrouped<Ps>...>>&...>;
    return f(Kept(ungrouped(std::get<kept.at[k]>(policies))...));
  }
  (std::make_index_sequence<kept.count>{});
}

/// The policies of a pack that look at single weights, whichever these are. `memory` is that of the vector.
template <bool with_penalties, class... Ps, Scalar S>
auto elements_of(const std::tuple<Ps...>& policies, [[maybe_unused]] const PolicyMemory<S>& memory) {
  return with_elements<with_penalties>(policies, [&]<class... Kept>(const std::tuple<const Kept&...>& found) {
    if constexpr ((false || ... || KeepsNumbers<Kept>))
      return PlacedElements<S, Kept...>{found, {memory.of(memory_place<Kept, Ungrouped<Ps>...>)...}};
    else
      return Elements<true, Kept...>{found};
  });
}

}  // namespace espalier::detail
