// SPDX-License-Identifier: MIT
// A pack of policies: the sum of its penalties over the intersection of its sets, compiled to an exact
// algorithm or refused.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/canonical.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/line_pack.hpp"
#include "espalier/pack/norm_projection.hpp"

namespace espalier {

/// The order in which the policies are written does not matter.
template <class... Ps>
class Pack : public detail::PackRoles<Ps...> {
  using Roles = detail::PackRoles<Ps...>;

 public:
  using Roles::size, Roles::has_set, Roles::norm_sets, Roles::row_sets, Roles::on_sphere, Roles::element_sets,
      Roles::proximal;

  static constexpr bool bounds_slope =
      (false || ... || (ProximalPenalty<Ps> && requires(const Ps& p) { p.slope_bound(); }));

  /// How often each policy acted on a weight.
  using Counts = std::array<Index, size>;

  Pack() = default;
  explicit Pack(const Ps&... policies) requires(sizeof...(Ps) > 0) : policies_(policies...) {}

  const std::tuple<Ps...>& policies() const { return policies_; }

  /// Throws ValueError, naming `where`, for a value that makes no sense or sets that do not meet on rows of
  /// `n` weights.
  void validate(std::string_view where, Index n) const {
    each([&](const auto& p, std::size_t) {
      try {
        if constexpr (requires { p.validate(); }) p.validate();
      } catch (const ValueError& error) {
        throw ValueError(detail::format_message("{}: {}", {where, error.what()}));
      }
    });
    if constexpr (has_set)
      if (!have_common_point<float>(n) || !have_common_point<double>(n)) fail_to_intersect(where);
  }

  /// The sum of the penalties of `n` weights; with `smooth_only`, of those that have a gradient. The same
  /// bits whatever the order of the policies, as all sums here.
  template <bool smooth_only = false, Scalar S>
  double penalty(const S* w, Index n) const {
    double sum = 0;
    each([&](const auto& p, std::size_t) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (SmoothPenalty<P> || (ProximalPenalty<P> && !smooth_only)) {
        double own = 0;
        for (Index i = 0; i < n; ++i) own += static_cast<double>(p.value(w[i]));
        sum += own;
      }
    });
    return sum;
  }

  /// g += the gradient of the smooth penalties.
  template <Scalar S>
  void add_gradient(const S* w, S* g, Index n) const {
    each([&](const auto& p, std::size_t) {
      if constexpr (SmoothPenalty<std::decay_t<decltype(p)>>)
        for (Index i = 0; i < n; ++i) g[i] += p.gradient(w[i]);
    });
  }

  /// What does to lines of weights what the policies do to single ones.
  template <Scalar S>
  using Lines = detail::LinePack<S, Ps...>;
  template <Scalar S>
  Lines<S> on_lines() const {
    return Lines<S>(policies_);
  }

  /// The factor of decoupled decay at learning rate `rate`, `base` before the schedule.
  double shrink(double rate, double base) const {
    double factor = 1;
    each([&](const auto& p, std::size_t) {
      if constexpr (Decay<std::decay_t<decltype(p)>>) factor *= p.shrink(rate, base);
    });
    return factor;
  }

  /// What a rule's kernel is told of the penalty that follows its step: the bound of its slope, or NoPenalty.
  template <Scalar S>
  auto slope_bound() const {
    if constexpr (bounds_slope) {
      double bound = 0;
      each([&](const auto& p, std::size_t) {
        if constexpr (requires { p.slope_bound(); }) bound = p.slope_bound();
      });
      return static_cast<S>(bound);
    } else {
      return NoPenalty{};
    }
  }

