// SPDX-License-Identifier: MIT
// Have the sets of a pack a point in common? And what is said if they have none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/group.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/pack/apply.hpp"
#include "espalier/pack/elements.hpp"
#include "espalier/pack/roles.hpp"

namespace espalier::detail {

/// The vector of a set that is nearest to zero.
template <Scalar S, class P, class Elements>
std::vector<S> shortest_of(const P& set, const Elements& elements, Index n, Index room_of_each) {
  std::vector<S> row(static_cast<std::size_t>(n), S(0));
  std::vector<double> room(static_cast<std::size_t>(room_of_each * n));
  if (!set.contains(ConstRow<S>(row.data(), n)) || !Elements::none)
    project_vector(set, row.data(), n, Steps<S>{nullptr, S(1)}, elements, room.data());
  return row;
}

/// Is there a vector that is not zero among those which a set of tied weights and the elements allow?
template <Scalar S, class P, class Elements>
bool ties_have_directions(const P& set, const Elements& elements, Index n, Index room_of_each) {
  const auto ties = set.ties(n);
  std::vector<S> row(static_cast<std::size_t>(n));
  std::vector<double> room(static_cast<std::size_t>(room_of_each * n));
  for (const double side : {1.0, -1.0}) {
    for (Index i = 0; i < n; ++i) row[static_cast<std::size_t>(i)] = static_cast<S>(side * ties(i).sign);
    project_vector(set, row.data(), n, Steps<S>{nullptr, S(1)}, elements, room.data());
    for (const S x : row)
      if (x != 0) return true;
  }
  return false;
}

/// On groups of n weights of precision S. Of intervals and a ball around zero the nearest vector to zero
/// decides, of cones and a sphere any direction; a set of vectors may say which intervals it reaches.
template <Scalar S, class PackType>
bool have_common_point(const PackType& pack, Index n) {
  const auto elements = elements_of<true>(pack.policies(), PolicyMemory<S>{});
  if constexpr (PackType::matrix_sets > 0) {
    return true;  // it is the only one
  } else if constexpr (PackType::vector_sets > 0) {
    bool found = true;
    if constexpr (PackType::cone_and_norm && (PackType::on_sphere || PackType::on_shell))
      found = n > 0 && (elements.project(S(1)) == 1 || elements.project(S(-1)) == -1);
    pack.each([&](const auto& p, std::size_t) {
      if constexpr (requires { p.reaches(elements.template interval<S>(), n); })
        found = found && p.reaches(elements.template interval<S>(), n);
      if constexpr (VectorSet<std::decay_t<decltype(p)>> && PackType::set_in_ball)
        found =
            found && pack.contains(shortest_of<S>(p, elements_of<false>(pack.policies(), PolicyMemory<S>{}),
                                                  n, PackType::room)
                                       .data(),
                                   n);
      if constexpr (PackType::ties_and_norm && TiesWeights<std::decay_t<decltype(p)>>)
        found = found && ties_have_directions<S>(p, elements_of<false>(pack.policies(), PolicyMemory<S>{}), n,
                                                 PackType::room);
    });
    return found;
  } else {
    const std::vector<S> nearest(static_cast<std::size_t>(n), elements.project(S(0)));
    if constexpr (!PackType::on_sphere && !PackType::on_shell) return pack.contains(nearest.data(), n);
    if (pack.contains(nearest.data(), n)) return true;
    return n > 0 && (elements.project(S(1)) == 1 || elements.project(S(-1)) == -1);
  }
}

template <class PackType>
[[noreturn]] void fail_to_intersect(const PackType& pack, std::string_view where) {
  std::string sets;
  bool keeps = false;  // of the weights that training starts from, which are not there yet
  pack.for_each_policy([&]<class P>(const P&) {
    keeps = keeps || (StartingPolicy<Ungrouped<P>> && Set<Ungrouped<P>>);
    if constexpr (Set<Ungrouped<P>>) (sets += sets.empty() ? "" : ", ") += policy_name<Ungrouped<P>>();
  });
  if (PackType::element_sets + PackType::norm_sets + PackType::vector_sets == 1)
    fail(where, "a point of " + sets + " from its project()",
         keeps ? "one that its contains() denies with what keep(NaN, cell) says: for no weights yet"
               : "one that its contains() denies");
  fail(where, "constraint sets that have a point in common", "an empty intersection of " + sets);
}

}  // namespace espalier::detail
