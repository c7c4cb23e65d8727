// SPDX-License-Identifier: MIT
// The contract of a constraint policy, on one page: the role is found from the members, never declared, and
// how much a policy sees at once from their arguments. docs/policies.md shows how to write one.
//
// A policy is a small aggregate. It plays exactly one role (S is float or double):
//
// clang-format off
//   role               members                                               what it does
//   smooth penalty     S value(S w), S gradient(S w)                         joins the loss and its gradient
//   proximal penalty   S value(S w), S prox(S y, S t)                        argmin (x-y)^2/(2t) + value(x)
//     of a vector      S value(ConstRow<S> w), void prox(Row<S> y, ...)      the same, of many weights at once
//   decay              double shrink(double rate, double base_rate)          w *= shrink, apart from the loss
//   set, by element    bool contains(S w), S project(S w)                    an interval
//   set, by norm       NormBound norm_bound(), static constexpr bool sphere  bounds the Euclidean norm of a vector
//   set of vectors     bool contains(ConstRow<S> w), void project(Row<S> y, ...)  any other closed set
//   set of matrices    bool contains(Block<const S> w), void project(Block<S> y)  the same, of a whole weight
//   penalty of one     S value(Block<const S> w), void prox(Block<S> y, S t)      likewise, at one step size
//   reparametrization  static constexpr bool trains_gain                     W = diag(gain / norm(v_j)) V
//                      or S weight(S p), S parameter(S w), S pull_back(S p, S dw)
//                                                                            W = weight(P), number by number
// clang-format on
//
// A vector is a row of W, or what PerInput{P} and Whole{P} say. `project` and `prox` of vectors overwrite y
// with the result, in one of these forms:
//
//   project(Row<S> y)                                nearest in the Euclidean norm; a set needs this or the
//   last project(Row<S> y, ConstRow<S> t)                 nearest in the metric of the step, sum (x-y)^2 / (2
//   t) project(Row<S> y, Steps<S> t, const auto& elements [, double* room])
//
// The last one also respects the policies on single weights beside it, whose members core/elements.hpp lists:
// it minimizes over their sets, with their penalties added. Only a policy with this form goes together with
// them. It is not called where `contains` holds of what `elements` alone make of y. `static constexpr Index
// room` asks for so many doubles for each weight of a vector.
//
// A policy of matrices sees all of a weight with its rows and columns, and knows one step size for all of it:
// `project` is nearest in the Euclidean norm whatever the rule, and `prox` is given the harmonic mean of the
// step sizes. Under a rule with a step size for each weight it so comes to rest beside the optimum. No other
// set, and no penalty with a prox, goes together with it. `room` asks for so many doubles for each weight;
// the pointer to them is then the last argument of project and prox, and may be that of contains.
// A policy of single weights may know which weight it is given. It says one number for each of them,
//
//   S at<S>(Cell cell)               that of the place, row and column of the weight: a mask, a bound, a sign
//   or S keep(S w, Cell cell)        made of the weight w that training starts from
//
// and value, gradient, prox, contains and project (and they on lines) take that number as one more argument,
// the last. The model keeps the numbers, beside the weights, and copies of the model do. `keep` is called
// after `initialize` and `assign` have brought the weights into their sets, and before that with a w that is
// not a number, which stands for none yet; after `edit_policy` only for sets. What `keep` makes of weights in
// the sets must leave these sets a point in common, or `assign` refuses the weights. A policy of vectors
// beside it asks for elements.at(i).
//
// Several threads may call the members at once. Those that are templates are constrained with Scalar. A step
// also hands them numbers that fill up the last line of a row: what they make of those is of no account, but
// must not throw.
//
// Optional, of any policy: `static constexpr std::string_view name`; `void validate() const`, which throws
// ValueError; `void validate(std::string_view where, Index rows, Index cols) const`, which throws ShapeError,
// naming `where`, for a weight whose shape does not fit; `void validate(std::string_view where, Index n)
// const`, the same of a policy of vectors and their length; `template <class Q> static constexpr bool
// meets()`, which refuses another policy Q of the same weight by a static_assert with a sentence of its own,
// and returns true. Of policies of elements: gradient, prox and project also on Line<S>, many at a time
// (Line<S> gradient(const Line<S>& w)), or on_lines<S>(), whose result has them; `static constexpr bool
// homogeneous = true` where a set is a cone or a penalty's value(c w) is c value(w), c > 0. Of a proximal
// penalty: `double slope_bound() const`, the largest slope of value(w) along one weight (of a vector: the
// root mean square over its weights). Rules with a step size for each weight keep it so small then that slope
// times step size is at most the learning rate. A step size t may be 0; prox(y, 0) is y. Of a penalty of
// vectors: `static constexpr bool of_norm = true` where it depends on the Euclidean norm alone. Of a set of
// vectors: `Metric metric`; `bool reaches(const auto& each, Index n) const`, whether it has a vector of n
// weights from each.low to each.high; `static constexpr bool flat = true` where it has no inside, `corners =
// true` where it has corners, `convex = true` where it may stand together with MaxNorm, if `project` has the
// form with elements; and then `void settle(Row<S> w, const auto& elements) const`, which makes good what
// rounding has done to a vector of the set, where it can leave it.
#pragma once

