// SPDX-License-Identifier: MIT
// Which policies go together: a pack without an exact algorithm is refused here, in one sentence.
#pragma once

#include <type_traits>

#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier::detail {

/// Is a set or penalty of vectors convex, and does it know its nearest or proximal vector in every diagonal
/// metric, with policies of elements?
template <class P>
inline constexpr bool meets_ball = [] {
  if constexpr (requires { P::convex; })
    return bool{P::convex} && (ProjectsWithElements<P> || ProxWithElements<P>);
  return false;
}();

/// Is a set of vectors a cone with all vectors of one weight?
template <class P>
inline constexpr bool is_cone = [] {
  if constexpr (VectorSet<P> && requires { P::cone; }) return bool{P::cone};
  return false;
}();
/// Does it say which weights are one number?
template <class P>
concept TiesWeights = VectorSet<P> && requires(const P& p, Index n) {
  p.ties(n);
};

template <class P, class... Ps>
inline constexpr int occurrences = (0 + ... + int{std::is_same_v<P, Ps>});

template <class P>
inline constexpr bool const_validate = !requires(P & p) {
  p.validate();
}
|| requires(const P& p) { p.validate(); };

/// Does a policy of vectors return its result, where it should change the vector that it is given?
template <class P>
inline constexpr bool returns_vector = [] {
  if constexpr (requires(const P& p, Row<float> y, ConstRow<float> w) { p.contains(w), p.project(y); })
    return !requires(const P& p, Row<float> y) {
      { p.project(y) } -> std::same_as<void>;
    };
  if constexpr (requires(const P& p, Row<float> y, ConstRow<float> w) { p.value(w), p.prox(y, w); })
    return !requires(const P& p, Row<float> y, ConstRow<float> w) {
      { p.prox(y, w) } -> std::same_as<void>;
    };
  return false;
}();

/// Does P meet Q? A policy that cannot says why, by a static_assert.
template <class P, class Q>
constexpr bool consents() {
  if constexpr (!std::is_same_v<P, Q> && requires { P::template meets<Q>(); }) return P::template meets<Q>();
  return true;
}
template <class P, class... Ps>
inline constexpr bool meets_all = (true && ... && consents<P, Ps>());

/// Has a set of vectors its nearest vector in the metric of the step, and not in the Euclidean norm?
template <class P>
inline constexpr bool lacks_plain_project = [] {
  if constexpr (requires(const P& p, Row<float> y, ConstRow<float> w) { p.contains(w), p.project(y, w); })
    return !VectorSet<P>;
  return false;
}();

/// Has a penalty a half of what keeps weights in its domain?
template <class P>
inline constexpr bool lacks_to_domain = !PenaltyWithDomain<P> && requires(const P& p, ConstRow<float> w) {
  p.in_domain(w);
};

template <class... Ps>
struct FormsOfProject {
  static_assert((true && ... && !lacks_to_domain<Ps>),
                "a penalty of vectors has in_domain(row) alone: give it to_domain(row) too, which finds the "
                "nearest vector whose value is finite");
  static_assert((true && ... && !lacks_plain_project<Ps>),
                "a set of vectors has project(row, step_sizes) alone: give it project(row) too, which finds "
                "the nearest vector where all step sizes are equal");
  static_assert(
      (true && ... && !returns_vector<Ps>),
      "a policy's project() or prox() of vectors returns its result, which nobody reads: let it change "
      "the vector that it is given, and return void");
  bool operator==(const FormsOfProject&) const = default;
};

/// Stands for the sets beside a penalty.
struct NoSets {
  template <Scalar S>
  Line<S> project(const Line<S>& w) const {
    return w;
  }
};
/// Has the prox of a penalty the form that minimizes over the sets of single weights beside it?
template <class P>
inline constexpr bool prox_knows_sets = requires(const P& p, Line<float> y, NoSets sets) {
  p.prox(y, y, sets);
}
|| requires(const P& p, Line<float> y, NoSets sets) { p.prox(y, y, sets, y); };

