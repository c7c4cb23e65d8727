// SPDX-License-Identifier: MIT
// An audit as a table.
#pragma once

#include "espalier/certify/audit.hpp"
#include "espalier/core/format_message.hpp"

namespace espalier {
namespace detail {

/// In how many steps the policy acted, and in how many of the last counted ones.
std::string acted_in(const auto& policy) {
  return policy.acted > 0 ? format_message("{} of {} ({})", {policy.acted, policy.steps, policy.last_acted})
                          : format_message("never in {}", {policy.steps});
}

inline std::string line_of(const PolicyAudit& policy) {
  return format_message("  {:<14} {:>9.2g} {:>9.0f} % {}",
                        {policy.policy, policy.violation, 100 * policy.active_fraction, acted_in(policy)});
}

inline std::string lines_of(const ParameterAudit& p) {
  std::string text = format_message(
      "{:<16} {:>11} {:>8} {:>9} {:>10.4g} {:>10.4g}",
      {p.parameter, format_message("{} x {}", {p.rows, p.cols}), p.zeros,
       p.dead_rows < 0 ? "" : format_message("{}", {p.dead_rows}), p.norm, p.largest_row_norm});
  if (p.policies.empty()) text += format_message("  {}\n", {p.untrained.empty() ? "free" : p.untrained});
  const std::string margin(text.size(), ' ');
  for (const PolicyAudit& policy : p.policies)
    text += (&policy == p.policies.data() ? "" : margin) + line_of(policy) +
            (p.untrained.empty() ? "" : ", ") + p.untrained + '\n';
  return text;
}

}  // namespace detail

inline std::string text_of(const Audit& audit) {
  std::string text =
      detail::format_message("{:<16} {:>11} {:>8} {:>9} {:>10} {:>10}  {:<14} {:>9} {:>11} {}\n",
                             {"parameter", "shape", "zeros", "dead rows", "norm", "row norm", "policy",
                              "violation", "active last", "acted in steps (last)"});
  for (const ParameterAudit& p : audit.parameters) text += detail::lines_of(p);
  for (const JointAudit& joint : audit.joint_penalties)
    text += detail::format_message("{:<69}  {:<14} {:>9} {:>11} {}, penalty {:.4g}\n",
                                   {"several", joint.policy, "", "", detail::acted_in(joint), joint.penalty});
  return text;
}

}  // namespace espalier

/// `fmt::print("{}", audit(net))`: a line for each parameter and policy, and for each penalty on
/// several parameters.
template <>
struct fmt::formatter<espalier::Audit> : espalier::detail::TextFormatter<espalier::Audit> {};
