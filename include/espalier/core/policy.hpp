// SPDX-License-Identifier: MIT
// The contract of a constraint policy, on one page. docs/policies.md shows how to write one.
//
// A policy is a small aggregate. Its members decide its role, and their arguments how much of a weight it
// sees at once. It plays exactly one role (S is float or double):
//
// clang-format off
//   role               members                                               what it does
//   smooth penalty     S value(S w), S gradient(S w)                         joins the loss and its gradient
//     of a matrix      S value(Block<const S> w), bool add_gradient(Block<const S> w, Block<S> gradient)
//   proximal penalty   S value(S w), S prox(S y, S t)                        argmin (x-y)^2/(2t) + value(x)
//     of a vector      S value(ConstRow<S> w), void prox(Row<S> y, ...)      the same, of many weights at once
//     of a matrix      S value(Block<const S> w), void prox(Block<S> y, S t) the same, of a whole weight
//   decay              double shrink(double rate, double base_rate)          w *= shrink, apart from the loss
//   set of numbers     bool contains(S w), S project(S w)                    an interval
//   set by norm        NormBound norm_bound(), static constexpr bool sphere  bounds the Euclidean norm of a vector
//   set of vectors     bool contains(ConstRow<S> w), void project(Row<S> y, ...)  any other closed set
//   set of matrices    bool contains(Block<const S> w), void project(Block<S> y)  the same, of a whole weight
//   reparametrization  static constexpr bool trains_gain                     W = diag(gain / norm(v_j)) V
//                      or S weight(S p), S parameter(S w), S pull_back(S p, S dw)
//                                                                            W = weight(P), number by number
//                      or void weight(Block<const S> p, Block<S> w, ...)     W = weight(P), as a whole matrix:
//                                                                            core/reparametrization.hpp
// clang-format on
//
// Numbers. A policy of single weights may treat each weight in its own way. It then has one of
//
//   S at<S>(Cell cell)         a number for the place of the weight, row and column, and the weight's shape
//   S keep(S w, Cell cell)     a number made of the weight w that training starts from
//
// (of a norm, vectors or matrices: S keep(ConstRow<S> w, Index rows), with the rows of a matrix, else 1, and
// void watch(ConstRow<S> w, Index rows, Row<S> own, long step) after each step; what it kept is the argument
// of double radius(double own) of a norm, else of auto ball(double own), which is the set for this vector, or
// for own <= 0 one without a bound; constraint/self_bounded.hpp is one),
// and value, gradient, prox, contains and project take that number as one more argument, the last. The model
// keeps the numbers beside the weights. `keep` is called after `initialize` and `assign` have moved the
// weights into their sets, and, of sets, after `edit_policy`. Before there are weights it is given NaN; with
// what it then returns, a set must contain every weight. Sets beside it must have a point in common with what
// `keep` makes of weights inside them, or `assign` refuses the weights.
//
// Vectors. A vector is a row of W, or what PerInput{P} and Whole{P} say. `project` and `prox` overwrite y
// with the result. A set has the first form and, if it can, the second; or the third alone:
//
//   project(Row<S> y)                       nearest in the Euclidean norm
//   project(Row<S> y, ConstRow<S> t)        nearest in the metric of the step, sum (x-y)^2 / (2t)
//   project(Row<S> y, Steps<S> t, const auto& elements [, double* room])
//
// The third also respects the policies of single weights beside it, which `elements` are
// (core/elements.hpp): it minimizes over their sets, with their penalties added. Only a policy with this form
// goes together with them, and asks for elements.at(i) where one of them has `at` or `keep`. It is not called
// where `contains` accepts what `elements` alone make of y.
//
// Matrices. `project` finds the nearest matrix in the Euclidean norm whatever the rule, unless it has the
// form project(Block<S> y, Steps<S> t), and `prox` is given the harmonic mean of the step sizes: under a rule
// with a step size for each weight they come to rest beside the optimum. No other set, and no penalty with a
// prox, goes together with a policy of matrices. `room`, if it asks for any, is the last argument of project
// and prox, and may be that of contains. A smooth penalty goes together with all; it is given all of the
// weight before the step changes any of it, and returns whether there was anything to add.
//
// Several threads may call the members at once. Those that are templates are constrained with Scalar. A step
// also hands them numbers that fill up the last line of a row: their results are not used, but they must not
// throw. A step size t may be 0; prox(y, 0) is y.
//
// Optional, of any policy:
//
//   static constexpr std::string_view name                     for audits and messages; else the type's name
//   void validate() const                                      throws ValueError
//   void validate(std::string_view where, Index rows, Index cols) const    throws ShapeError, naming `where`
//   void describe(auto&& f) const                              f("radius", radius): what files say of it
//   template <class Q> static constexpr bool meets()           refuses Q beside it by a static_assert
//
// Of policies of numbers:
//
//   Line<S> gradient(const Line<S>& w) and so on               the same members on many weights at once, or
//   on_lines<S>()                                              something that has them
//   static constexpr bool keeps_finite = true                  of what is finite it makes nothing else
//   static constexpr bool homogeneous = true                   a cone; a penalty with value(c w) = c value(w)
//   static constexpr bool toward_zero = true                   of a reparametrization: weight(p) is between
//                                                              p and 0
//   bool cautious                                              of decay: spares weights that the step
//                                                              makes larger
//
// Of sets:
//
//   auto initializer() const                                   what `initialize` uses (layer/from_sets.hpp)
//   static constexpr bool solid = true                         has with w all between w and 0
//
// Of proximal penalties:
//
//   double slope_bound() const                                 the largest slope of value(w) along one weight
//
//   bool in_domain(ConstRow<S> w)                              of a vector: is value(w) finite? Weights stay
//                                                              where it is, as in a set
//   void to_domain(Row<S> y)                                   and the nearest vector where it is
//
// (the slope of a vector: the root mean square over its weights). Rules with a step size for each weight keep
// it so small that slope times step size is at most the learning rate.
//
//   static constexpr bool convex = false                       of single weights: refused beside vectors
//   Line<S> prox(const Line<S>& y, const Line<S>& t, const auto& sets) const
//                                                              over the sets beside it: sets.project(w)
//
// Without the second member sets of numbers are refused beside it. One more penalty with a prox may stand
// beside it, which is homogeneous: y is then what that makes of the step's.
//
// Of policies of vectors, and of matrices where that makes sense:
//
//   static constexpr Index room                                doubles for each weight that they need
//   void validate(std::string_view where, Index n) const       throws ShapeError for vectors of this length
//   static constexpr bool of_norm = true                       a penalty of the Euclidean norm alone
//   Metric metric                                              of a set; euclidean: its steps are all equal
//   static constexpr Grain grain = Grain::whole                on what it is, if not on rows
//   bool reaches(const auto& each, Index n) const              has it a vector from each.low to each.high?
//   static constexpr bool shell = true                         of a set by norm, which also has a least one
//   static constexpr bool flat = true                          the set has no inside
//   static constexpr bool corners = true                       its boundary has corners
//   static constexpr bool convex = true                        may stand beside MaxNorm, with the third form
//   void settle(Row<S> w, const auto& elements) const          and makes good what rounding did to w
//   static constexpr bool cone = true                          of a set with every vector of one weight, and
//                                                              with w all c w: beside norms in the Euclidean
//                                                              metric, with homogeneous policies of numbers
//   auto ties(Index n) const                                   of a set: which of n weights are one number
//                                                              (kernel/ties.hpp), beside norms
#pragma once

