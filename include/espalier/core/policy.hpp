// SPDX-License-Identifier: MIT
// The contract of a constraint policy, on one page: the role is found from the members, never declared.
//
// A policy is a small aggregate. It plays exactly one role (S is float or double):
//
// clang-format off
//   role               members                                               what it does
//   smooth penalty     S value(S w), S gradient(S w)                         joins the loss and its gradient
//   proximal penalty   S value(S w), S prox(S y, S t)                        argmin (x-y)^2/(2t) + value(x)
//   decay              double shrink(double rate, double base_rate)          w *= shrink, apart from the loss
//   set, by element    bool contains(S w), S project(S w)                    an interval
//   set, by norm       NormBound norm_bound(), static constexpr bool sphere  bounds each row's Euclidean norm
//   set, by row        bool contains(ConstRow<S>), void project(Row<S>)      any other closed set of rows
//                      optional: void project(Row<S>, ConstRow<S> t)         nearest in sum (x-y)^2 / t
//   reparametrization  static constexpr bool trains_gain                     W = diag(gain / norm(v_j)) V
// clang-format on
//
// Several threads may call the members at once. Those that are templates are constrained with Scalar. A step
// also hands them numbers that fill up the last line of a row: what they make of those is of no account, but
// must not throw. Optional: gradient, prox and project of elements also on Line<S>, many at a time (Line<S>
// gradient(const Line<S>& w)), or on_lines<S>(), whose result has them; `static constexpr std::string_view
// name`; `void validate() const`, which throws ValueError; `static constexpr bool homogeneous = true` where a
// set is a cone or a penalty's value(c w) is c value(w), c > 0; and of a proximal penalty `double
// slope_bound() const`, the largest slope of value(w). Rules with a step size for each weight keep it so
// small then that slope times step size is at most the learning rate. A step size t may be 0; prox(y, 0) is
// y.
#pragma once

#include <concepts>
#include <string_view>

#include "espalier/core/matrix.hpp"

namespace espalier {

/// One neuron's incoming weights.
template <Scalar S>
using Row = ArrayMap<S>;
template <Scalar S>
using ConstRow = ConstArrayMap<S>;

/// In which norm the result of an optimizer's step is projected: the one in which the step was a gradient
/// step, sum (x - y)^2 / t, the only one whose resting points are constrained optima; or the Euclidean one.
enum class Metric { step, euclidean };

/// norm(row) <= radius exactly, or on the sphere norm(row) == radius within 2 units of roundoff.
struct NormBound {
  double radius;
  Metric metric;
};

/// Says to a rule's kernel that no penalty follows its step, or none whose slope has a known bound.
struct NoPenalty {};

template <class P>
concept SmoothPenalty = requires(const P& p, float f, double d) {
  { p.value(f) } -> std::same_as<float>;
  { p.gradient(f) } -> std::same_as<float>;
  { p.gradient(d) } -> std::same_as<double>;
};

template <class P>
concept ProximalPenalty = requires(const P& p, float f, double d) {
  { p.value(f) } -> std::same_as<float>;
  { p.prox(f, f) } -> std::same_as<float>;
  { p.prox(d, d) } -> std::same_as<double>;
};

template <class P>
concept Decay = requires(const P& p, double d) {
  { p.shrink(d, d) } -> std::same_as<double>;
};

template <class P>
concept ElementSet = requires(const P& p, float f, double d) {
  { p.contains(f) } -> std::same_as<bool>;
  { p.project(f) } -> std::same_as<float>;
  { p.project(d) } -> std::same_as<double>;
};

template <class P>
concept NormSet = requires(const P& p) {
  { p.norm_bound() } -> std::same_as<NormBound>;
  { P::sphere } -> std::convertible_to<bool>;
};

template <class P>
concept RowSet = requires(const P& p, Row<float> f, Row<double> d, ConstRow<float> cf, ConstRow<double> cd) {
  { p.contains(cf) } -> std::same_as<bool>;
  { p.contains(cd) } -> std::same_as<bool>;
  p.project(f);
  p.project(d);
};

template <class P>
concept Set = ElementSet<P> || NormSet<P> || RowSet<P>;

template <class P>
concept Reparametrization = requires {
  { P::trains_gain } -> std::convertible_to<bool>;
};

template <class P>
inline constexpr int roles_of =
    int{SmoothPenalty<P>} + int{ProximalPenalty<P>} + int{Decay<P>} + int{Set<P>} + int{Reparametrization<P>};

template <class P>
concept Policy = roles_of<P>
== 1;

template <class P>
constexpr bool homogeneous_policy() {
  if constexpr (requires { P::homogeneous; }) return P::homogeneous;
  return false;
}

template <class P>
constexpr std::string_view policy_name() {
  if constexpr (requires { std::string_view{P::name}; }) return P::name;
  return "user policy";
}

}  // namespace espalier