/// How often each role is played in a pack.
template <class... Ps>
struct PackRoles : private FormsOfProject<Ps...> {
  static constexpr std::size_t size = sizeof...(Ps);
  static constexpr bool empty = size == 0;
  static constexpr bool smooth = (false || ... || SmoothPenalty<Ps>);
  static constexpr bool smooth_matrix = (false || ... || SmoothMatrixPenalty<Ps>);
  static constexpr bool decays = (false || ... || Decay<Ps>);
  static constexpr int proximal = (0 + ... + int{ProximalPenalty<Ps>});
  /// How many of those are not convex, and how many are homogeneous.
  static constexpr int not_convex = (0 + ... + int{ProximalPenalty<Ps> && !is_convex<Ps>});
  static constexpr int homogeneous_penalties =
      (0 + ... + int{ProximalPenalty<Ps> && homogeneous_policy<Ps>()});
  static constexpr int element_sets = (0 + ... + int{ElementSet<Ps>});
  static constexpr int norm_sets = (0 + ... + int{NormSet<Ps>});
  static constexpr int vector_sets = (0 + ... + int{VectorSet<Ps>});
  static constexpr int vector_penalties = (0 + ... + int{VectorPenalty<Ps>});
  static constexpr int matrix_sets = (0 + ... + int{MatrixSet<Ps>});
  static constexpr int matrix_penalties = (0 + ... + int{MatrixPenalty<Ps>});
  static constexpr bool scales_rows = (false || ... || RowScale<Ps>);
  static constexpr bool trains_gain = (false || ... || [] {
    if constexpr (RowScale<Ps>) return bool{Ps::trains_gain};
    return false;
  }());
  static constexpr bool has_beside = (false || ... || (MatrixMap<Ps> && HasNumbersBeside<Ps>));
  static constexpr int reparametrizations = (0 + ... + int{Reparametrization<Ps>});
  /// Do weights stay in solid sets that hold of what is stored?
  static constexpr bool toward_zero = (false || ... || [] {
    if constexpr (requires { Ps::toward_zero; }) return ElementMap<Ps> && bool{Ps::toward_zero};
    return false;
  }());
  /// How many keep a number of their own for each weight.
  static constexpr Index memories = (Index{0} + ... + Index{KeepsNumbers<Ps>});
  /// Which of them do, and which make it of the weights that training starts from: bit k is the k-th.
  static constexpr unsigned keeping = [] {
    unsigned bits = 0, k = 0;
    ((bits |= unsigned{KeepsNumbers<Ps>} << k++), ...);
    return bits;
  }();
  static constexpr unsigned starting = [] {
    unsigned bits = 0, k = 0;
    ((bits |= unsigned{StartingPolicy<Ps> || StartingBound<Ps>} << k++), ...);
    return bits;
  }();
  /// How many penalties are infinite outside a set. To everybody but the step they are that set.
  static constexpr int domains = (0 + ... + int{PenaltyWithDomain<Ps>});
  static constexpr bool has_set = element_sets + norm_sets + vector_sets + matrix_sets + domains > 0;
  static constexpr bool has_prox = proximal + vector_penalties + matrix_penalties > 0;
  static constexpr bool constrains = has_set || has_prox;
  /// Is a bound of norms all that follows a step?
  static constexpr bool only_norm =
      norm_sets == 1 && element_sets + vector_sets + vector_penalties + proximal == 0;
  /// Must a whole vector be seen at once?
  static constexpr bool by_vector = norm_sets + vector_sets + vector_penalties > 0;
  /// Is there a convex set of vectors, or a convex penalty of them, in a ball?
  static constexpr bool one_in_ball =
      vector_sets + vector_penalties == 1 && norm_sets == 1 &&
      (true && ... && ((!(VectorSet<Ps> || VectorPenalty<Ps>) || meets_ball<Ps>)&&(!NormSet<Ps> || [] {
         if constexpr (NormSet<Ps>) return !Ps::sphere && !is_shell<Ps>;
         return true;
       }())));
  static constexpr bool set_in_ball = one_in_ball && vector_sets == 1,
                        penalty_in_ball = one_in_ball && vector_penalties == 1;
  /// Is there a set of vectors beside a norm, and the norm comes after it (pack/norm_of_set.hpp)?
  static constexpr bool set_and_norm = vector_sets == 1 && norm_sets == 1 && vector_penalties == 0,
                        cone_and_norm = set_and_norm && (false || ... || is_cone<Ps>),
                        ties_and_norm = set_and_norm && !set_in_ball && (false || ... || TiesWeights<Ps>),
                        norm_of_set = cone_and_norm || ties_and_norm;
  /// Doubles for each weight of a vector that policies ask for, and their pack.
  static constexpr Index room = [] {
    Index most = 0;
    (
        [&] {
          if constexpr (requires { Ps::room; })
            if (Ps::room > most) most = Ps::room;
        }(),
        ...);
    return most + 2 * int{one_in_ball} + 4 * int{ties_and_norm};
  }();

