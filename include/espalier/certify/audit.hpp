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

#include "espalier/model/mapped.hpp"
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
  std::string parameter;                ///< "0.weight"
  Index rows = 0, cols = 0, zeros = 0;  ///< zeros: numbers that are exactly 0
  /// Euclidean, of the whole and of a row: of the numbers as stored, or of W where each number of it is a
  /// function of the stored one.
  double norm = 0, largest_row_norm = 0;
  /// How many rows of a weight are exactly 0: their units no longer see their inputs; -1 if it is no weight.
  Index dead_rows = -1;
  std::vector<PolicyAudit> policies;
  std::string untrained{};  ///< why steps do not change it: "frozen", "tied to 0.weight", "buffer"; else ""

  double violation() const {
    double largest = 0;
    for (const PolicyAudit& p : policies) largest = std::max(largest, p.violation);
    return largest;
  }
};

/// One penalty on several parameters.
struct JointAudit {
  std::string policy;
  double penalty = 0;                         ///< its value
  long steps = 0, acted = 0, last_acted = 0;  ///< as in Activity
};

struct Audit {
  std::vector<ParameterAudit> parameters;
  std::vector<JointAudit> joint_penalties;

  /// 0: every parameter is in every one of its sets.
  double violation() const {
    double largest = 0;
    for (const ParameterAudit& p : parameters) largest = std::max(largest, p.violation());
    return largest;
  }
};

namespace detail {

template <class View>
std::vector<PolicyAudit> audit_pack(const View& p) {
  std::vector<PolicyAudit> result;
  for (const std::string_view name : p.pack.names()) {
    const std::size_t k = result.size();
    const Activity& a = p.activity[k];
    result.push_back(
        {std::string(name), p.pack.violation(k, p.block()), a.fraction, a.steps, a.acted, a.last_acted});
  }
  return result;
}

template <Scalar S>
std::string why_untrained(const Parameters<S>& parameters, const ParameterEntry<S>& e) {
  if (e.tied >= 0) return "tied to " + parameters.entries()[static_cast<std::size_t>(e.tied)].path;
  if (e.kind == ParameterKind::buffer) return "buffer";
  return e.frozen ? "frozen" : "";
}

template <class View>
ParameterAudit audit_numbers(const View& p) {
  using S = std::remove_cvref_t<decltype(*p.values)>;
  ParameterAudit result{p.path, p.rows, p.cols, 0, detail::norm(p.values, p.size()), 0, -1, {}};
  if (p.kind == ParameterKind::weight) {
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

/// What the weights are now, and what the policies did in training, those of an optimizer included.
template <Model M>
Audit audit(const M& model) {
  Audit result;
  model.for_each_parameter([&](auto p) {
    std::vector<typename M::scalar_type> mapped;
    if (p.pack.traits().maps) {
      mapped.assign(p.values, p.values + p.size());
      detail::to_weight(model.parameters(), model.parameters().at(p.path), mapped.data());
      p.values = mapped.data();
    }
    result.parameters.push_back(detail::audit_numbers(p));
    result.parameters.back().policies = detail::audit_pack(p);
    result.parameters.back().untrained =
        detail::why_untrained(model.parameters(), model.parameters().at(p.path));
  });
  for (const auto& e : model.parameters().joint_penalties())
    result.joint_penalties.push_back({std::string(e.penalty.name()), e.penalty.value(model.parameters()),
                                      e.activity.steps, e.activity.acted, e.activity.last_acted});
  return result;
}

}  // namespace espalier
