// SPDX-License-Identifier: MIT
// A pack of policies: the sum of its penalties over the intersection of its sets, compiled to an exact
// algorithm or refused.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/canonical.hpp"
#include "espalier/pack/common_point.hpp"
#include "espalier/pack/distance.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/grain.hpp"
#include "espalier/pack/line_loop.hpp"
#include "espalier/pack/line_pack.hpp"
#include "espalier/pack/pace.hpp"
#include "espalier/pack/penalty.hpp"
#include "espalier/pack/roles.hpp"
#include "espalier/pack/validate_pack.hpp"
#include "espalier/pack/vector_policies.hpp"

namespace espalier {

/// The order in which the policies are written does not matter.
template <class... Ps>
class Pack : public detail::PackRoles<detail::Ungrouped<Ps>...>, private detail::PackGrain<Ps...> {
  using Roles = detail::PackRoles<detail::Ungrouped<Ps>...>;
  using Grouped = detail::PackGrain<Ps...>;
  static_assert(detail::PackPace<Ps...>::legal);

 public:
  using Grouped::grain, Grouped::block, Grouped::group_size, Grouped::group_count, Grouped::in_vectors;
  using Roles::size, Roles::has_set, Roles::norm_sets, Roles::vector_sets, Roles::vector_penalties,
      Roles::set_in_ball, Roles::penalty_in_ball, Roles::matrix_sets, Roles::matrix_penalties,
      Roles::on_sphere, Roles::on_shell, Roles::element_sets, Roles::proximal, Roles::only_norm,
      Roles::has_prox, Roles::room, Roles::memories, Roles::keeping, Roles::starting, Roles::domains;

  /// Names of the policies, in the order in which they are written.
  static constexpr std::array<std::string_view, size> names{detail::written_name<Ps>()...};
  /// Has a policy a number that follows a schedule?
  static constexpr bool on_schedule = (false || ... || detail::on_schedule<Ps>);
  /// Does a policy look at its vectors after each step?
  static constexpr bool watches = (false || ... || WatchesSteps<detail::Ungrouped<Ps>>);
  /// Vectors of a group's length for which `constrain` needs room.
  static constexpr Index copies = Roles::by_vector ? 1 + int{vector_penalties > 0} : matrix_penalties;

  /// How often each policy acted on a weight.
  using Counts = std::array<Index, size>;

  Pack() = default;
  explicit Pack(const Ps&... policies) requires(sizeof...(Ps) > 0) : policies_(policies...) {}

  const std::tuple<Ps...>& policies() const { return policies_; }
  /// f(policy) for each of them.
  template <class F>
  void for_each_policy([[maybe_unused]] F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) { (f(std::get<k>(policies_)), ...); }
    (std::index_sequence_for<Ps...>{});
  }

