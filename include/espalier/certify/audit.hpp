// SPDX-License-Identifier: MIT
// The audit of a model: for each policy whether it holds, how often it acted, and what the weights look like.
// espalier/report/audit.hpp prints it.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "espalier/model/sequential.hpp"
#include "espalier/pack/pack.hpp"

namespace espalier {

/// One policy on one parameter. A policy that has seen steps and never acted is a bug, or is not needed.
struct PolicyAudit {
  std::string policy;
  /// Largest distance to the set, in units of the weights; 0: every element or row holds exactly; infinity: a
  /// weight is not finite.
  double violation = 0;
  double active_fraction =
      0;  ///< share of weights (or rows, for a policy on rows) that it changed in the latest step
  long steps = 0, acted = 0, last_acted = 0;  ///< as in Activity
};

/// One parameter.
struct ParameterAudit {
  std::string parameter;                  ///< "0.weight"
  Index rows = 0, cols = 0, zeros = 0;    ///< zeros: numbers that are exactly 0
  double norm = 0, largest_row_norm = 0;  ///< Euclidean, of the whole and of a row, of the numbers as stored
  /// Of a weight: rows that are exactly 0, whose units no longer see their inputs; -1 of what is no weight.
  Index dead_rows = -1;
  std::vector<PolicyAudit> policies;

  double violation() const {
    double largest = 0;
    for (const PolicyAudit& p : policies) largest = std::max(largest, p.violation);
    return largest;
  }
};

struct Audit {
  std::vector<ParameterAudit> parameters;

  /// 0: every parameter is in every one of its sets.
  double violation() const {
    double largest = 0;
    for (const ParameterAudit& p : parameters) largest = std::max(largest, p.violation());
    return largest;
  }
};

namespace detail {

/// How far `w` (rows x cols) is from the set of a policy; 0 exactly where `contains` holds everywhere.
template <class P, class S>
double violation_of(const P& policy, const S* w, Index rows, Index cols) {
  double largest = 0;
  if constexpr (Set<P>) {
    using T = std::remove_const_t<S>;
    const Pack<P> alone(policy);
    std::vector<T> nearest(static_cast<std::size_t>(cols)), scratch(nearest);
    for (Index j = 0; j < rows; ++j) {
      const S* row = w + j * cols;
      if (alone.contains(row, cols)) continue;
      if (!std::isfinite(norm(row, cols))) return std::numeric_limits<double>::infinity();
      std::copy(row, row + cols, nearest.begin());
      alone.project(nearest.data(), cols, scratch.data());
      Row<T>(nearest.data(), cols) -= ConstRow<T>(row, cols);
      largest = std::max(largest, norm(nearest.data(), cols));
    }
  }
  return largest;
}

template <class PackType, class S, class Activities>
std::vector<PolicyAudit> audit_pack(const PackType& pack, const S* w, Index rows, Index cols,
                                    const Activities& activity) {
  std::vector<PolicyAudit> result;
  auto add = [&]<class P>(const P& policy) {
    const Activity& a = activity[result.size()];
    result.push_back({std::string(policy_name<P>()), violation_of(policy, w, rows, cols), a.fraction, a.steps,
                      a.acted, a.last_acted});
  };
  std::apply([&](const auto&... policies) { (add(policies), ...); }, pack.policies());
  return result;
}

template <class View>
ParameterAudit audit_numbers(const View& p) {
  using S = std::remove_cvref_t<decltype(*p.values)>;
  ParameterAudit result{p.path(), p.rows, p.cols, 0, detail::norm(p.values, p.size()), 0, -1, {}};
  if (View::kind == ParameterKind::weight) {
    const auto dead = [&](Index j) { return (ConstRow<S>(p.values + j * p.cols, p.cols) == 0).all(); };
    result.dead_rows = 0;
    for (Index j = 0; j < p.rows; ++j) result.dead_rows += dead(j);
  }
  for (Index i = 0; i < p.size(); ++i) result.zeros += p.values[i] == 0;
  for (Index j = 0; j < p.rows; ++j)
    result.largest_row_norm = std::max(result.largest_row_norm, detail::norm(p.values + j * p.cols, p.cols));
  return result;
}

}  // namespace detail

/// What the weights are now, and what the layers' policies did in training.
template <Model M>
Audit audit(const M& model) {
  Audit result;
  model.for_each_parameter([&](const auto& p) {
    result.parameters.push_back(detail::audit_numbers(p));
    result.parameters.back().policies = detail::audit_pack(p.pack, p.values, p.rows, p.cols, p.activity);
  });
  return result;
}

/// The same, with the default pack of the optimizer on the weights that take it.
template <Model M, class O>
Audit audit(const M& model, const O& optimizer) {
  Audit result = audit(model);
  std::size_t parameter = 0, next = 0;
  model.for_each_parameter([&](const auto& p) {
    ParameterAudit& line = result.parameters[parameter++];
    if constexpr (O::template takes_defaults<std::decay_t<decltype(p)>>) {
      std::array<Activity, O::Defaults::size> activity{};  // of an optimizer that has made no step
      if (next < optimizer.default_activity().size()) activity = optimizer.default_activity()[next++];
      line.policies = detail::audit_pack(optimizer.defaults(), p.values, p.rows, p.cols, activity);
    }
  });
  return result;
}

}  // namespace espalier