  static constexpr bool on_sphere = [] {
    bool found = false;
    (
        [&] {
          if constexpr (NormSet<Ps>) found = found || Ps::sphere;
        }(),
        ...);
    return found;
  }();
  static constexpr bool on_shell = (false || ... || (NormSet<Ps> && is_shell<Ps>));
  /// Is there a set without an inside?
  static constexpr bool flat = on_sphere || (false || ... || [] {
                                 if constexpr (requires { Ps::flat; }) return bool{Ps::flat};
                                 return false;
                               }());
  /// Has the set of vectors a boundary that is not smooth, by itself or where elements are at their bounds?
  static constexpr bool corners =
      (norm_sets + vector_sets > 0 && element_sets > 0) || set_in_ball || (false || ... || [] {
        if constexpr (requires { Ps::corners; }) return bool{Ps::corners};
        return false;
      }());
  /// Are they all functions of the singular values, whatever the singular vectors?
  static constexpr bool spectral = (false || ... || MatrixPolicy<Ps>)&&(true && ... && [] {
    if constexpr (MatrixPolicy<Ps>) {
      if constexpr (requires { Ps::of_singular_values; }) return bool{Ps::of_singular_values};
    }
    return !MatrixPolicy<Ps>;
  }());
  static constexpr bool homogeneous =
      (true && ... && (homogeneous_policy<Ps>() || !(ElementSet<Ps> || ProximalPenalty<Ps>)));

