// SPDX-License-Identifier: MIT
// Is a policy of your own right? What must be true of one of its role, tried on numbers of all sizes.
#pragma once

#include <array>
#include <vector>

#include "espalier/testing/check_derivative.hpp"
#include "espalier/testing/check_matrix_map.hpp"
#include "espalier/testing/check_prox.hpp"
#include "espalier/testing/check_set.hpp"

namespace espalier {

/// On what check_policy tries a policy.
struct PolicyTrials {
  Rng rng{1};
  long trials = 12;          ///< inputs of each size and shape
  Index rows = 0, cols = 0;  ///< of the weight; 0: on those of a few shapes that the policy fits
  double smallest = 1e-30, largest = 1e30;  ///< sizes of the inputs: squares of these are no floats
};

namespace detail {

/// A policy without its type, and what its type says.
struct CheckedPolicy {
  AnyPack<float> single;
  AnyPack<double> twice;
  DeclaredTraits declared{};
  bool set = false, prox = false, smooth = false, decay = false;
  CheckedMap map{};
  CheckedMatrixMap matrix_map{};
};

inline void check_in_shape(const CheckedPolicy& p, Index rows, Index cols, PolicyTrials& options,
                           PolicyReport& report) {
  const CheckedSizes sizes{options.trials, options.smallest, options.largest};
  if (p.set) check_set(p.single, p.twice, p.declared, rows, cols, sizes, options.rng, report);
  if (p.prox) check_prox(p.single, p.twice, p.declared, rows, cols, sizes, options.rng, report);
  if (p.matrix_map.beside) MatrixMapCheck(p.matrix_map, rows, cols, options.rng, report)(sizes);
  if (p.smooth) check_gradient(p.single, p.twice, rows, cols, options.trials, options.rng, report);
}

inline PolicyReport checked(const CheckedPolicy& p, PolicyTrials options) {
  PolicyReport report(p.twice.text(0));
  if (p.decay) check_shrink(p.twice, report);
  if (p.map.weight) check_map(p.map, options.trials, options.rng, report);
  if (!p.set && !p.prox && !p.smooth && !p.matrix_map.beside) return report;
  using Shape = std::array<Index, 2>;
  std::vector<Shape> shapes{{1, 1}, {1, 2}, {2, 1}, {1, 5}, {5, 1}, {3, 4}, {4, 4}, {2, 3}, {2, 19}};
  if (options.rows > 0 && options.cols > 0) shapes = {{options.rows, options.cols}};
  std::string refused;
  bool fits = false;
  for (const auto& [rows, cols] : shapes) {
    try {
      p.twice.validate(report.policy(), rows, cols);
    } catch (const ShapeError& error) {
      refused = error.what();
      continue;
    }
    fits = true;
    check_in_shape(p, rows, cols, options, report);
  }
  if (!fits)
    throw ShapeError(
        "check_policy: expected a policy that fits one of the shapes tried, or its own, as "
        "PolicyTrials{.rows = 3, .cols = 4}, found " +
        refused);
  return report;
}

}  // namespace detail

/// Tries the members of a policy by its role, in float and in double:
///
///   sets              results are feasible, idempotent and the same each time, all in bits; feasible weights
///                     stay; nothing feasible is nearer; where the set is convex, the variational inequality,
///                     which only the projection meets, and no pair moves apart
///   penalties, prox   nothing costs less than what prox gives; where the value is convex, the variational
///                     inequality; t = 0 changes nothing; slope_bound bounds
///   penalties, smooth central differences
///   maps              weight(parameter(w)) is w, central differences; what a map of matrices says in
///                     bool promises(Block<const S> w) holds of every weight that it makes
///   decay             a rate of 0 changes nothing
///
/// With even and uneven step sizes, zeros, ties, numbers from 1e-30 to 1e30, 1 x n and n x 1; NaN must stay
/// NaN; what its constants declare must be so. What does not hold for a policy, as for one that is not
/// convex, is skipped, and the report says why. `fmt::print("{}", check_policy(Clip{-1, 1}))`.
template <class P>
PolicyReport check_policy(const P& policy, PolicyTrials options = {}) {
  using One = detail::Ungrouped<P>;
  static_assert(Policy<One>,
                "check_policy needs a policy: a type with the members of one of the roles listed in "
                "espalier/core/policy.hpp (const, for float and for double)");
  const Pack<P> pack(policy);
  detail::CheckedPolicy checked{.single = AnyPack<float>(pack), .twice = AnyPack<double>(pack)};
  checked.declared.homogeneous = homogeneous_policy<One>() && (ElementSet<One> || ProximalPenalty<One>);
  checked.declared.of_norm = of_norm_policy<One>();
  if constexpr (requires { One::keeps_finite; }) checked.declared.keeps_finite = One::keeps_finite;
  if constexpr (requires { bool{One::convex}; }) {
    checked.declared.says_convex = true;
    checked.declared.convex = One::convex;
  } else if constexpr (NormSet<One>) {
    checked.declared.says_convex = true;
    checked.declared.convex = !One::sphere && !is_shell<One>;
  }
  checked.set = Set<One>;
  checked.prox = ProximalPenalty<One> || VectorPenalty<One> || MatrixPenalty<One>;
  checked.smooth = SmoothPenalty<One> || SmoothMatrixPenalty<One>;
  checked.decay = Decay<One>;
  if constexpr (ElementMap<One>)
    checked.map = detail::checked_map(policy);
  else if constexpr (MatrixMap<One>)
    checked.matrix_map = detail::checked_matrix_map(policy);
  return detail::checked(checked, options);
}

}  // namespace espalier
