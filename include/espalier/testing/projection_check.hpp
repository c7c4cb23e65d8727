// SPDX-License-Identifier: MIT
// Is a projection the projection? The properties that prove it, on random rows: for your own sets.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "espalier/constraint/pack.hpp"
#include "espalier/core/rng.hpp"

namespace espalier {

/// What went wrong, as counts and worst values over all trials; a right projection of a convex set has 0
/// everywhere and `variational` at the level of roundoff.
struct ProjectionErrors {
  long infeasible = 0;      ///< results that `contains` denies
  long not_idempotent = 0;  ///< results that change, in any bit, when projected again
  long moved_feasible = 0;  ///< feasible rows that were touched
  long longer = 0;          ///< pairs that ended further apart than they began (convex sets)
  double variational = 0;  ///< largest <y - p, z - p> / (norm(y - p) norm(z - p)), z feasible; <= 0 for *the*
                           ///< projection (convex)
};

struct ProjectionTrials {
  long trials = 200;
  Index length = 5;  ///< of a row
  double scale = 1;  ///< of the random rows; feasible rows come from projecting others
  bool uneven_steps =
      false;  ///< in a metric with a random step size for each weight, as after a step of Adam
};

namespace detail {

template <Scalar S>
double weighted_dot(const std::vector<S>& a, const std::vector<S>& b, const std::vector<S>& c,
                    const std::vector<S>& d, const std::vector<S>& t) {
  double sum = 0;  // <a - b, c - d> in the metric
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += (static_cast<double>(a[i]) - static_cast<double>(b[i])) *
           (static_cast<double>(c[i]) - static_cast<double>(d[i])) / static_cast<double>(t[i]);
  return sum;
}

}  // namespace detail

/// Tries the projection of a pack of sets, `Pack(Clip{-1, 1}, MaxNorm{2})`, on random rows of precision S.
template <Scalar S, class... Ps>
ProjectionErrors projection_check(const Pack<Ps...>& pack, Rng rng, const ProjectionTrials& options = {}) {
  const auto n = static_cast<std::size_t>(options.length);
  using Numbers = std::vector<S>;
  Numbers t(n, S(1)), scratch(n);
  const auto random = [&] {
    Numbers row(n);
    for (S& x : row) x = static_cast<S>(options.scale * rng.normal());
    return row;
  };
  const auto project = [&](Numbers row) {
    typename Pack<Ps...>::Counts counts{};
    if (!pack.contains(row.data(), options.length))
      pack.template constrain<false>(row.data(), options.length,
                                     detail::Steps<S>{options.uneven_steps ? t.data() : nullptr, S(1)}, S(1),
                                     scratch.data(), counts);
    return row;
  };
  ProjectionErrors errors;
  for (long trial = 0; trial < options.trials; ++trial) {
    if (options.uneven_steps)
      for (S& step : t) step = static_cast<S>(std::exp(rng.normal()));
    const Numbers y = random(), p = project(y), other = random(), z = project(other);
    errors.infeasible += !pack.contains(p.data(), options.length);
    errors.not_idempotent += project(p) != p;
    if (pack.contains(y.data(), options.length)) errors.moved_feasible += p != y;
    const double before = detail::weighted_dot(y, other, y, other, t),
                 after = detail::weighted_dot(p, z, p, z, t);
    errors.longer += after > before * (1 + 16 * detail::roundoff<S>);
    const double reach = std::sqrt(detail::weighted_dot(y, p, y, p, t) * detail::weighted_dot(z, p, z, p, t));
    if (reach > 0)
      errors.variational = std::max(errors.variational, detail::weighted_dot(y, p, z, p, t) / reach);
  }
  return errors;
}

}  // namespace espalier
