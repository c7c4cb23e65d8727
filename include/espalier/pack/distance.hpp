// SPDX-License-Identifier: MIT
// How far a row of weights is from the set of one policy.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "espalier/core/policy.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/pack/norm_projection.hpp"

namespace espalier::detail {

/// The Euclidean distance, in units of the weights; 0 exactly where the set contains the row, infinity where
/// the row is not finite. 0 for a policy that is no set. `own` are the numbers that the policy keeps.
template <class P, Scalar S>
double distance_to_set([[maybe_unused]] const P& p, [[maybe_unused]] const S* row, [[maybe_unused]] Index n,
                       [[maybe_unused]] const S* own = nullptr) {
  if constexpr (NormSet<P>) {
    if (has_norm(p, row, n, own)) return 0;
    if (!ConstRow<S>(row, n).allFinite()) return std::numeric_limits<double>::infinity();
    // Norms are judged in exact arithmetic: the computed one may be the radius where the exact one is not.
    const double length = norm(row, n), most = radius_of(p, own), least_norm = p.norm_bound().least,
                 radius = is_shell<P> && 2 * length < least_norm + most ? least_norm : most,
                 least = radius * roundoff<double>, distance = std::abs(length - radius);
    return std::clamp(distance, least, std::numeric_limits<double>::max());
  } else if constexpr (Set<P> || PenaltyWithDomain<P>) {
    std::vector<S> nearest(row, row + n);
    if constexpr (PenaltyWithDomain<P>) {
      if (p.in_domain(ConstRow<S>(row, n))) return 0;
      p.to_domain(Row<S>(nearest.data(), n));
    } else if constexpr (VectorSet<P>) {
      const auto& set = set_of(p, own);
      if (set.contains(ConstRow<S>(row, n))) return 0;
      std::vector<double> room;
      if constexpr (requires { P::room; }) room.resize(static_cast<std::size_t>(P::room * n));
      project_vector(set, nearest.data(), n, Steps<S>{nullptr, S(1)}, NoElements{}, room.data());
    } else {
      bool inside = true;
      each_weight<P>(n, own, [&](Index i, auto... number) {
        S& w = nearest[static_cast<std::size_t>(i)];
        inside = inside && p.contains(w, number...);
        w = p.project(w, number...);
      });
      if (inside) return 0;
    }
    for (Index i = 0; i < n; ++i) {
      if (!std::isfinite(row[i])) return std::numeric_limits<double>::infinity();
      nearest[static_cast<std::size_t>(i)] -= row[i];
    }
    return norm(nearest.data(), n);
  } else {
    return 0;
  }
}

}  // namespace espalier::detail
