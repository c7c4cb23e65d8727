// SPDX-License-Identifier: MIT
// The policies of a pack that look at single weights, ready for many lines of them.
#pragma once

#include <array>
#include <tuple>
#include <type_traits>
#include <utility>

#include "espalier/pack/apply.hpp"
#include "espalier/pack/canonical.hpp"

namespace espalier::detail {

/// What acts on lines for a policy: what its on_lines() makes of it, or itself. A copy, where that is cheap:
/// whatever is written to memory, its numbers stay as they are, and stay in registers.
template <Scalar S, class P>
decltype(auto) on_lines(const P& p) {
  if constexpr (requires { p.template on_lines<S>(); })
    return p.template on_lines<S>();
  else if constexpr (std::is_trivially_copyable_v<P>)
    return P(p);
  else
    return (p);
}

/// Does a policy say that weights which are finite stay so?
template <class P>
concept KeepsFinite = P::keeps_finite;

template <Scalar S, class... Ps>
class LinePack {
 public:
  /// How often each policy acted on each place of a line.
  using Counts = std::array<DifferenceCount<S>, sizeof...(Ps)>;

  explicit LinePack(const std::tuple<Ps...>& policies)
      : LinePack(policies, std::index_sequence_for<Ps...>{}) {}

  /// May one of the policies make a number that is not finite of one that is?
  static constexpr bool may_err = !(true && ... && KeepsFinite<Ungrouped<Ps>>);
  static constexpr bool has_sets = (false || ... || ElementSet<Ungrouped<Ps>>);
  /// How many of the policies keep numbers.
  static constexpr Index memories = (Index{0} + ... + Index{KeepsNumbers<Ungrouped<Ps>>});

  /// g += the gradient of the smooth penalties. `memory` is that of the line.
  ESPALIER_INLINE void add_gradient(const Line<S>& w, Line<S>& g, Counts& active,
                                    const PolicyMemory<S>& memory = {}) const {
    each(
        [&]<class P>(const auto& p, DifferenceCount<S>& count, const auto&... own) ESPALIER_INLINE_LAMBDA {
          if constexpr (SmoothPenalty<P>) {
            const Line<S> slope = gradient_of_line(p, w, own...);
            g += slope;
            count.add(slope, S(0));
          }
        },
        active, memory);
  }

  /// The proximal point of the penalties over the sets of elements, at step sizes `t`; or only one of the
  /// two. A penalty that is not convex comes last, and looks at the sets itself.
  template <bool penalties = true, bool sets = true>
  ESPALIER_INLINE void constrain(Line<S>& w, const Line<S>& t, Counts& active,
                                 const PolicyMemory<S>& memory = {}) const {
    const auto move_to = [&](const Line<S>& x, DifferenceCount<S>& count) ESPALIER_INLINE_LAMBDA {
      count.add(x, w);
      w = x;
    };
    each(
        [&]<class P>(const auto& p, DifferenceCount<S>& count, const auto&... own) ESPALIER_INLINE_LAMBDA {
          if constexpr (ProximalPenalty<P> && is_convex<P> && penalties)
            move_to(prox_of_line(p, w, t, own...), count);
        },
        active, memory);
    [[maybe_unused]] const Line<S> y = w;
    each(
        [&]<class P>(const auto& p, DifferenceCount<S>& count, const auto&... own) ESPALIER_INLINE_LAMBDA {
          if constexpr (ElementSet<P> && sets) move_to(project_line(p, w, own...), count);
        },
        active, memory);
    if constexpr (penalties && (false || ... || !is_convex<Ungrouped<Ps>>))
      each(
          [&]<class P>(const auto& p, DifferenceCount<S>& count, const auto&... own) ESPALIER_INLINE_LAMBDA {
            if constexpr (ProximalPenalty<P> && !is_convex<P>) {
              if constexpr (sets && has_sets)
                move_to(p.prox(y, t, Sets{*this, memory}, own...), count);
              else
                move_to(prox_of_line(p, y, t, own...), count);
            }
          },
          active, memory);
  }

  /// The sets beside a penalty that is not convex, on one line.
  struct Sets {
    const LinePack& pack;
    const PolicyMemory<S>& memory;

    /// The nearest weights in them.
    ESPALIER_INLINE Line<S> project(Line<S> w) const {
      Counts ignored{};
      pack.each(
          [&]<class P>(const auto& p, DifferenceCount<S>&, const auto&... own) ESPALIER_INLINE_LAMBDA {
            if constexpr (ElementSet<P>) w = project_line(p, w, own...);
          },
          ignored, memory);
      return w;
    }
  };

 private:
  using Policies = std::tuple<decltype(on_lines<S>(std::declval<const Ungrouped<Ps>&>()))...>;

  template <std::size_t... k>
  LinePack([[maybe_unused]] const std::tuple<Ps...>& policies, std::index_sequence<k...>)
      : policies_(on_lines<S>(ungrouped(std::get<k>(policies)))...) {}

  /// f<P>(what acts for it, its count, the line of numbers that it keeps, if any) for each policy P, in an
  /// order that does not depend on how the pack is written.
  template <class F>
  ESPALIER_INLINE void each([[maybe_unused]] F&& f, [[maybe_unused]] Counts& active,
                            [[maybe_unused]] const PolicyMemory<S>& memory) const {
    constexpr auto order = canonical_order<Ps...>;
    [&]<std::size_t... k>(std::index_sequence<k...>) ESPALIER_INLINE_LAMBDA {
      (one<std::tuple_element_t<order[k], std::tuple<Ungrouped<Ps>...>>>(f, std::get<order[k]>(policies_),
                                                                         active[order[k]], memory),
       ...);
    }
    (std::index_sequence_for<Ps...>{});
  }
  template <class P, class F>
  static ESPALIER_INLINE void one(F& f, const auto& acting, DifferenceCount<S>& count,
                                  [[maybe_unused]] const PolicyMemory<S>& memory) {
    if constexpr (KeepsNumbers<P>)
      f.template operator()<P>(acting, count, Line<S>::load(memory.of(memory_place<P, Ungrouped<Ps>...>)));
    else
      f.template operator()<P>(acting, count);
  }

  Policies policies_;
};

}  // namespace espalier::detail
