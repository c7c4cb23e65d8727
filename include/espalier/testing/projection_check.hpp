// SPDX-License-Identifier: MIT
// Is a projection the projection? The properties that prove it, on random rows: for your own sets.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "espalier/core/rng.hpp"
#include "espalier/pack/matrix_policies.hpp"
#include "espalier/pack/pack.hpp"
#include "espalier/pack/remember.hpp"

namespace espalier {

/// What went wrong, as counts and worst values over all trials; `fmt::print("{}", ...)` shows them. Of a
/// right projection of a convex set, everything is `ok()`. A set that is not convex (a sphere, at most k
/// weights that are not 0) is expected to fail `longer` and `variational`: ask for `holds()`.
struct ProjectionErrors {
  long infeasible = 0;      ///< results that `contains` denies
  long not_idempotent = 0;  ///< results that change, in any bit, when projected again
  long moved_feasible = 0;  ///< feasible rows that were touched, in any bit
  long longer = 0;          ///< pairs that ended further apart than they began, by more than roundoff
  /// Largest <y - p, z - p>, z feasible, relative to the sizes of y - p, z - p and p: not above 0 for *the*
  /// projection.
  double variational = 0;
  double tolerance = 0;  ///< for `variational`: 100 units of roundoff

  /// Results are feasible, and what is feasible is not touched.
  bool holds() const { return infeasible == 0 && not_idempotent == 0 && moved_feasible == 0; }
  /// They also are the nearest points, of a convex set.
  bool ok() const { return holds() && longer == 0 && variational <= tolerance; }
};

struct ProjectionTrials {
  long trials = 200;
  Index length = 5;  ///< of a row
  Index rows = 1;    ///< of a matrix, for policies that look at matrices
  double scale = 1;  ///< of the random rows
  bool uneven_steps =
      false;  ///< in a metric with a random step size for each weight, as after a step of Adam
};

namespace detail {

/// <a - b, c - d> in the metric of the step sizes t.
template <Scalar S>
double weighted_dot(const std::vector<S>& a, const std::vector<S>& b, const std::vector<S>& c,
                    const std::vector<S>& d, const std::vector<S>& t) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += (static_cast<double>(a[i]) - static_cast<double>(b[i])) *
           (static_cast<double>(c[i]) - static_cast<double>(d[i])) / static_cast<double>(t[i]);
  return sum;
}

/// One row after another through the projection of a pack.
template <Scalar S, class PackType>
class ProjectionCheck {
 public:
  ProjectionCheck(const PackType& pack, Rng rng, const ProjectionTrials& options)
      : pack_(pack),
        rng_(rng),
        options_(options),
        t_(size(), S(1)),
        zero_(size()),
        copies_(size() * PackType::copies),
        room_(size() * PackType::room),
        kept_(size() * PackType::memories) {}

  ProjectionErrors run() {
    errors_.tolerance = 100 * roundoff<S>;
    if constexpr (PackType::memories > 0) {
      // What policies keep of a weight of one row, from a random start in their sets.
      Numbers start = random();
      const Block<const S> row{start.data(), 1, options_.length};
      remember(pack_, row, kept_.data(), options_.length, Remember::opened);
      start = project(start);
      remember(pack_, Block<const S>{start.data(), 1, options_.length}, kept_.data(), options_.length,
               Remember::started);
    }
    for (long trial = 0; trial < options_.trials; ++trial) {
      if (options_.uneven_steps)
        for (S& step : t_) step = static_cast<S>(std::exp(rng_.normal()));
      const Numbers y = random(), p = project(y), other = random(), z = project(other);
      errors_.infeasible += !contains(p);
      errors_.not_idempotent += differ(project(p), p);
      errors_.longer +=
          distance(p, z) > distance(y, other) + 8 * roundoff<S> * (distance(p, zero_) + distance(z, zero_));
      try_feasible(z, y, p);
      // Points on the way from p to y: none may be feasible. Points on the way to zero: many are.
      try_feasible(between(p, y, std::exp2(-rng_.uniform(0, 40))), y, p);
      try_feasible(between(p, zero_, rng_.uniform()), y, p);
    }
    return errors_;
  }

