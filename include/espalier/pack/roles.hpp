// SPDX-License-Identifier: MIT
// Which policies go together: a pack without an exact algorithm is refused here, in one sentence.
#pragma once

#include <type_traits>

#include "espalier/core/policy.hpp"

namespace espalier::detail {

template <class P, class... Ps>
inline constexpr int occurrences = (0 + ... + int{std::is_same_v<P, Ps>});

template <class P>
inline constexpr bool const_validate = !requires(P & p) {
  p.validate();
}
|| requires(const P& p) { p.validate(); };

/// How often each role is played in a pack.
template <class... Ps>
struct PackRoles {
  static constexpr std::size_t size = sizeof...(Ps);
  static constexpr bool empty = size == 0;
  static constexpr bool smooth = (false || ... || SmoothPenalty<Ps>);
  static constexpr bool decays = (false || ... || Decay<Ps>);
  static constexpr int proximal = (0 + ... + int{ProximalPenalty<Ps>});
  static constexpr int element_sets = (0 + ... + int{ElementSet<Ps>});
  static constexpr int norm_sets = (0 + ... + int{NormSet<Ps>});
  static constexpr int row_sets = (0 + ... + int{RowSet<Ps>});
  static constexpr int reparametrizations = (0 + ... + int{Reparametrization<Ps>});
  static constexpr bool has_set = element_sets + norm_sets + row_sets > 0;
  static constexpr bool constrains = has_set || proximal > 0;
  /// Must a whole row be seen at once?
  static constexpr bool by_row = norm_sets + row_sets > 0;

  static constexpr bool on_sphere = [] {
    bool found = false;
    (
        [&] {
          if constexpr (NormSet<Ps>) found = found || Ps::sphere;
        }(),
        ...);
    return found;
  }();
  static constexpr bool homogeneous =
      (true && ... && (homogeneous_policy<Ps>() || !(ElementSet<Ps> || ProximalPenalty<Ps>)));

  static_assert(
      (true && ... && (roles_of<Ps> > 0)),
      "a policy plays no role: give it the members of one of the roles listed in espalier/core/policy.hpp "
      "(const, for float and for double)");
  static_assert(
      (true && ... && (roles_of<Ps> <= 1)),
      "a policy plays two roles: split it into two policies, one for each role of espalier/core/policy.hpp");
  static_assert((true && ... && (detail::occurrences<Ps, Ps...> == 1)),
                "a policy is given twice: write it once, with the value that you mean");
  static_assert(norm_sets <= 1,
                "two norm constraints on one group: keep either UnitNorm or MaxNorm, a row has one norm");
  static_assert(
      !on_sphere || homogeneous,
      "UnitNorm with a set or penalty that is not homogeneous, as Clip, has no exact projection: write "
      "MaxNorm instead of UnitNorm, or NonNegative instead of Clip");
  static_assert((true && ... && const_validate<Ps>),
                "a policy's validate() is never called, since it is not const: write void validate() const");
  static_assert(reparametrizations <= 1,
                "two reparametrizations on one weight: keep either WeightNorm or UnitNormalized");
  static_assert(reparametrizations == 0 || !has_set,
                "a reparametrization with a set on the same weight: say on what, Gain<...> for the lengths, "
                "or drop one of the two");
  static_assert(reparametrizations == 0 || !(smooth || decays || proximal > 0),
                "a penalty or decay on a weight whose scale is reparametrized away only changes the learning "
                "rate: put it on "
                "Gain<...>, or drop the reparametrization");
  static_assert(proximal <= 1,
                "two proximal penalties on one weight have no exact joint algorithm: keep one of them");
  static_assert(row_sets <= 1 && (row_sets == 0 || element_sets + norm_sets + proximal == 0),
                "a set of whole rows cannot be combined exactly with another set or a proximal penalty: "
                "write one policy that "
                "projects onto the intersection");

  bool operator==(const PackRoles&) const = default;
};

}  // namespace espalier::detail
