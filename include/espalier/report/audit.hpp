// SPDX-License-Identifier: MIT
// An audit as a table.
#pragma once

#include <fmt/format.h>  // core.h alone does not link with clang where libfmt was built by g++

#include "espalier/certify/audit.hpp"
#include "espalier/core/format_message.hpp"

/// `fmt::print("{}", audit(net))`: a line for each parameter and policy, and for each penalty on
/// several parameters.
template <>
struct fmt::formatter<espalier::Audit> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const espalier::Audit& audit, Context& context) const {
    auto out =
        fmt::format_to(context.out(), "{:<16} {:>11} {:>8} {:>9} {:>10} {:>10}  {:<14} {:>9} {:>11} {}\n",
                       "parameter", "shape", "zeros", "dead rows", "norm", "row norm", "policy", "violation",
                       "active last", "acted in steps (last)");
    const auto acted = [](const auto& policy) {
      return policy.acted > 0 ? espalier::detail::format_message(
                                    "{} of {} ({})", {policy.acted, policy.steps, policy.last_acted})
                              : espalier::detail::format_message("never in {}", {policy.steps});
    };
    for (const espalier::ParameterAudit& p : audit.parameters) {
      out = fmt::format_to(out, "{:<16} {:>11} {:>8} {:>9} {:>10.4g} {:>10.4g}", p.parameter,
                           espalier::detail::format_message("{} x {}", {p.rows, p.cols}), p.zeros,
                           p.dead_rows < 0 ? "" : espalier::detail::format_message("{}", {p.dead_rows}),
                           p.norm, p.largest_row_norm);
      if (p.policies.empty()) out = fmt::format_to(out, "  {}\n", p.untrained.empty() ? "free" : p.untrained);
      bool first = true;
      for (const espalier::PolicyAudit& policy : p.policies) {
        out = fmt::format_to(out, "{:<{}}  {:<14} {:>9.2g} {:>9.0f} % {}{}{}\n", "", first ? 0 : 69,
                             policy.policy, policy.violation, 100 * policy.active_fraction, acted(policy),
                             p.untrained.empty() ? "" : ", ", p.untrained);
        first = false;
      }
    }
    for (const espalier::JointAudit& joint : audit.joint_penalties)
      out = fmt::format_to(out, "{:<69}  {:<14} {:>9} {:>11} {}, penalty {:.4g}\n", "several", joint.policy,
                           "", "", acted(joint), joint.penalty);
    return out;
  }
};
