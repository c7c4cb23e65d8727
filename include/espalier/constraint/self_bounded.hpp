// SPDX-License-Identifier: MIT
// A bound on the size of weights that sets itself: from their start, from a warm-up, or where their growth
// slows down.
#pragma once

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/compare_norm.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// From what a bound sets itself; initial, warm_start and inflection make one.
struct BoundFrom {
  enum class What { initial, warm_start, inflection };
  What what = What::initial;
  double factor = 1;  ///< of the initial size
  long steps = 0;     ///< without a bound
  bool operator==(const BoundFrom&) const = default;
};

/// The bound is factor times the size that training starts from.
inline BoundFrom initial(double factor = 1) { return {.factor = factor}; }
/// The weights are free for so many steps; the size that they have then is their bound.
inline BoundFrom warm_start(long steps) { return {BoundFrom::What::warm_start, 1, steps}; }
/// The weights are free for so many steps, and until the growth of their squared size is less than it was in
/// the step before, both of an exponential average of decay 0.9; the size that they have then is their bound.
/// 600 is what the authors' program takes: three times its reg_step_size.
inline BoundFrom inflection(long steps = 600) { return {BoundFrom::What::inflection, 1, steps}; }

namespace detail {

/// What a ball bounds of a vector, or of a matrix with so many rows, and whether it holds for sure.
template <class Ball>
struct SizeUnder;
template <>
struct SizeUnder<MaxNorm> {
  static constexpr std::string_view name = "MaxNormFrom";
  template <Scalar S>
  static double size(ConstRow<S> w, Index) {
    return norm(w.data(), w.size());
  }
  template <Scalar S>
  static bool holds(ConstRow<S> w, Index, double bound) {
    return norm_holds(w.data(), w.size(), bound, false);
  }
};
template <>
struct SizeUnder<L1Ball> {
  static constexpr std::string_view name = "L1BallFrom";
  template <Scalar S>
  static double size(ConstRow<S> w, Index) {
    return w.template cast<double>().abs().sum();
  }
  template <Scalar S>
  static bool holds(ConstRow<S> w, Index, double bound) {
    return sum_of_sizes_holds(w.data(), w.size(), bound);
  }
};
template <>
struct SizeUnder<SpectralBall> {
  static constexpr std::string_view name = "SpectralBallFrom";
  template <Scalar S>
  static double size(ConstRow<S> w, Index rows) {
    const Block<const S> block{w.data(), rows, w.size() / rows};
    const double largest = largest_magnitude(block);
    if (!(largest > 0) || std::isinf(largest)) return largest;
    std::vector<double> room(static_cast<std::size_t>(singular_room * w.size()));
    const SingularValues values(block, room.data());
    double most = 0;
    for (Index i = 0; i < values.size(); ++i) most = std::max(most, values[i]);
    return most;
  }
  template <Scalar S>
  static bool holds(ConstRow<S> w, Index rows, double bound) {
    std::vector<double> room(static_cast<std::size_t>(singular_room * w.size()));
    return spectral_norm_holds(Block<const S>{w.data(), rows, w.size() / rows}, bound, room.data());
  }
};

}  // namespace detail

/// A ball whose radius is set by the weights themselves (Franke et al. 2023, 2311.09058, section 4.3, where
/// it holds by a multiplier that is trained, and one bound is for a whole matrix: Whole{MaxNormFrom{...}};
/// here it holds exactly, for each neuron):
///
///   MaxNormFrom{initial(2)}, L1BallFrom{warm_start(500)}, SpectralBallFrom{inflection()}
///
/// The size is the norm of a vector, the sum of its magnitudes, or the 2-norm of the weight. All else is as
/// under MaxNorm, L1Ball and SpectralBall.
///
/// initial() counts from the weights of `initialize` and `assign` once they are in the other sets; a factor
/// below 1 shrinks them. The paper's factor is of the squared norm. Steps are those of the optimizer with the
/// model. Bounds are numbers of the model's precision, saved with the model and its runs; edit_policy leaves
/// them. A vector whose size would be the bound and is zero, no normal number or infinite has no bound: under
/// initial() until training starts anew, else until a later step gives it one. inflection() needs vectors of
/// 4 weights or more, in whose places it counts, and sizes whose squares are normal numbers of the precision
/// (in float from 1e-18 to 1e19): others it passes over, without a bound. Costs as much as the ball where
/// that has no fused update, and a look at the size in each step until the bound is set, which for
/// SpectralBallFrom is a decomposition.
template <class Ball>
struct SelfBounded {
  using Size = detail::SizeUnder<Ball>;

  BoundFrom from{};
  Metric metric = Metric::step;