  static_assert(
      (true && ... &&
       (!KeepsNumbers<Ps> || SmoothPenalty<Ps> || ProximalPenalty<Ps> || ElementSet<Ps> || NormSet<Ps> ||
        MakesBall<Ps>)),
      "a policy has at(cell) or keep(w, cell), but no member that takes the number which it keeps of a "
      "weight: give contains and project, value and gradient, or value and prox a last argument");
  static_assert(
      (true && ... && (roles_of<Ps> > 0)),
      "a policy plays no role: give it the members of one of the roles listed in espalier/core/policy.hpp "
      "(const, for float and for double); an activation is a layer, ClipNorm is the optimizer's");
  static_assert(
      (true && ... && (roles_of<Ps> <= 1)),
      "a policy plays two roles: split it into two policies, one for each role of espalier/core/policy.hpp");
  static_assert((true && ... && (detail::occurrences<Ps, Ps...> == 1)),
                "a policy is given twice: write it once, with the value that you mean");
  static_assert((true && ... && meets_all<Ps, Ps...>));
  static_assert(
      norm_sets <= 1,
      "two norm constraints on one group: keep either UnitNorm or MaxNorm, a row has one norm; MinMaxNorm "
      "and MaxNormFrom count too");
  static_assert(
      !(on_sphere || on_shell) || homogeneous,
      "UnitNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection: write "
      "MaxNorm instead of UnitNorm, or NonNegative instead of Clip");
  static_assert(
      !cone_and_norm || homogeneous,
      "TopK or NofM with a norm and a set or penalty that is not homogeneous, as Clip, has no exact "
      "projection: which weights are best to keep depends on the multiplier of the norm; drop one of "
      "the three, or write NonNegative instead of Clip");
  static_assert((true && ... && const_validate<Ps>),
                "a policy's validate() is never called, since it is not const: write void validate() const");
  static_assert(reparametrizations <= 1,
                "two reparametrizations on one weight: keep one of them, as WeightNorm or UnitNormalized");
  static_assert(reparametrizations == 0 || !has_set || toward_zero,
                "a reparametrization with a set on the same weight: say on what, Gain<...> for the lengths, "
                "or drop one of the two; levels under a bound, as SignedSumBound, are those of "
                "QuantizedTowardZero");
  static_assert(!toward_zero || (true && ... && (!Set<Ps> || solid_policy<Ps>())),
                "levels towards zero beside a set that does not say that it is solid: it would hold of the "
                "stored numbers and not of the weights");
  static_assert(reparametrizations == 0 || !(smooth || smooth_matrix || decays || has_prox),
                "a penalty or decay on a weight whose scale is reparametrized away only changes the learning "
                "rate: put it on "
                "Gain<...>, or drop the reparametrization");
  static_assert(not_convex == 0 || !by_vector,
                "a penalty of single weights that is not convex, as L0, has no exact algorithm beside a set, "
                "norm or penalty of vectors, which count on one prox after another: drop one of the two, or "
                "write L1 instead of L0");
  static_assert((true && ... &&
                 (is_convex<Ps> || !ProximalPenalty<Ps> || element_sets == 0 || prox_knows_sets<Ps>)),
                "a penalty that is not convex is beside a set of single weights: give it "
                "prox(y, t, sets) for lines of weights (espalier/core/policy.hpp), or drop one of the two");
  static_assert((proximal <= 1 || (proximal == 2 && not_convex == 1 && homogeneous_penalties == 1)) &&
                    vector_penalties <= 1,
                "two proximal penalties on one weight have no exact joint algorithm: keep one of them");
  static_assert(vector_sets <= 1 &&
                    (vector_sets == 0 || norm_sets + vector_penalties == 0 || set_in_ball || norm_of_set) &&
                    (element_sets + proximal == 0 ||
                     (true && ... && (!VectorSet<Ps> || ProjectsWithElements<Ps>))),
                "a set of whole rows cannot be combined exactly with another set or a proximal penalty: "
                "write one policy that "
                "projects onto the intersection");
  static_assert(matrix_sets + matrix_penalties == 0 || element_sets + norm_sets + vector_sets + matrix_sets +
                                                               proximal + vector_penalties +
                                                               matrix_penalties ==
                                                           1,
                "a policy of whole matrices cannot be combined exactly with another set or a penalty with a "
                "prox: keep one of them, or put them on different weights");
  static_assert(domains == 0 || element_sets + norm_sets + vector_sets + proximal == 0,
                "a penalty that is infinite outside a set, as LassoNet, with another set or a penalty with a "
                "prox on the same weight has no exact algorithm: drop one of the two");
  static_assert(
      (element_sets + proximal == 0 || (true && ... && (!VectorPenalty<Ps> || ProxWithElements<Ps>))) &&
          (norm_sets == 0 || penalty_in_ball ||
           (true && ... && (!VectorPenalty<Ps> || of_norm_policy<Ps>()))),
      "a penalty of whole rows cannot be combined exactly with a set or another proximal penalty: give "
      "its prox() the form that takes elements, or drop one of them");

  bool operator==(const PackRoles&) const = default;
};

}  // namespace espalier::detail