  template <Scalar S>
  bool contains(const S* w, Index n) const {
    bool inside = true;
    each([&](const auto& p, std::size_t) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (ElementSet<P>)
        for (Index i = 0; i < n; ++i) inside = inside && p.contains(w[i]);
      if constexpr (NormSet<P>) inside = inside && detail::norm_holds(w, n, p.norm_bound().radius, P::sphere);
      if constexpr (RowSet<P>) inside = inside && p.contains(ConstRow<S>(w, n));
    });
    return inside;
  }

  /// The nearest feasible row in the Euclidean norm; a feasible row is not touched. `scratch` has room for
  /// the row.
  template <Scalar S>
  void project(S* w, Index n, S* scratch) const {
    Counts ignored{};
    if (has_set && !contains(w, n)) constrain<false>(w, n, {nullptr, S(1)}, S(1), scratch, ignored);
  }

  /// Is a row whose squares have about this sum in the pack's ball, if it has one, whatever the roundings?
  template <Scalar S>
  bool surely_holds(S squares, Index n) const {
    if constexpr (norm_sets == 0 || on_sphere) return false;
    const double lost = static_cast<double>(n + 64) * static_cast<double>(std::numeric_limits<S>::min());
    const double rounding = 1 + static_cast<double>(n + 64) * 2 * detail::roundoff<S>,
                 radius = bound().radius;
    return (static_cast<double>(squares) + lost) * rounding < radius * radius;
  }

  /// The step sizes in whose metric sets of rows are projected onto: those of the step, or `rate` for all
  /// where the Euclidean metric is asked for, or a policy of one's own knows no other.
  template <Scalar S>
  detail::Steps<S> metric(detail::Steps<S> steps, S rate) const {
    bool euclidean = false;
    each([&](const auto& p, std::size_t) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (RowSet<P>) euclidean = !requires(Row<S> row, ConstRow<S> t) {
          p.project(row, t);
        };
      if constexpr (NormSet<P>) euclidean = p.norm_bound().metric == Metric::euclidean;
    });
    if (euclidean) steps = {nullptr, rate};
    return steps;
  }

  /// After a step: the proximal point of the penalties over the sets, in the metric of the step sizes
  /// `steps`; `rate` is the learning rate. A set that is to be met in the Euclidean metric is so after the
  /// penalties, whose metric is always the step's. Counts the weights or rows moved.
  template <bool with_penalties = true, Scalar S>
  void constrain(S* w, Index n, detail::Steps<S> steps, S rate, S* scratch, Counts& active) const {
    if constexpr (with_penalties)
      if (rate == 0)
        return contains(w, n) ? void() : constrain<false>(w, n, {nullptr, S(1)}, S(1), scratch, active);
    const detail::Steps<S> set_steps = metric(steps, rate);
    const bool together = set_steps.each == steps.each;
    if (norm_sets > 0 && together && !detail::Elements<with_penalties, Ps...>::none)
      std::copy(w, w + n, scratch);
    if constexpr (with_penalties && proximal > 0) move_elements<true, false>(w, n, steps, active);
    if (norm_sets > 0 && element_sets > 0 && !together) std::copy(w, w + n, scratch);
    if constexpr (element_sets > 0) move_elements<false, true>(w, n, steps, active);
    each([&](const auto& p, std::size_t k) {
      if constexpr (RowSet<std::decay_t<decltype(p)>>) active[k] += detail::project_row(p, w, n, set_steps);
    });
    if (together)
      constrain_norm<with_penalties>(scratch, w, n, set_steps, active);
    else
      constrain_norm<false>(scratch, w, n, set_steps, active);
  }

  /// x = what the policies on single weights make of y, in the metric of the step; nothing is counted.
  template <Scalar S>
  void constrain_elements(const S* y, S* x, Index n, detail::Steps<S> steps) const {
    const detail::Elements<true, Ps...> elements{policies_};
    for (Index i = 0; i < n; i += Line<S>::size)
      detail::store_line(
          elements.line(detail::load_line(y + i, n - i), detail::load_line(steps.each + i, n - i)), x + i,
          n - i);
  }

  /// What is left to do when `w` holds what the element policies make of the step's `y`, in the same metric.
  /// Without such policies `y` is room for a row.
  template <bool with_penalties = true, Scalar S>
  void constrain_norm(S* y, S* w, Index n, detail::Steps<S> steps, Counts& active) const {
    const detail::Elements<with_penalties, Ps...> elements{policies_};
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (NormSet<P>)
        active[k] += detail::NormProjection(elements, y, w, n, steps, p.norm_bound().radius)
                         .template onto<P::sphere>();
    });
  }

  /// Writes down what a step did to `rows` x `cols` weights. Decay by a factor `shrink` other than 1 and
  /// reparametrizations act on all of them.
  void record(std::span<Activity> activity, const Counts& active, Index rows, Index cols,
              double shrink) const {
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (Decay<P>)
        activity[k].record(shrink == 1 ? 0 : rows, rows);
      else if constexpr (Reparametrization<P>)
        activity[k].record(rows, rows);
      else
        activity[k].record(active[k], NormSet<P> || RowSet<P> ? rows : rows * cols);
    });
  }

  bool operator==(const Pack&) const = default;

 private:
  /// f(policy, its place in the pack) for each policy, in an order that does not depend on how the pack is
  /// written.
  template <class F>
  void each([[maybe_unused]] F&& f) const {
    constexpr auto order = detail::canonical_order<Ps...>;
    [&]<std::size_t... k>(std::index_sequence<k...>) { (f(std::get<order[k]>(policies_), order[k]), ...); }
    (std::index_sequence_for<Ps...>{});
  }

  /// The penalties or the sets that look at single weights, line by line.
  template <bool penalties, bool sets, Scalar S>
  void move_elements(S* w, Index n, detail::Steps<S> steps, Counts& active) const {
    const Lines<S> lines = on_lines<S>();
    typename Lines<S>::Counts counts{};
    for (Index i = 0; i < n; i += Line<S>::size) {
      const Index left = n - i;
      const Line<S> t = steps.each ? detail::load_line(steps.each + i, left) : Line<S>(steps.uniform);
      Line<S> x = detail::load_line(w + i, left);
      typename Lines<S>::Counts own{};
      lines.template constrain<penalties, sets>(x, t, own);
      for (std::size_t k = 0; k < size; ++k) counts[k].add(own[k], left);
      detail::store_line(x, w + i, left);
    }
    for (std::size_t k = 0; k < size; ++k) active[k] += counts[k].sum();
  }

  [[noreturn]] void fail_to_intersect(std::string_view where) const {
    std::string sets;
    (..., (Set<Ps> ? void((sets += sets.empty() ? "" : ", ") += policy_name<Ps>()) : void()));
    if (element_sets + norm_sets + row_sets == 1)
      detail::fail(where, "a point of " + sets + " from its project()", "one that its contains() denies");
    detail::fail(where, "constraint sets that have a point in common", "an empty intersection of " + sets);
  }

  /// Have the sets a point in common? Of intervals and a ball around zero the nearest row to zero decides, of
  /// cones and a sphere any direction.
  template <Scalar S>
  bool have_common_point(Index n) const {
    if constexpr (row_sets > 0) return true;
    const detail::Elements<true, Ps...> elements{policies_};
    const std::vector<S> nearest(static_cast<std::size_t>(n), elements.project(S(0)));
    if constexpr (!on_sphere) return contains(nearest.data(), n);
    return n > 0 && (elements.project(S(1)) == 1 || elements.project(S(-1)) == -1);
  }

  NormBound bound() const {
    NormBound found{};
    each([&](const auto& p, std::size_t) {
      if constexpr (NormSet<std::decay_t<decltype(p)>>) found = p.norm_bound();
    });
    return found;
  }

  std::tuple<Ps...> policies_;
};

}  // namespace espalier
