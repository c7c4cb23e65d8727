// SPDX-License-Identifier: MIT
// What the penalty, the set of vectors and the norm in a pack do to one vector, after or together with the
// policies of single weights.
#pragma once

#include <algorithm>
#include <type_traits>

#include "espalier/core/block.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/kernel/line.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/norm_of_set.hpp"
#include "espalier/pack/norm_projection.hpp"
#include "espalier/pack/set_in_ball.hpp"

namespace espalier::detail {

/// Room to work in: `copies` of a group of a pack, and `room` doubles for each of its weights. The first copy
/// is the step's y, where there are policies of vectors beside those that change it.
template <Scalar S>
struct Scratch {
  S* row;
  double* room;
  Scratch(S* copies, double* numbers = nullptr) : row(copies), room(numbers) {}  // NOLINT: implicit
};

/// Is a vector of which `own` is kept in a set?
template <VectorSet P, Scalar S>
bool has_vector(const P& p, const S* w, Index n, const S* own) {
  return set_of(p, own).contains(ConstRow<S>(w, n));
}

/// w = what the elements make of y.
template <class Elements, Scalar S>
void move_afresh(const Elements& elements, const S* y, S* w, Index n, Steps<S> steps) {
  for (Index i = 0; i < n; i += Line<S>::size) {
    const Line<S> t = steps.each ? load_line(steps.each + i, n - i) : Line<S>(steps.uniform);
    store_line(elements.line_at(i, load_line(y + i, n - i), t, n - i), w + i, n - i);
  }
}

/// The penalty of vectors, of which `scratch` keeps y.
template <class PackType, Scalar S>
void constrain_penalty([[maybe_unused]] const PackType& pack, [[maybe_unused]] S* w, [[maybe_unused]] Index n,
                       [[maybe_unused]] Steps<S> steps, [[maybe_unused]] Scratch<S> scratch,
                       [[maybe_unused]] typename PackType::Counts& active,
                       [[maybe_unused]] std::type_identity_t<PolicyMemory<S>> memory = {}) {
  if constexpr (PackType::vector_penalties > 0)
    pack.each([&](const auto& p, std::size_t k) {
      if constexpr (VectorPenalty<std::decay_t<decltype(p)>>) {
        const auto elements = elements_of<true>(pack.policies(), memory);
        if constexpr (!elements.none) std::copy(scratch.row, scratch.row + n, w);
        prox_vector(p, w, n, steps, elements, scratch.room, scratch.row + n);
        active[k] += !std::equal(w, w + n, scratch.row);
      }
    });
}

/// The ball around a set of vectors, or beside a penalty of them, where w = x(0) is what that alone makes of
/// y.
template <class PackType, Scalar S, class P, class Elements>
void constrain_to_ball(const PackType& pack, const P& set, const Elements& elements, S* w, Index n,
                       Steps<S> steps, Scratch<S> scratch, typename PackType::Counts& active,
                       const PolicyMemory<S>& memory) {
  pack.each([&]<class Q>([[maybe_unused]] const Q& ball, [[maybe_unused]] std::size_t k) {
    if constexpr (NormSet<Q>) {
      const double radius = radius_of(ball, memory.of(PackType::template memory_of<Q>));
      if (norm_holds(w, n, radius, false)) return;
      SetInBall(set, elements, scratch.row, w, n, steps, radius, scratch.room)();
      ++active[k];
    }
  });
}

/// The norm of what a set of vectors has made.
template <class PackType, Scalar S, class P, class Elements>
void constrain_norm_after(const PackType& pack, const P& set, const Elements& elements, S* w, Index n,
                          Steps<S> steps, Scratch<S> scratch, typename PackType::Counts& active,
                          const PolicyMemory<S>& memory) {
  pack.each([&]<class Q>([[maybe_unused]] const Q& norm, [[maybe_unused]] std::size_t k) {
    if constexpr (NormSet<Q>)
      active[k] += constrain_norm_of_set(set, norm, elements, scratch.row, w, n, steps, scratch.room,
                                         memory.of(PackType::template memory_of<Q>));
  });
}

/// Into the domain of a penalty: where no prox comes before, or one with step sizes of 0.
template <bool with_penalties, class PackType, Scalar S>
void constrain_domain([[maybe_unused]] const PackType& pack, [[maybe_unused]] S* w, [[maybe_unused]] Index n,
                      [[maybe_unused]] typename PackType::Counts& active) {
  if constexpr (PackType::domains > 0)
    pack.each([&]<class P>(const P& p, std::size_t k) {
      if constexpr (PenaltyWithDomain<P>) {
        if (p.in_domain(ConstRow<S>(w, n))) return;
        p.to_domain(Row<S>(w, n));
        active[k] += !with_penalties;  // else the prox has been counted
      }
    });
}

/// The set of vectors, if what the elements make of y is not in it, and a ball around it, or its norm.
template <bool with_penalties, class PackType, Scalar S>
void constrain_vector([[maybe_unused]] const PackType& pack, [[maybe_unused]] S* w, [[maybe_unused]] Index n,
                      [[maybe_unused]] Steps<S> steps, [[maybe_unused]] Scratch<S> scratch,
                      [[maybe_unused]] typename PackType::Counts& active,
                      [[maybe_unused]] std::type_identity_t<PolicyMemory<S>> memory = {}) {
  constrain_domain<with_penalties>(pack, w, n, active);
  if constexpr (PackType::vector_sets > 0)
    pack.each([&]<class P>(const P& policy, std::size_t k) {
      if constexpr (VectorSet<P>) {
        const auto& p = set_of(policy, memory.of(PackType::template memory_of<P>));
        const auto elements = elements_of<with_penalties>(pack.policies(), memory);
        if constexpr ((PackType::set_in_ball || PackType::norm_of_set) && elements.none)
          std::copy(w, w + n, scratch.row);
        if (!p.contains(ConstRow<S>(w, n))) {
          if constexpr (!elements.none) std::copy(scratch.row, scratch.row + n, w);
          project_vector(p, w, n, steps, elements, scratch.room);
          ++active[k];
        }
        if constexpr (PackType::set_in_ball)
          constrain_to_ball(pack, p, elements, w, n, steps, scratch, active, memory);
        if constexpr (PackType::norm_of_set)
          constrain_norm_after(pack, p, elements, w, n, steps, scratch, active, memory);
      }
    });
}

/// The ball beside a convex penalty of vectors, whose proximal point w is.
template <class PackType, Scalar S>
void constrain_penalty_to_ball(const PackType& pack, S* w, Index n, Steps<S> steps, Scratch<S> scratch,
                               typename PackType::Counts& active,
                               std::type_identity_t<PolicyMemory<S>> memory = {}) {
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (VectorPenalty<P>) {
      const auto elements = elements_of<true>(pack.policies(), memory);
      constrain_to_ball(pack, p, elements, w, n, steps, scratch, active, memory);
    }
  });
}

