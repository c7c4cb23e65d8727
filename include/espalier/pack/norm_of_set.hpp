// SPDX-License-Identifier: MIT
// A set of vectors beside a set of norms, where the norm comes after the other set: tied weights are one
// number each, and a cone is scaled in the Euclidean norm.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/kernel/ties.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/norm_projection.hpp"
#include "espalier/pack/roles.hpp"

namespace espalier::detail {

/// The problem of a norm of tied weights, in other numbers: m weights that are z, or -z, count m z^2, so that
/// it is one of u = sqrt(m) z in a diagonal metric, with step size m / (sum 1 / t). Policies of elements are
/// cones and penalties that are linear on either side of zero. They are these numbers' elements, at the place
/// of the first weight of each class; the others are zero.
class TiedNumbers {
 public:
  static constexpr bool homogeneous = true, none = false, alike = false;
  /// Doubles for each weight.
  static constexpr Index room = MergedWeights::room + 4;

  TiedNumbers(Index n, double* numbers)
      : n_(n),
        merged_(numbers),
        y_(merged_ + MergedWeights::room * n),
        u_(y_ + n),
        t_(u_ + n),
        roots_(t_ + n) {}

  /// u = the minimum over a ball, or a sphere, from the step's y. False, and nothing is written, where that
  /// is not finite.
  template <bool sphere, Scalar S, class Beside>
  bool solve(const S* y, Steps<S> steps, const Beside& elements, const auto& ties, double radius) {
    merge_ties(y, n_, steps, elements, Intervals<S, Beside>(elements), ties, merged_);
    std::fill(roots_, roots_ + n_, 0.0);
    for (Index i = 0; i < n_; ++i) roots_[ties(i).first] += 1;
    for (Index i = 0; i < n_; ++i) {
      const MergedWeights all = MergedWeights::load(merged_ + MergedWeights::room * ties(i).first);
      if (!std::isfinite(all.mean)) return false;
      const double size = roots_[i];
      roots_[i] = std::sqrt(size), y_[i] = size > 0 ? roots_[i] * all.mean : 0, t_[i] = size / all.weight;
      const At here = at(i);
      u_[i] = here.project(here.prox(y_[i], steps.each ? t_[i] : static_cast<double>(steps.uniform)));
    }
    const Steps<double> own{steps.each ? t_ : nullptr, static_cast<double>(steps.uniform)};
    NormProjection(*this, y_, u_, n_, own, radius).template onto<sphere>();
    return true;
  }
  template <Scalar S>
  void write(S* w, const auto& ties) const {
    for (Index i = 0; i < n_; ++i) {
      const Tie tie = ties(i);
      w[i] = static_cast<S>(tie.sign * u_[tie.first] / roots_[tie.first]);
    }
  }

  struct At {
    double up, down;
    Interval<double> allowed;

    double prox(double y, double t) const {
      return y > t * up ? y - t * up : y < -t * down ? y + t * down : y * 0;
    }
    double project(double u) const { return allowed.clamp(u); }
    template <std::same_as<double> S>
    Interval<S> interval() const {
      return allowed;
    }
    double cost(double u) const { return u > 0 ? up * u : -down * u; }
  };
  At at(Index i) const {
    if (roots_[i] == 0) return {0, 0, {0, 0}};
    const MergedWeights all = MergedWeights::load(merged_ + MergedWeights::room * i);
    using Limits = std::numeric_limits<double>;
    return {all.up / roots_[i],
            all.down / roots_[i],
            {all.low < 0 ? Limits::lowest() : 0, all.high > 0 ? Limits::max() : 0}};
  }
  Line<double> line_at(Index i, const Line<double>& y, const Line<double>& t, Index count) const {
    return map_line(y, [&, steps = t.array()](double own, Index k) {
      if (k >= count) return own;
      const At here = at(i + k);
      return here.project(here.prox(own, steps.data()[k]));
    });
  }

 private:
  Index n_;
  double *merged_, *y_, *u_, *t_, *roots_;
};

/// w, which the set has made of the step's y, to the nearest vector of the set whose norm is as it must be.
/// `y` is overwritten. Of a cone y is projected in the Euclidean norm: where any of it was left, that is
/// scaled; where nothing was, the best vector has one weight. Was it moved?
template <class Set, class Norm, Scalar S, class Beside>
bool constrain_norm_of_set(const Set& set, const Norm& norm, const Beside& elements, S* y, S* w, Index n,
                           Steps<S> steps, double* room, const S* own) {
  if (has_norm(norm, w, n, own)) return false;
  bool below = false;
  if constexpr (is_shell<Norm>) {
    const double least = norm.norm_bound().least;
    below = least > 0 && compare_norm(w, n, least) < 0;
  }
  const double goal = below ? norm.norm_bound().least : radius_of(norm, own);
  const bool on_sphere = Norm::sphere || below;
  if constexpr (TiesWeights<Set>) {
    TiedNumbers numbers(n, room);
    const auto ties = set.ties(n);
    if (!(on_sphere ? numbers.solve<true>(y, steps, elements, ties, goal)
                    : numbers.solve<false>(y, steps, elements, ties, goal)))
      return false;
    numbers.write(w, ties);
  } else if (on_sphere && std::all_of(w, w + n, [](S x) { return x == 0; })) {
    NormProjection(elements, y, w, n, Steps<S>{nullptr, steps.uniform}, goal).template onto<true>();
  }
  const Elements<true> none;
  NormProjection scaled(none, y, w, n, Steps<S>{nullptr, S(1)}, goal);
  if (below)
    scaled.onto_at_least();
  else
    scaled.template onto<Norm::sphere>();
  return true;
}

}  // namespace espalier::detail
