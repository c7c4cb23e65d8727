// SPDX-License-Identifier: MIT
// Which policies go together: a pack without an exact algorithm is refused here, in one sentence.
#pragma once

#include <type_traits>

#include "espalier/core/policy.hpp"

namespace espalier::detail {

/// Does a set of vectors know its nearest vector in every diagonal metric, and is it convex?
template <class P>
inline constexpr bool meets_ball = [] {
  if constexpr (requires { P::convex; }) return bool{P::convex} && ProjectsWithElements<P>;
  return false;
}();

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

template <class... Ps>
struct FormsOfProject {
  static_assert((true && ... && !lacks_plain_project<Ps>),
                "a set of vectors has project(row, step_sizes) alone: give it project(row) too, which finds "
                "the nearest vector where all step sizes are equal");
  static_assert(
      (true && ... && !returns_vector<Ps>),
      "a policy's project() or prox() of vectors returns its result, which nobody reads: let it change "
      "the vector that it is given, and return void");
  bool operator==(const FormsOfProject&) const = default;
};

/// How often each role is played in a pack.
template <class... Ps>
struct PackRoles : private FormsOfProject<Ps...> {
  static constexpr std::size_t size = sizeof...(Ps);
  static constexpr bool empty = size == 0;
  static constexpr bool smooth = (false || ... || SmoothPenalty<Ps>);
  static constexpr bool decays = (false || ... || Decay<Ps>);
  static constexpr int proximal = (0 + ... + int{ProximalPenalty<Ps>});
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
    ((bits |= unsigned{StartingPolicy<Ps>} << k++), ...);
    return bits;
  }();
  static constexpr bool has_set = element_sets + norm_sets + vector_sets + matrix_sets > 0;
  static constexpr bool has_prox = proximal + vector_penalties + matrix_penalties > 0;
  static constexpr bool constrains = has_set || has_prox;
  /// Is a bound of norms all that follows a step?
  static constexpr bool only_norm =
      norm_sets == 1 && element_sets + vector_sets + vector_penalties + proximal == 0;
  /// Must a whole vector be seen at once?
  static constexpr bool by_vector = norm_sets + vector_sets + vector_penalties > 0;
  /// Is there a convex set of vectors in a ball?
  static constexpr bool set_in_ball =
      vector_sets == 1 && norm_sets == 1 && vector_penalties == 0 &&
      (true && ... && ((!VectorSet<Ps> || meets_ball<Ps>)&&(!NormSet<Ps> || [] {
         if constexpr (NormSet<Ps>) return !Ps::sphere;
         return true;
       }())));
  /// Doubles for each weight of a vector that policies ask for, and their pack.
  static constexpr Index room = [] {
    Index most = 0;
    (
        [&] {
          if constexpr (requires { Ps::room; })
            if (Ps::room > most) most = Ps::room;
        }(),
        ...);
    return most + 2 * int{set_in_ball};
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
      return false;
    }
    return true;
  }());
  static constexpr bool homogeneous =
      (true && ... && (homogeneous_policy<Ps>() || !(ElementSet<Ps> || ProximalPenalty<Ps>)));

  static_assert((true && ... &&
                 (!KeepsNumbers<Ps> || SmoothPenalty<Ps> || ProximalPenalty<Ps> || ElementSet<Ps>)),
                "a policy has at(cell) or keep(w, cell), but no member that takes the number which it keeps "
                "of a weight: "
                "give contains and project, value and gradient, or value and prox a last argument");
  static_assert(
      (true && ... && (roles_of<Ps> > 0)),
      "a policy plays no role: give it the members of one of the roles listed in espalier/core/policy.hpp "
      "(const, for float and for double)");
  static_assert(
      (true && ... && (roles_of<Ps> <= 1)),
      "a policy plays two roles: split it into two policies, one for each role of espalier/core/policy.hpp");
  static_assert((true && ... && (detail::occurrences<Ps, Ps...> == 1)),
                "a policy is given twice: write it once, with the value that you mean");
  static_assert((true && ... && meets_all<Ps, Ps...>));
  static_assert(norm_sets <= 1,
                "two norm constraints on one group: keep either UnitNorm or MaxNorm, a row has one norm");
  static_assert(
      !on_sphere || homogeneous,
      "UnitNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection: write "
      "MaxNorm instead of UnitNorm, or NonNegative instead of Clip");
  static_assert((true && ... && const_validate<Ps>),
                "a policy's validate() is never called, since it is not const: write void validate() const");
  static_assert(reparametrizations <= 1,
                "two reparametrizations on one weight: keep one of them, as WeightNorm or UnitNormalized");
  static_assert(reparametrizations == 0 || !has_set,
                "a reparametrization with a set on the same weight: say on what, Gain<...> for the lengths, "
                "or drop one of the two");
  static_assert(reparametrizations == 0 || !(smooth || decays || has_prox),
                "a penalty or decay on a weight whose scale is reparametrized away only changes the learning "
                "rate: put it on "
                "Gain<...>, or drop the reparametrization");
  static_assert(proximal <= 1 && vector_penalties <= 1,
                "two proximal penalties on one weight have no exact joint algorithm: keep one of them");
  static_assert(vector_sets <= 1 && (vector_sets == 0 || norm_sets + vector_penalties == 0 || set_in_ball) &&
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
  static_assert(
      (element_sets + proximal == 0 || (true && ... && (!VectorPenalty<Ps> || ProxWithElements<Ps>))) &&
          (norm_sets == 0 || (true && ... && (!VectorPenalty<Ps> || of_norm_policy<Ps>()))),
      "a penalty of whole rows cannot be combined exactly with a set or another proximal penalty: give "
      "its prox() the form that takes elements, or drop one of them");

  bool operator==(const PackRoles&) const = default;
};

/// What the policies of a pack must see at once.
template <class... Ps>
struct PackGrain {
  static constexpr bool of_vectors = PackRoles<Ungrouped<Ps>...>::by_vector,
                        of_matrices = (false || ... || MatrixPolicy<Ungrouped<Ps>>);
  template <class P>
  static constexpr bool looks_at_vectors =
      NormSet<Ungrouped<P>> || VectorSet<Ungrouped<P>> || VectorPenalty<Ungrouped<P>>;

  static constexpr Grain grain = [] {
    Grain found = of_vectors ? Grain::row : of_matrices ? Grain::matrix : Grain::element;
    (
        [&] {
          if constexpr (Grouping<Ps>::named) found = Ps::grain;
        }(),
        ...);
    return found;
  }();

  static_assert(
      (true && ... && (!Grouping<Ps>::named || looks_at_vectors<Ps>)),
      "PerInput{...} and Whole{...} are for policies that look at vectors, as MaxNorm: write a policy "
      "on single weights, as L1, without them");
  template <class P>
  static constexpr Grain grain_of = [] {
    if constexpr (Grouping<P>::named) return P::grain;
    return Grain::row;
  }();
  static constexpr bool one_grouping = (true && ... && (!looks_at_vectors<Ps> || grain_of<Ps> == grain));

  static_assert(one_grouping,
                "policies on rows, on columns (PerInput) or on all of one weight (Whole) have no exact joint "
                "algorithm: keep one of the groupings");

  bool operator==(const PackGrain&) const = default;
};

}  // namespace espalier::detail
