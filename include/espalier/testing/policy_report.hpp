// SPDX-License-Identifier: MIT
// What check_policy has proved of a policy: a line for each proof.
#pragma once

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/format_message.hpp"

namespace espalier {

/// One thing that must be true of a policy, over all inputs on which it was tried.
struct PolicyProof {
  std::string name;       ///< "feasible"
  long trials = 0;        ///< how often it was tried
  double worst = 0;       ///< the worst value met: that of the largest part of what is allowed
  double allowed = 0;     ///< up to which it is right
  std::string failure{};  ///< the first input that shows it to be wrong; empty: none did
  std::string skipped{};  ///< why it does not hold for this policy, and so was not tried; empty: it was

  bool ok() const { return failure.empty(); }
};

/// `fmt::print("{}", report)` prints all of it.
class PolicyReport {
 public:
  explicit PolicyReport(std::string policy) : policy_(std::move(policy)) {}

  /// "Clip{lo = -1, hi = 1}".
  const std::string& policy() const { return policy_; }
  const std::vector<PolicyProof>& proofs() const { return proofs_; }
  /// The proof of this name; null: there is none, since the policy has another role.
  const PolicyProof* find(std::string_view name) const {
    const auto found =
        std::find_if(proofs_.begin(), proofs_.end(), [&](const auto& p) { return p.name == name; });
    return found == proofs_.end() ? nullptr : &*found;
  }
  /// Did nothing fail?
  bool ok() const {
    return std::all_of(proofs_.begin(), proofs_.end(), [](const auto& p) { return p.ok(); });
  }

  /// Writes down a value that may be `allowed` at most. `input` is a function that says what it was found on.
  template <class Input>
  void note(std::string_view name, double value, double allowed, Input&& input) {
    if (PolicyProof* const failed = record(name, value, allowed)) failed->failure = input();
  }
  /// Writes down why a proof was not tried.
  void skip(std::string_view name, std::string_view why) {
    PolicyProof& proof = named(name);
    if (proof.skipped.empty()) proof.skipped = why;
  }

 private:
  /// Returns the proof if this is its first failure.
  PolicyProof* record(std::string_view name, double value, double allowed) {
    PolicyProof& proof = named(name);
    const bool right = value <= allowed;  // NaN is not
    const bool worse = !(share(value, allowed) <= share(proof.worst, proof.allowed));
    if (proof.trials++ == 0 || (proof.ok() && (worse || !right)))
      proof.worst = value, proof.allowed = allowed;
    return right || !proof.ok() ? nullptr : &proof;
  }
  static double share(double value, double allowed) {
    return value <= 0 ? 0 : value / std::max(allowed, std::numeric_limits<double>::min());
  }
  PolicyProof& named(std::string_view name) {
    for (PolicyProof& proof : proofs_)
      if (proof.name == name) return proof;
    return proofs_.emplace_back(PolicyProof{.name = std::string(name)});
  }

  std::string policy_;
  std::vector<PolicyProof> proofs_;
};

inline std::string text_of(const PolicyProof& proof) {
  std::string line = detail::format_message("  {:<26} ", {proof.name});
  if (proof.trials == 0) return line + "skipped: " + proof.skipped;
  line +=
      detail::format_message("{}  worst {:.2g} (at most {:.2g}) in {} trials",
                             {proof.ok() ? "ok    " : "FAILED", proof.worst, proof.allowed, proof.trials});
  if (!proof.skipped.empty()) line += "; not tried: " + proof.skipped;
  if (!proof.ok()) line += "\n    " + proof.failure;
  return line;
}

inline std::string text_of(const PolicyReport& report) {
  std::string text = report.policy() + (report.ok() ? ": ok\n" : ": FAILED\n");
  for (const PolicyProof& proof : report.proofs()) text += text_of(proof) + "\n";
  if (report.proofs().empty()) text += "  nothing to prove: its algorithm is the library's\n";
  return text;
}

}  // namespace espalier

template <>
struct fmt::formatter<espalier::PolicyProof> : espalier::detail::TextFormatter<espalier::PolicyProof> {};
template <>
struct fmt::formatter<espalier::PolicyReport> : espalier::detail::TextFormatter<espalier::PolicyReport> {};