#include <concepts>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/cell.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/core/group.hpp"
#include "espalier/core/matrix.hpp"
#include "espalier/core/matrix_members.hpp"
#include "espalier/core/policy_name.hpp"
#include "espalier/core/policy_traits.hpp"
#include "espalier/core/reparametrization.hpp"

namespace espalier {

/// A vector of weights: one neuron's incoming ones, unless a policy is told otherwise.
template <Scalar S>
using Row = ArrayMap<S>;
template <Scalar S>
using ConstRow = ConstArrayMap<S>;

/// In which norm the result of an optimizer's step is projected: the one in which the step was a gradient
/// step, sum (x - y)^2 / t, the only one whose resting points are constrained optima; or the Euclidean one.
enum class Metric { step, euclidean };

/// norm(row) <= radius exactly, or on the sphere norm(row) == radius within 2 units of roundoff, and of a
/// shell also norm(row) >= least exactly: all of the norm in exact arithmetic.
struct NormBound {
  double radius;
  Metric metric;
  double least = 0;
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

/// The radius of a vector of which the policy keeps `own`; the largest double, if it has no bound yet.
template <NormSet P, Scalar S>
double radius_of(const P& p, [[maybe_unused]] const S* own) {
  if constexpr (StartingBound<P>)
    return own ? p.radius(*own) : std::numeric_limits<double>::max();
  else
    return p.norm_bound().radius;
}

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

/// A penalty of vectors that is infinite outside a set, its domain.
template <class P>
concept PenaltyWithDomain = VectorPenalty<P> && requires(const P& p, Row<float> y) {
  { p.in_domain(ConstRow<float>(y.data(), y.size())) } -> std::same_as<bool>;
  p.to_domain(y);
};

/// What takes whatever comes, vectors too, is given vectors.
template <class P>
concept MatrixSet = !ElementSet<P> && !VectorSet<P> && HasMatrixSet<P>;
template <class P>
concept MatrixPenalty = !SmoothPenalty<P> && !ProximalPenalty<P> && !VectorPenalty<P> && HasMatrixPenalty<P>;

template <class P>
concept MatrixPolicy = MatrixSet<P> || MatrixPenalty<P>;

template <class P>
concept Set = ElementSet<P> || NormSet<P> || VectorSet<P> || MatrixSet<P>;

template <class P>
inline constexpr int roles_of = int{SmoothPenalty<P> || SmoothMatrixPenalty<P>} +
                                int{ProximalPenalty<P> || VectorPenalty<P> || MatrixPenalty<P>} +
                                int{Decay<P>} + int{Set<P>} + int{Reparametrization<P>};

template <class P>
concept Policy = roles_of<P>
== 1;

}  // namespace espalier