  static constexpr std::string_view name = Size::name;
  static constexpr bool sphere = false, corners = !NormSet<Ball>, convex = true,
                        of_singular_values = MatrixSet<Ball>;
  static constexpr Index room = MatrixSet<Ball> ? detail::singular_room : 0;

  template <class Q>
  static constexpr bool meets() {
    if constexpr (requires { Ball::template meets<Q>(); }) return Ball::template meets<Q>();
    return true;
  }

  NormBound norm_bound() const requires NormSet<Ball> { return {most, metric}; }
  /// `own` is the bound of a vector; numbers that are not above 0 say that it has none yet.
  double radius(double own) const requires NormSet<Ball> { return own > 0 ? own : most; }
  Ball ball(double own) const requires(!NormSet<Ball>) {
    if constexpr (MatrixSet<Ball>)
      return {own > 0 ? own : most};
    else
      return {own > 0 ? own : most, metric};
  }
  // Without what is kept there is no bound.
  template <Scalar S>
  bool contains(ConstRow<S> w) const requires VectorSet<Ball> {
    return ball(-1).contains(w);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements) const requires VectorSet<Ball> {
    ball(-1).project(w, t, elements);
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const requires MatrixSet<Ball> {
    return ball(-1).contains(w, numbers);
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const requires MatrixSet<Ball> {
    ball(-1).project(w, numbers);
  }

  template <Scalar S>
  S keep(ConstRow<S> w, Index rows) const {
    return from.what == BoundFrom::What::initial && w.size() > 0 ? bound_of(w, rows, from.factor) : S(-1);
  }
  template <Scalar S>
  void watch(ConstRow<S> w, Index rows, Row<S> own, long step) const {
    if (w.size() == 0 || own[0] > 0 || from.what == BoundFrom::What::initial) return;
    if (from.what == BoundFrom::What::inflection ? slows(Size::size(w, rows), own, step) : step >= from.steps)
      if (const S bound = bound_of(w, rows, 1); bound > 0) own = bound;
  }

  void validate() const {
    detail::check_positive(name, "factor", from.factor);
    if (from.what != BoundFrom::What::initial && from.steps < 1)
      detail::fail(name, "steps >= 1 before the bound is set", from.steps);
  }
  void validate(std::string_view where, Index rows, Index cols) const requires MatrixSet<Ball> {
    validate(where, rows * cols);
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

  bool operator==(const SelfBounded&) const = default;

 private:
  static constexpr double most = std::numeric_limits<double>::max();

  /// The least number of the precision that is no less than factor times the size of w, in exact arithmetic
  /// where the factor is 1; -1 where that is no normal number. (A 2-norm is proved to be a little less.)
  template <Scalar S>
  static S bound_of(ConstRow<S> w, Index rows, double factor) {
    using Limits = std::numeric_limits<S>;
    const double size = factor * Size::size(w, rows);
    if (!(size >= double{Limits::min()} && size < double{Limits::max()} / 2)) return -1;
    S bound = static_cast<S>(size);
    for (int k = 0; factor >= 1 && !Size::holds(w, rows, static_cast<double>(bound)); ++k)
      bound = k < 4 ? std::nextafter(bound, Limits::infinity())
                    : static_cast<S>(double{bound} * (1 + std::ldexp(detail::roundoff<S>, k)));
    return bound;
  }

  /// Two numbers of S that have nearly all bits of a double.
  template <Scalar S>
  static void write(Row<S>& own, Index at, double x) {
    own[at] = static_cast<S>(x), own[at + 1] = static_cast<S>(x - double{own[at]});
  }
  /// Has the growth of the squared size passed its largest? Until the bound is set, the average is kept,
  /// negative, in the first two places, its growth in the next two.
  template <Scalar S>
  bool slows(double size, Row<S>& own, long step) const {
    const double square = size * size;
    if (!(square < double{std::numeric_limits<S>::max()})) return false;
    if (own[0] == own[1]) return write(own, 0, -square), own[2] = std::numeric_limits<S>::lowest(), false;
    const double average = -(double{own[0]} + double{own[1]}), growth = 0.1 * (square - average),
                 before = double{own[2]} + double{own[3]};
    const bool known = own[2] > std::numeric_limits<S>::lowest();
    write(own, 0, -(average + growth)), write(own, 2, growth);
    return step > from.steps && known && before > growth;
  }
};

/// norm(w_j) <= radius_j for each neuron j, as MaxNorm has it.
using MaxNormFrom = SelfBounded<MaxNorm>;
/// sum |w_j| <= radius_j for each neuron j, as L1Ball has it.
using L1BallFrom = SelfBounded<L1Ball>;
/// norm(W)_2 <= bound, as SpectralBall has it.
using SpectralBallFrom = SelfBounded<SpectralBall>;

}  // namespace espalier