  /// f(policy, its place in the pack) for each policy, in an order that does not depend on how the pack is
  /// written.
  template <class F>
  void each([[maybe_unused]] F&& f) const {
    constexpr auto order = detail::canonical_order<Ps...>;
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      (f(detail::ungrouped(std::get<order[k]>(policies_)), order[k]), ...);
    }
    (std::index_sequence_for<Ps...>{});
  }

  /// The place in a PolicyMemory of the numbers that a policy keeps.
  template <class P>
  static constexpr Index memory_of = detail::memory_place<P, detail::Ungrouped<Ps>...>;

  /// Throws, naming `where`, for a policy that does not fit a weight of rows x cols numbers, or for what the
  /// other one refuses.
  void validate(std::string_view where, Index rows, Index cols) const {
    validate(where, Grouped::checked_group_size(where, rows, cols));
    each([&](const auto& p, std::size_t) {
      if constexpr (requires { p.validate(where, rows, cols); }) p.validate(where, rows, cols);
    });
  }
  /// Throws ValueError, naming `where`, for a value that makes no sense or sets that do not meet on groups of
  /// `n` weights. (Of sets that know the places of weights only AnyPack can say that.)
  void validate(std::string_view where, Index n) const { detail::validate_pack(*this, where, n); }

  // Below, `memory` is what the policies keep of the weights at hand.
  template <class S>
  using Memory = std::type_identity_t<PolicyMemory<S>>;

  /// The sum of the penalties of `n` single weights; with `smooth_only`, of those that have a gradient. The
  /// same bits whatever the order of the policies, as all sums here.
  template <bool smooth_only = false, Scalar S>
  double penalty(const S* w, Index n, Memory<S> memory = {}) const {
    double sum = 0;
    if constexpr (Roles::smooth || (proximal > 0 && !smooth_only))
      each([&]<class P>(const P& p, std::size_t) {
        sum += detail::penalty_of<smooth_only>(p, w, n, memory.of(memory_of<P>));
      });
    return sum;
  }
  /// The sum of the penalties of a group.
  template <Scalar S>
  double vector_penalty(const S* w, Index n) const {
    double sum = 0;
    each([&](const auto& p, std::size_t) { sum += detail::vector_penalty_of(p, w, n); });
    return sum;
  }

  /// g += the gradient of the smooth penalties. Counts the weights where it is not 0. Returns whether the
  /// sums are finite and so small that their squares are.
  template <Scalar S>
  bool add_gradient(const S* w, S* g, Index n, Index* active, Memory<S> memory = {}) const {
    return detail::add_gradient(on_lines<S>(), w, g, n, active, memory);
  }

  /// The policies of single weights, vectorized: they are applied to whole cache lines.
  template <Scalar S>
  using Lines = detail::LinePack<S, Ps...>;
  template <Scalar S>
  Lines<S> on_lines() const {
    return Lines<S>(policies_);
  }

  /// The factor of decoupled decay at learning rate `rate`, `base` before the schedule.
  double shrink(double rate, double base) const {
    double factor = 1;
    if constexpr (Roles::decays)
      each([&]<class P>(const P& p, std::size_t) {
        if constexpr (Decay<P>) factor *= p.shrink(rate, base);
      });
    return factor;
  }

  /// Does decay wait for the step, and spare weights that this makes larger?
  bool cautious() const {
    bool any = false;
    if constexpr (Roles::decays)
      each([&]<class P>(const P& p, std::size_t) {
        if constexpr (requires { p.cautious; } && Decay<P>) any = any || p.cautious;
      });
    return any;
  }

  /// The largest slope along one weight of the penalties whose prox follows the step, as far as their
  /// policies say.
  double slope_bound() const {
    double bound = 0;
    if constexpr (Roles::has_prox)
      each([&]<class P>(const P& p, std::size_t) {
        constexpr bool follows = ProximalPenalty<P> || VectorPenalty<P> || MatrixPenalty<P>;
        if constexpr (requires { p.slope_bound(); } && follows) bound += p.slope_bound();
      });
    return bound;
  }

  template <Scalar S>
  bool contains(const S* w, Index n, Memory<S> memory = {}) const {
    bool inside = true;
    each([&]<class P>(const P& p, std::size_t) {
      if constexpr (ElementSet<P>)
        detail::each_weight<P>(n, memory.of(memory_of<P>),
                               [&](Index i, auto... own) { inside = inside && p.contains(w[i], own...); });
      if constexpr (NormSet<P>) inside = inside && detail::has_norm(p, w, n, memory.of(memory_of<P>));
      if constexpr (VectorSet<P>) inside = inside && detail::has_vector(p, w, n, memory.of(memory_of<P>));
      if constexpr (PenaltyWithDomain<P>) inside = inside && p.in_domain(ConstRow<S>(w, n));
    });
    return inside;
  }

  /// The nearest feasible group in the Euclidean norm; a feasible one is not touched.
  template <Scalar S>
  void project(S* w, Index n, std::type_identity_t<detail::Scratch<S>> scratch, Memory<S> memory = {}) const {
    if (Counts ignored{}; has_set && !contains(w, n, memory))
      constrain<false>(w, n, {nullptr, S(1)}, S(1), scratch, ignored, memory);
  }

  /// How far a group is from the set of the k-th policy; 0 exactly in it, infinity where it is not finite.
  template <Scalar S>
  double violation(std::size_t k, const S* group, Index n, Memory<S> memory = {}) const {
    double distance = 0;
    each([&]<class P>(const P& p, std::size_t index) {
      if (index == k) distance = detail::distance_to_set(p, group, n, memory.of(memory_of<P>));
    });
    return distance;
  }

  /// The step sizes in whose metric sets of vectors are projected onto: those of the step, or `rate` for all
  /// where the Euclidean metric is asked for, or a policy of one's own knows no other.
  template <Scalar S>
  Steps<S> metric(Steps<S> steps, S rate) const {
    bool euclidean = false;
    if constexpr (norm_sets + vector_sets + matrix_sets > 0)
      each([&]<class P>(const P& p, std::size_t) {
        if constexpr (VectorSet<P>) euclidean = euclidean || detail::only_euclidean(p);
        if constexpr (NormSet<P>) euclidean = euclidean || p.norm_bound().metric == Metric::euclidean;
        if constexpr (MatrixSet<P>) euclidean = euclidean || detail::only_euclidean_matrix(p);
      });
    if (euclidean) steps = {nullptr, rate};
    return steps;
  }

  /// After a step: the proximal point of the penalties over the sets, in the metric of the step sizes
  /// `steps`; `rate` is the learning rate. A set of vectors that is to be met in the Euclidean metric is so
  /// after the penalties, whose metric is always the step's. Counts the weights or groups moved. Returns
  /// whether the weights are finite: a policy of one's own may err.
  template <bool with_penalties = true, Scalar S>
  bool constrain(S* w, Index n, Steps<S> steps, S rate, std::type_identity_t<detail::Scratch<S>> scratch,
                 Counts& active, Memory<S> memory = {}) const {
    if constexpr (with_penalties)
      if (rate == 0)
        return contains(w, n, memory) ||
               constrain<false>(w, n, {nullptr, S(1)}, S(1), scratch, active, memory);
    const Steps<S> set_steps = metric(steps, rate);
    const bool together = !Roles::by_vector || set_steps.each == steps.each;
    constexpr bool penalties = with_penalties && proximal > 0, sets = element_sets > 0;
    detail::ConstrainedLines<S> moved;
    bool finite = true;
    if (together) {
      if constexpr (penalties || sets)
        moved = move_elements<penalties, sets>(w, n, steps, scratch.row, active, memory);
      else if constexpr (vector_penalties > 0)
        std::copy(w, w + n, scratch.row);
      if constexpr (with_penalties) detail::constrain_penalty(*this, w, n, steps, scratch, active, memory);
      if constexpr (with_penalties && Roles::penalty_in_ball)
        detail::constrain_penalty_to_ball(*this, w, n, steps, scratch, active, memory);
      detail::constrain_vector<with_penalties>(*this, w, n, set_steps, scratch, active, memory);
      detail::constrain_norm<with_penalties>(*this, scratch.row, w, n, set_steps, moved.squares, active,
                                             memory);
    } else if constexpr (Roles::by_vector) {
      if constexpr (penalties)
        moved = move_elements<true, false>(w, n, steps, scratch.row, active, memory);
      else if constexpr (vector_penalties > 0)
        std::copy(w, w + n, scratch.row);
      finite = moved.finite;
      if constexpr (with_penalties) detail::constrain_penalty(*this, w, n, steps, scratch, active, memory);
      if constexpr (sets) moved = move_elements<false, true>(w, n, set_steps, scratch.row, active, memory);
      detail::constrain_vector<false>(*this, w, n, set_steps, scratch, active, memory);
      detail::constrain_norm<false>(*this, scratch.row, w, n, set_steps, moved.squares, active, memory);
    }
    return finite && moved.finite && detail::vectors_finite<Pack>(w, n);
  }

  /// The radius of the ball in which a group is left as it is by all policies that follow the step, or made
  /// shorter by those on elements; 0 if there is none.
  double ball_radius() const {
    double radius = 0;
    if constexpr (norm_sets == 1 && !on_sphere && !on_shell && Roles::homogeneous &&
                  Roles::vector_sets + Roles::vector_penalties == 0)
      each([&]<class P>(const P& p, std::size_t) {  // where it is the same for all groups
        if constexpr (NormSet<P> && !StartingBound<P>) radius = p.norm_bound().radius;
      });
    return radius;
  }

  /// Writes down what a step did to `rows` x `cols` weights. Decay by a factor `shrink` other than 1 and
  /// reparametrizations act on all of them.
  void record(std::span<Activity> activity, const Index* active, Index rows, Index cols,
              double shrink) const {
    const Index groups = group_count(rows, cols);
    each([&]<class P>(const P&, std::size_t k) {
      if constexpr (Decay<P>)
        activity[k].record(shrink == 1 ? 0 : rows, rows);
      else if constexpr (Reparametrization<P>)
        activity[k].record(rows, rows);
      else if constexpr (SmoothMatrixPenalty<P>)
        activity[k].record(active[k], 1);
      else
        activity[k].record(active[k], NormSet<P> || VectorSet<P> || VectorPenalty<P> || MatrixPolicy<P>
                                          ? groups
                                          : rows * cols);
    });
  }

  bool operator==(const Pack&) const requires(true && ... && std::equality_comparable<Ps>) = default;

 private:
  /// The penalties or the sets that look at single weights, line by line. Where others look at vectors, `y`
  /// takes a copy of what was there.
  template <bool penalties, bool sets, Scalar S>
  detail::ConstrainedLines<S> move_elements(S* w, Index n, Steps<S> steps, S* y, Counts& active,
                                            Memory<S> memory) const {
    return detail::constrain_lines<penalties, sets, Roles::by_vector>(on_lines<S>(), w, n, steps,
                                                                      active.data(), y, memory);
  }

  std::tuple<Ps...> policies_;
};

}  // namespace espalier
