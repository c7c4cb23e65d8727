// SPDX-License-Identifier: MIT
// Certificates as text.
#pragma once

#include "espalier/certify/certificates_text.hpp"
#include "espalier/report/audit.hpp"

namespace espalier {

inline std::string text_of(const CertifiedAudit& audit) {
  return text_of(static_cast<const Audit&>(audit)) + text_of(audit.certificates);
}

}  // namespace espalier

/// `fmt::print("{}", certificates(net))`: the bounds of the model and of its layers, its inputs, and a line
/// for each weight. `fmt::print("{}", lipschitz(net))` prints the bounds alone.
template <>
struct fmt::formatter<espalier::Certificates> : espalier::detail::TextFormatter<espalier::Certificates> {};
template <>
struct fmt::formatter<espalier::LipschitzBounds>
    : espalier::detail::TextFormatter<espalier::LipschitzBounds> {};
template <>
struct fmt::formatter<espalier::CertifiedAudit> : espalier::detail::TextFormatter<espalier::CertifiedAudit> {
};
