// SPDX-License-Identifier: MIT
// Everything that the weights of a model prove, as one value.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/certify/audit.hpp"
#include "espalier/certify/input_signs.hpp"
#include "espalier/certify/integer_layers.hpp"
#include "espalier/certify/lipschitz.hpp"
#include "espalier/certify/weight_facts.hpp"

namespace espalier {

/// What is computed beyond the facts of single weights, which take a sort.
struct CertifyOptions {
  bool lipschitz = true;    ///< takes a time cubic in the widths
  bool input_signs = true;  ///< a prediction of as many samples as the model has inputs
  /// What a quantized net reads, for the width of its accumulators, which the weights alone do not say.
  std::optional<IntegerInputs> integers{};
};

/// By how much a step of a recurrent layer stretches the difference of two hidden states, at most.
struct Contraction {
  std::string layer;  ///< its path
  NormBounds step;

  /// Does it forget: does the difference shrink in at least one of the norms?
  bool contracts() const { return std::min({step.one, step.two, step.infinity}) < 1; }
  bool operator==(const Contraction&) const = default;
};

/// Computed from the weights as they are, whatever policies there are; nothing of it is assumed.
struct Certificates {
  std::optional<LipschitzBounds> lipschitz{};  ///< empty: not asked for, or not known
  std::string unknown{};  ///< the layer for which no Lipschitz bound is known: "layer 2, LSTM"
  std::optional<InputSigns> input_signs{};  ///< empty: not asked for
  std::vector<WeightFacts> weights{};
  std::vector<Contraction> recurrent{};
  std::vector<IntegerSums> integers{};  ///< empty: not asked for

  bool operator==(const Certificates&) const = default;
};

namespace detail {

inline void add_contractions(const BoundSteps& steps, std::vector<Contraction>& found) {
  for (const BoundStep& step : steps) {
    if (step.recurrent) found.push_back({step.path, step.again});
    for (const BoundSteps& branch : step.branches) add_contractions(branch, found);
  }
}

/// Without the types of the layers.
inline Certificates certificates_of(BoundSteps steps, std::string unknown, Index inputs,
                                    std::vector<WeightFacts> weights, const CertifyOptions& options) {
  Certificates result{{}, std::move(unknown), {}, std::move(weights), {}, {}};
  add_contractions(steps, result.recurrent);
  if (options.lipschitz && result.unknown.empty()) {
    const NormBounds product = set_bounds(steps);
    result.lipschitz = bounds_of_steps(steps, product);
  }
  if (options.input_signs) result.input_signs = signs_of_steps(steps, inputs);
  return result;
}

}  // namespace detail

/// `certificates(net)`: Lipschitz bounds, the directions in which outputs can move, what each weight proves,
/// whether recurrent layers contract, and the sums of integer layers. NotFiniteError for weights that are not
/// finite; where integers are asked for, ValueError as `integer_layers`. docs/certificates.md says what each
/// is good for.
template <Model M>
Certificates certificates(const M& model, const CertifyOptions& options = {}) {
  std::string unknown;
  detail::BoundSteps steps = detail::steps_of(model, unknown);
  Certificates result = detail::certificates_of(std::move(steps), std::move(unknown), model.inputs(),
                                                weight_facts(model.parameters()), options);
  if (options.integers) result.integers = integer_sums(model, *options.integers);
  return result;
}

/// An audit with certificates, which report.hpp prints one under the other.
struct CertifiedAudit : Audit {
  Certificates certificates{};
};

/// `audit(net, CertifyOptions{})`: as `audit(net)`, and what the weights prove.
template <Model M>
CertifiedAudit audit(const M& model, const CertifyOptions& options) {
  return {audit(model), certificates(model, options)};
}

}  // namespace espalier