#include <concepts>

#include "espalier/core/block.hpp"
#include "espalier/core/cell.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/group.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/core/policy_name.hpp"

namespace espalier {

/// A vector of weights: one neuron's incoming ones, unless a policy is told otherwise.
template <Scalar S>
using Row = ArrayMap<S>;
template <Scalar S>
using ConstRow = ConstArrayMap<S>;

/// In which norm the result of an optimizer's step is projected: the one in which the step was a gradient
/// step, sum (x - y)^2 / t, the only one whose resting points are constrained optima; or the Euclidean one.
enum class Metric { step, euclidean };

/// norm(row) <= radius exactly, or on the sphere norm(row) == radius within 2 units of roundoff: both of the
/// norm in exact arithmetic.
struct NormBound {
  double radius;
  Metric metric;
};

/// Says to a rule's kernel that no penalty follows its step, or none whose slope has a known bound.
struct NoPenalty {};

template <class P>
concept SmoothPenalty = (!KeepsNumbers<P> &&
                         requires(const P& p, float f, double d) {
                           { p.value(f) } -> std::same_as<float>;
                           { p.gradient(f) } -> std::same_as<float>;
                           { p.gradient(d) } -> std::same_as<double>;
                         }) ||
                        (KeepsNumbers<P> && requires(const P& p, float f, double d) {
                          { p.value(f, f) } -> std::same_as<float>;
                          { p.gradient(f, f) } -> std::same_as<float>;
                          { p.gradient(d, d) } -> std::same_as<double>;
                        });

template <class P>
concept ProximalPenalty = (!KeepsNumbers<P> &&
                           requires(const P& p, float f, double d) {
                             { p.value(f) } -> std::same_as<float>;
                             { p.prox(f, f) } -> std::same_as<float>;
                             { p.prox(d, d) } -> std::same_as<double>;
                           }) ||
                          (KeepsNumbers<P> && requires(const P& p, float f, double d) {
                            { p.value(f, f) } -> std::same_as<float>;
                            { p.prox(f, f, f) } -> std::same_as<float>;
                            { p.prox(d, d, d) } -> std::same_as<double>;
                          });

template <class P>
concept Decay = requires(const P& p, double d) {
  { p.shrink(d, d) } -> std::same_as<double>;
};

template <class P>
concept ElementSet = (!KeepsNumbers<P> &&
                      requires(const P& p, float f, double d) {
                        { p.contains(f) } -> std::same_as<bool>;
                        { p.project(f) } -> std::same_as<float>;
                        { p.project(d) } -> std::same_as<double>;
                      }) ||
                     (KeepsNumbers<P> && requires(const P& p, float f, double d) {
                       { p.contains(f, f) } -> std::same_as<bool>;
                       { p.project(f, f) } -> std::same_as<float>;
                       { p.project(d, d) } -> std::same_as<double>;
                     });

template <class P>
concept NormSet = requires(const P& p) {
  { p.norm_bound() } -> std::same_as<NormBound>;
  { P::sphere } -> std::convertible_to<bool>;
};

/// Has `project` (or `prox`) of vectors the form that respects policies of elements?
template <class P>
concept ProjectsWithElements = requires(const P& p, Row<float> y, Steps<float> t, NoElements elements) {
  p.project(y, t, elements);
}
|| requires(const P& p, Row<float> y, Steps<float> t, NoElements elements, double* room) {
  p.project(y, t, elements, room);
};
template <class P>
concept ProxWithElements = requires(const P& p, Row<float> y, Steps<float> t, NoElements elements) {
  p.prox(y, t, elements);
}
|| requires(const P& p, Row<float> y, Steps<float> t, NoElements elements, double* room) {
  p.prox(y, t, elements, room);
};

template <class P>
concept VectorSet = requires(const P& p, ConstRow<float> f, ConstRow<double> d) {
  { p.contains(f) } -> std::same_as<bool>;
  { p.contains(d) } -> std::same_as<bool>;
}
&&(ProjectsWithElements<P> || requires(const P& p, Row<float> f, Row<double> d) {
  p.project(f);
  p.project(d);
});

template <class P>
concept VectorPenalty = requires(const P& p, ConstRow<float> f, ConstRow<double> d) {
  { p.value(f) } -> std::convertible_to<double>;
  { p.value(d) } -> std::convertible_to<double>;
}
&&(ProxWithElements<P> ||
   requires(const P& p, Row<float> f, ConstRow<float> tf, Row<double> d, ConstRow<double> td) {
     p.prox(f, tf);
     p.prox(d, td);
   });

/// What takes whatever comes, vectors too, is given vectors.
template <class P>
concept MatrixSet =
    !ElementSet<P> && !VectorSet<P> && requires(const P& p, Block<const float> f, Block<const double> d) {
  { p.contains(f) } -> std::same_as<bool>;
  { p.contains(d) } -> std::same_as<bool>;
}
&&(
    requires(const P& p, Block<float> f, Block<double> d) {
      p.project(f);
      p.project(d);
    } ||
    requires(const P& p, Block<float> f, Block<double> d, double* room) {
      p.project(f, room);
      p.project(d, room);
    });

template <class P>
concept MatrixPenalty = !SmoothPenalty<P> && !ProximalPenalty<P> && !VectorPenalty<P> &&
                        requires(const P& p, Block<const float> f, Block<const double> d) {
  { p.value(f) } -> std::convertible_to<double>;
  { p.value(d) } -> std::convertible_to<double>;
}
&&(
    requires(const P& p, Block<float> f, Block<double> d, float tf, double td) {
      p.prox(f, tf);
      p.prox(d, td);
    } ||
    requires(const P& p, Block<float> f, Block<double> d, float tf, double td, double* room) {
      p.prox(f, tf, room);
      p.prox(d, td, room);
    });

template <class P>
concept MatrixPolicy = MatrixSet<P> || MatrixPenalty<P>;

template <class P>
concept Set = ElementSet<P> || NormSet<P> || VectorSet<P> || MatrixSet<P>;

/// The rows of W have a scale of their own, which is trained or 1.
template <class P>
concept RowScale = requires {
  { P::trains_gain } -> std::convertible_to<bool>;
};

/// Each number of W is a function of the one that is stored: `parameter(w)` is what is stored for w (NaN:
/// nothing gives it), `pull_back(p, dw)` the gradient of p from that of weight(p).
template <class P>
concept ElementMap = requires(const P& policy, float f, double d) {
  { policy.weight(f) } -> std::same_as<float>;
  { policy.weight(d) } -> std::same_as<double>;
  { policy.parameter(f) } -> std::same_as<float>;
  { policy.pull_back(f, f) } -> std::same_as<float>;
};

template <class P>
concept Reparametrization = RowScale<P> || ElementMap<P>;

template <class P>
inline constexpr int roles_of =
    int{SmoothPenalty<P>} + int{ProximalPenalty<P> || VectorPenalty<P> || MatrixPenalty<P>} + int{Decay<P>} +
    int{Set<P>} + int{Reparametrization<P>};

template <class P>
concept Policy = roles_of<P>
== 1;

template <class P>
constexpr bool homogeneous_policy() {
  if constexpr (requires { P::homogeneous; }) return P::homogeneous;
  return false;
}

template <class P>
constexpr bool of_norm_policy() {
  if constexpr (requires { P::of_norm; }) return P::of_norm;
  return false;
}

namespace detail {

/// What is stored for a weight w under an element map, or for |w| where nothing gives w.
template <ElementMap P, Scalar S>
S parameter_of(const P& p, S w) {
  const S stored = p.parameter(w);
  return stored == stored ? stored : p.parameter(w < 0 ? -w : w);
}

}  // namespace detail
}  // namespace espalier
