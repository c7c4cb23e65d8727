// SPDX-License-Identifier: MIT
// A bound on the norm of each neuron's incoming weights that sets itself: from their start, from a warm-up,
// or where their growth slows down.
#pragma once

#include <cmath>
#include <limits>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// From what a bound sets itself; initial, warm_start and inflection make one.
struct BoundFrom {
  enum class What { initial, warm_start, inflection };
  What what = What::initial;
  double factor = 1;  ///< of the initial norm
  long steps = 0;     ///< without a bound
  bool operator==(const BoundFrom&) const = default;
};

/// The bound is factor times the norm that training starts from.
inline BoundFrom initial(double factor = 1) { return {.factor = factor}; }
/// The vector is free for so many steps; the norm that it has then is its bound.
inline BoundFrom warm_start(long steps) { return {BoundFrom::What::warm_start, 1, steps}; }
/// The vector is free for so many steps, and until the growth of its squared norm is less than it was in the
/// step before, both of an exponential average of decay 0.9; the norm that it has then is its bound. 600 is
/// what the authors' program takes: three times its reg_step_size.
inline BoundFrom inflection(long steps = 600) { return {BoundFrom::What::inflection, 1, steps}; }

/// norm(w_j) <= radius_j for each neuron j, as MaxNorm has it, each radius set by the vector itself (Franke
/// et al. 2023, 2311.09058, section 4.3, where one bound is for a whole matrix: Whole{MaxNormFrom{...}}, and
/// holds by a multiplier that is trained; here it holds exactly):
///
///   MaxNormFrom{initial(2)}, MaxNormFrom{warm_start(500)}, MaxNormFrom{inflection()}
///
/// initial() counts from the weights of `initialize` and `assign` once they are in the other sets; a factor
/// below 1 shrinks them. The paper's factor is of the squared norm. Steps are those of the optimizer with the
/// model. Radii are numbers of the model's precision, saved with the model and its runs; edit_policy leaves
/// them. A vector whose norm would be the bound and is zero, no normal number or infinite has no bound: under
/// initial() until training starts anew, else until a later step gives it one. inflection() needs vectors of
/// 4 weights or more, in whose places it counts. Costs as much as MaxNorm where that has no fused update.
struct MaxNormFrom {
  BoundFrom from{};
  Metric metric = Metric::step;

  static constexpr std::string_view name = "MaxNormFrom";
  static constexpr bool sphere = false;

  NormBound norm_bound() const { return {std::numeric_limits<double>::max(), metric}; }
  /// `own` is the radius of a vector; numbers that are not above 0 say that it has none yet.
  double radius(double own) const { return own > 0 ? own : std::numeric_limits<double>::max(); }

  template <Scalar S>
  S keep(ConstRow<S> w) const {
    return from.what == BoundFrom::What::initial && w.size() > 0 ? bound_of(w, from.factor) : S(-1);
  }
  template <Scalar S>
  void watch(ConstRow<S> w, Row<S> own, long step) const {
    if (w.size() == 0 || own[0] > 0 || from.what == BoundFrom::What::initial) return;
    if (from.what == BoundFrom::What::inflection ? slows(w, own, step) : step >= from.steps)
      if (const S bound = bound_of(w, 1); bound > 0) own = bound;
  }

  void validate() const {
    detail::check_positive(name, "factor", from.factor);
    if (from.what != BoundFrom::What::initial && from.steps < 1)
      detail::fail(name, "steps >= 1 before the bound is set", from.steps);
  }
  void validate(std::string_view where, Index n) const {
    if (from.what == BoundFrom::What::inflection && n < 4)
      detail::fail<ShapeError>(where, "vectors of 4 weights or more for inflection()", n);
  }
  void describe(auto&& f) const {
    using enum BoundFrom::What;
    f("from", std::string_view(from.what == initial      ? "initial"
                               : from.what == warm_start ? "warm_start"
                                                         : "inflection"));
    if (from.what == initial)
      f("factor", from.factor);
    else
      f("steps", static_cast<double>(from.steps));
  }

  bool operator==(const MaxNormFrom&) const = default;

 private:
  /// The least number of the precision that is no less than factor times the norm of w, in exact arithmetic
  /// where the factor is 1; -1 where that is no normal number.
  template <Scalar S>
  static S bound_of(ConstRow<S> w, double factor) {
    using Limits = std::numeric_limits<S>;
    const double size = factor * detail::norm(w.data(), w.size());
    if (!(size >= double{Limits::min()} && size < double{Limits::max()} / 2)) return -1;
    S bound = static_cast<S>(size);
    if (factor >= 1)
      while (!detail::norm_holds(w.data(), w.size(), bound, false))
        bound = std::nextafter(bound, Limits::infinity());
    return bound;
  }

  /// Two numbers of S that have nearly all bits of a double.
  template <Scalar S>
  static void write(Row<S>& own, Index at, double x) {
    own[at] = static_cast<S>(x), own[at + 1] = static_cast<S>(x - double{own[at]});
  }
  /// Has the growth of the squared norm passed its largest? Until the bound is set, the average is kept,
  /// negative, in the first two places, its growth in the next two.
  template <Scalar S>
  bool slows(ConstRow<S> w, Row<S>& own, long step) const {
    const double norm = detail::norm(w.data(), w.size()), square = norm * norm;
    if (!(square < double{std::numeric_limits<S>::max()})) return false;
    if (own[0] == own[1]) return write(own, 0, -square), own[2] = std::numeric_limits<S>::lowest(), false;
    const double average = -(double{own[0]} + double{own[1]}), growth = 0.1 * (square - average),
                 before = double{own[2]} + double{own[3]};
    const bool known = own[2] > std::numeric_limits<S>::lowest();
    write(own, 0, -(average + growth)), write(own, 2, growth);
    return step > from.steps && known && before > growth;
  }
};

}  // namespace espalier