/// What is left to do for a norm when `w` holds what the other policies make of the step's `y`, in the same
/// metric. Without such policies `y` is room for a group. `squares` are those of what policies of elements
/// made.
template <bool with_penalties, class PackType, Scalar S>
void constrain_norm([[maybe_unused]] const PackType& pack, [[maybe_unused]] S* y, [[maybe_unused]] S* w,
                    [[maybe_unused]] Index n, [[maybe_unused]] Steps<S> steps, [[maybe_unused]] S squares,
                    [[maybe_unused]] typename PackType::Counts& active,
                    [[maybe_unused]] const PolicyMemory<S>& memory) {
  if constexpr (PackType::norm_sets > 0)
    pack.each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (NormSet<P> && !PackType::set_in_ball && !PackType::norm_of_set &&
                    !(with_penalties && PackType::penalty_in_ball)) {
        const auto elements = elements_of<with_penalties>(pack.policies(), memory);
        const double radius = radius_of(p, memory.of(PackType::template memory_of<P>)),
                     least = p.norm_bound().least;
        if constexpr (!P::sphere && !is_shell<P> && PackType::vector_penalties == 0)
          if (surely_below(squares, n, radius)) return;
        [[maybe_unused]] const bool below = is_shell<P> && least > 0 && compare_norm(w, n, least) < 0;
        if constexpr (with_penalties && PackType::vector_penalties > 0) {
          // The penalty of a norm and the bound on it shrink y alike: beyond the bound, that is all there is.
          if (!P::sphere && !below && norm_holds(w, n, radius, false)) return;
          move_afresh(elements, y, w, n, steps);
        }
        if constexpr (is_shell<P>)
          if (below) {
            ++active[k];
            return NormProjection(elements, y, w, n, steps, least).onto_at_least();
          }
        active[k] += NormProjection(elements, y, w, n, steps, radius).template onto<P::sphere>();
      }
    });
}

/// Policies of vectors may be somebody's own.
template <class PackType, Scalar S>
bool vectors_finite([[maybe_unused]] const S* w, [[maybe_unused]] Index n) {
  if constexpr (PackType::vector_sets + PackType::vector_penalties > 0)
    return (ConstArrayMap<S>(w, n) * S(0)).sum() == 0;
  return true;
}

}  // namespace espalier::detail