 private:
  using Numbers = std::vector<S>;

  static constexpr bool of_matrices = PackType::grain == Grain::matrix;

  PolicyMemory<S> memory() const { return {kept_.data(), options_.length}; }
  std::size_t size() const {
    return static_cast<std::size_t>(options_.length * (of_matrices ? options_.rows : 1));
  }
  bool contains(const Numbers& row) const {
    if constexpr (of_matrices)
      return contains_matrix(pack_, Block<const S>{row.data(), options_.rows, options_.length});
    else
      return pack_.contains(row.data(), options_.length, memory());
  }
  double distance(const Numbers& a, const Numbers& b) const {
    return std::sqrt(weighted_dot(a, b, a, b, t_));
  }
  static bool differ(const Numbers& a, const Numbers& b) {
    return std::memcmp(a.data(), b.data(), a.size() * sizeof(S)) != 0;
  }

  Numbers random() {
    Numbers row(size());
    for (S& x : row) x = static_cast<S>(options_.scale * rng_.normal());
    return row;
  }
  Numbers project(Numbers row) {
    if constexpr (of_matrices) {
      project_matrix(pack_, Block<S>{row.data(), options_.rows, options_.length});
      return row;
    }
    typename PackType::Counts counts{};
    const Steps<S> steps{options_.uneven_steps ? t_.data() : nullptr, S(1)};
    pack_.template constrain<false>(row.data(), options_.length, steps, S(1), {copies_.data(), room_.data()},
                                    counts, memory());
    return row;
  }
  Numbers between(const Numbers& a, const Numbers& b, double part) const {
    Numbers row(size());
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = static_cast<S>(static_cast<double>(a[i]) +
                              part * (static_cast<double>(b[i]) - static_cast<double>(a[i])));
    return row;
  }

  /// If `z` is feasible, it must not be touched, and y - p must not point toward it.
  void try_feasible(const Numbers& z, const Numbers& y, const Numbers& p) {
    if (!contains(z)) return;
    errors_.moved_feasible += differ(project(z), z);
    const double size_of_p = distance(p, zero_);
    const double sizes = (distance(y, p) + size_of_p) * (distance(z, p) + size_of_p);
    if (sizes > 0) errors_.variational = std::max(errors_.variational, weighted_dot(y, p, z, p, t_) / sizes);
  }

  const PackType& pack_;
  Rng rng_;
  ProjectionTrials options_;
  Numbers t_, zero_, copies_;
  std::vector<double> room_;
  Numbers kept_;
  ProjectionErrors errors_;
};

}  // namespace detail

/// Tries the projection of a pack of sets, `Pack(Clip{-1, 1}, MaxNorm{2})`, on random rows of precision S.
template <Scalar S = float, class... Ps>
ProjectionErrors projection_check(const Pack<Ps...>& pack, Rng rng, const ProjectionTrials& options = {}) {
  return detail::ProjectionCheck<S, Pack<Ps...>>(pack, rng, options).run();
}

/// Tries the projection of one set: `projection_check(Clip{-1, 1}, Rng{1}).ok()`.
template <Scalar S = float, class P>
ProjectionErrors projection_check(const P& policy, Rng rng, const ProjectionTrials& options = {}) {
  static_assert(Set<P>,
                "projection_check needs a set: a policy with contains and project, or with norm_bound");
  return projection_check<S>(Pack<P>(policy), rng, options);
}

inline std::string text_of(const ProjectionErrors& e) {
  return detail::format_message(
      "infeasible {}, not idempotent {}, moved feasible {}, longer {}, variational {:.1e} "
      "(tolerance {:.1e})",
      {e.infeasible, e.not_idempotent, e.moved_feasible, e.longer, e.variational, e.tolerance});
}

}  // namespace espalier

template <>
struct fmt::formatter<espalier::ProjectionErrors>
    : espalier::detail::TextFormatter<espalier::ProjectionErrors> {};
