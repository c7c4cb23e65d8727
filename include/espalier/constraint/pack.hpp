// SPDX-License-Identifier: MIT
// A pack of policies: the sum of its penalties over the intersection of its sets, compiled to an exact
// algorithm or refused.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

#include "espalier/constraint/norm_projection.hpp"
#include "espalier/constraint/roles.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

namespace detail {

/// How often a policy of a pack acted on a weight.
template <std::size_t N>
using ActiveCounts = std::array<Index, N>;

}  // namespace detail

/// The order in which the policies are written does not matter.
template <class... Ps>
class Pack : public detail::PackRoles<Ps...> {
  using Roles = detail::PackRoles<Ps...>;

 public:
  using Roles::size, Roles::has_set, Roles::norm_sets, Roles::row_sets, Roles::on_sphere, Roles::element_sets,
      Roles::proximal;

  using Counts = detail::ActiveCounts<size>;

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
        throw ValueError(fmt::format("{}: {}", where, error.what()));
      }
    });
    if (!meet<float>(n) || !meet<double>(n))
      detail::fail(where, "constraint sets that have a point in common", "an empty intersection");
  }

  /// The sum of the penalties of `n` weights; with `smooth_only`, of those that have a gradient.
  template <bool smooth_only = false, Scalar S>
  double penalty(const S* w, Index n) const {
    double sum = 0;
    each([&](const auto& p, std::size_t) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (SmoothPenalty<P> || (ProximalPenalty<P> && !smooth_only)) {
        double own = 0;  // apart from the others, so that their order does not matter
        for (Index i = 0; i < n; ++i) own += static_cast<double>(p.value(w[i]));
        sum += own;
      }
    });
    return sum;
  }

  /// How often each policy acted on each place of a line: counted where the compiler can count many at once.
  template <Scalar S>
  using LineCounts = std::array<Line<S>, size>;

  /// g += the gradient of the smooth penalties.
  template <Scalar S>
  void add_gradient(const S* w, S* g, Index n) const {
    each([&](const auto& p, std::size_t) {
      if constexpr (SmoothPenalty<std::decay_t<decltype(p)>>)
        for (Index i = 0; i < n; ++i) g[i] += p.gradient(w[i]);
    });
  }

  /// The same on the first n of a line, unless they are only to be counted.
  template <bool add, Scalar S>
  void add_gradient(const Line<S>& w, Line<S>& g, Index n, LineCounts<S>& active) const {
    each([&](const auto& p, std::size_t k) {
      if constexpr (SmoothPenalty<std::decay_t<decltype(p)>>) {
        Line<S> slope = Line<S>::Zero();
        if constexpr (requires { p.gradient(w); })
          slope = p.gradient(w);
        else
          for_line<S>(n, [&, from = w.data(), to = slope.data()](Index i) { to[i] = p.gradient(from[i]); });
        if constexpr (add) g += slope;
        count_line<S>(slope, active[k]);
      }
    });
  }

  /// The proximal point of the penalties over the sets of elements, on the first n of a line, whose step
  /// sizes are `t`.
  template <Scalar S>
  void constrain_elements(Line<S>& w, Index n, const Line<S>& t, LineCounts<S>& active) const {
    const auto move_to = [&](const Line<S>& x, std::size_t k) {
      count_line<S>(x - w, active[k]);
      w = x;
    };
    each([&](const auto& p, std::size_t k) {
      if constexpr (ProximalPenalty<std::decay_t<decltype(p)>>) {
        if constexpr (requires { p.prox(w, t); })
          move_to(p.prox(w, t), k);
        else
          move_to(of_line(w, n, [&](S y, Index i) { return p.prox(y, t.data()[i]); }), k);
      }
    });
    each([&](const auto& p, std::size_t k) {
      if constexpr (ElementSet<std::decay_t<decltype(p)>>) {
        if constexpr (requires { p.project(w); })
          move_to(p.project(w), k);
        else
          move_to(of_line(w, n, [&](S y, Index) { return p.project(y); }), k);
      }
    });
  }

  /// The factor of decoupled decay at learning rate `rate`, `base` before the schedule.
  double shrink(double rate, double base) const {
    double factor = 1;
    each([&](const auto& p, std::size_t) {
      if constexpr (Decay<std::decay_t<decltype(p)>>) factor *= p.shrink(rate, base);
    });
    return factor;
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

  /// Is a row whose squares have about this sum in the pack's only set, a ball, whatever the roundings?
  template <Scalar S>
  bool surely_holds(S squares, Index n) const {
    if constexpr (norm_sets == 0 || on_sphere || element_sets + proximal > 0) return false;
    const double rounding = 1 + static_cast<double>(n + 64) * 2 * detail::roundoff<S>,
                 radius = bound().radius;
    return static_cast<double>(squares) * rounding < radius * radius;
  }

  /// The step sizes whose metric a row is projected in: those of the step, or `rate` for all where the
  /// Euclidean metric is asked for, or is the only one with a known algorithm (a sphere with other policies,
  /// and a set of rows, which projects by itself).
  template <Scalar S>
  detail::Steps<S> metric(detail::Steps<S> steps, S rate) const {
    if constexpr (row_sets > 0 || (on_sphere && element_sets + proximal > 0))
      steps = {nullptr, rate};
    else if constexpr (norm_sets > 0)
      if (bound().metric == Metric::euclidean) steps = {nullptr, rate};
    return steps;
  }

  /// After a step: the proximal point of the penalties over the sets, in the metric of the step sizes
  /// `steps`; `rate` is the learning rate, the step size wherever the Euclidean metric is asked for. Counts
  /// the weights or rows moved.
  template <bool with_penalties = true, Scalar S>
  void constrain(S* w, Index n, detail::Steps<S> steps, S rate, S* scratch, Counts& active) const {
    if constexpr (with_penalties)
      if (rate == 0)
        return contains(w, n) ? void() : constrain<false>(w, n, {nullptr, S(1)}, S(1), scratch, active);
    steps = metric(steps, rate);
    if constexpr (norm_sets > 0 && !Elements<with_penalties>::none) std::copy(w, w + n, scratch);
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (ProximalPenalty<P> && with_penalties)
        active[k] += apply(w, n, [&](S y, Index i) { return p.prox(y, steps[i]); });
    });
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (ElementSet<P>) active[k] += apply(w, n, [&](S y, Index) { return p.project(y); });
      if constexpr (RowSet<P>) {
        if (!p.contains(ConstRow<S>(w, n))) {
          Row<S> row(w, n);
          p.project(row);
          ++active[k];
        }
      }
    });
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (NormSet<P>) {
        const double radius = p.norm_bound().radius, length = detail::norm(w, n);
        if (detail::length_holds<S>(length, radius, P::sphere)) return;
        const Elements<with_penalties> elements{*this};
        if constexpr (elements.none) std::copy(w, w + n, scratch);
        detail::NormProjection<S, Elements<with_penalties>> projection(elements, scratch, w, n, steps,
                                                                       radius);
        P::sphere ? projection.onto_sphere(length) : projection.onto_ball(length);
        ++active[k];
      }
    });
  }

  /// Writes down what a step did to `rows` x `cols` weights. Decay and reparametrisations act on all of them.
  void record(std::span<Activity> activity, const Counts& active, Index rows, Index cols) const {
    each([&](const auto& p, std::size_t k) {
      using P = std::decay_t<decltype(p)>;
      if constexpr (Decay<P> || Reparametrisation<P>)
        activity[k].record(rows, rows);
      else
        activity[k].record(active[k], NormSet<P> || RowSet<P> ? rows : rows * cols);
    });
  }

  bool operator==(const Pack&) const = default;

 private:
  /// f(policy, its place in the pack) for each policy.
  template <class F>
  void each(F&& f) const {
    std::apply(
        [&](const Ps&... p) {
          [[maybe_unused]] std::size_t k = 0;
          (f(p, k++), ...);
        },
        policies_);
  }

  template <Scalar S, class F>
  static Index apply(S* w, Index n, F&& f) {
    Index moved = 0;
    for (Index i = 0; i < n; ++i) {
      const S x = f(w[i], i);
      moved += x != w[i];
      w[i] = x;
    }
    return moved;
  }

  /// f(i) for the first n of a line. Most lines are full, and then the compiler is to see a loop that it can
  /// vectorise, not sixteen statements.
  template <Scalar S, class F>
  static void for_line(Index n, F&& f) {
    if (n < detail::line_length<S>) {
      for (Index i = 0; i < n; ++i) f(i);
      return;
    }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 1
#endif
    for (Index i = 0; i < detail::line_length<S>; ++i) f(i);
  }

  template <Scalar S, class F>
  static Line<S> of_line(const Line<S>& w, Index n, F&& f) {
    Line<S> result = w;
    for_line<S>(n, [&, from = w.data(), to = result.data()](Index i) { to[i] = f(from[i], i); });
    return result;
  }

  /// One more where a difference is not zero: no number times this one is between 0 and 1.
  template <Scalar S>
  static void count_line(const Line<S>& difference, Line<S>& active) {
    constexpr S huge = 1 / std::numeric_limits<S>::min();
    active += (difference.abs() * huge).min(S(1));
  }

  template <Scalar S>
  S restrict(S w) const {
    each([&](const auto& p, std::size_t) {
      if constexpr (ElementSet<std::decay_t<decltype(p)>>) w = p.project(w);
    });
    return w;
  }

  /// Have the sets a point in common? Of intervals and a ball around zero the nearest row to zero decides, of
  /// cones and a sphere any direction.
  template <Scalar S>
  bool meet(Index n) const {
    if constexpr (row_sets > 0) return true;
    const std::vector<S> nearest(static_cast<std::size_t>(n), restrict(S(0)));
    if constexpr (!on_sphere) return contains(nearest.data(), n);
    return n > 0 && (restrict(S(1)) == 1 || restrict(S(-1)) == -1);
  }

  NormBound bound() const {
    NormBound found{};
    each([&](const auto& p, std::size_t) {
      if constexpr (NormSet<std::decay_t<decltype(p)>>) found = p.norm_bound();
    });
    return found;
  }

  /// The element policies as the norm projection sees them.
  template <bool with_penalties>
  struct Elements {
    static constexpr bool homogeneous = Roles::homogeneous;
    static constexpr bool none = element_sets == 0 && (proximal == 0 || !with_penalties);

    const Pack& pack;

    template <Scalar S>
    S prox(S y, S t) const {
      pack.each([&](const auto& p, std::size_t) {
        if constexpr (ProximalPenalty<std::decay_t<decltype(p)>> && with_penalties) y = p.prox(y, t);
      });
      return y;
    }
    template <Scalar S>
    S restrict(S w) const {
      return pack.restrict(w);
    }
    /// The value of the penalties that prox takes care of.
    template <Scalar S>
    double cost([[maybe_unused]] S w) const {
      double sum = 0;
      pack.each([&]([[maybe_unused]] const auto& p, std::size_t) {
        if constexpr (ProximalPenalty<std::decay_t<decltype(p)>> && with_penalties)
          sum += static_cast<double>(p.value(w));
      });
      return sum;
    }
  };

  std::tuple<Ps...> policies_;
};

namespace detail {

/// The pack of those of `ps` that `Keep` keeps.
template <class Keep, class... Ps>
auto pack_of(const Ps&... ps) {
  const auto kept = std::tuple_cat([&] {
    if constexpr (Keep::template keeps<Ps>)
      return std::tuple<Ps>(ps);
    else
      return std::tuple<>();
  }()...);
  return std::apply([]<class... Kept>(const Kept&... policies) { return Pack<Kept...>(policies...); }, kept);
}

template <class Keep, class... Ps>
using PackOf = decltype(pack_of<Keep>(std::declval<const Ps&>()...));

}  // namespace detail
}  // namespace espalier
