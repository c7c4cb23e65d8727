// SPDX-License-Identifier: MIT
// The inputs that a model reads: what is left of them after a penalty that makes columns zero.
#pragma once

#include <vector>

#include "espalier/certify/weight_facts.hpp"

namespace espalier {
namespace detail {

/// The weight that reads the inputs. ShapeError where the first one does not have a column for each of them.
template <Scalar S>
const ParameterEntry<S>& input_weight(const Parameters<S>& parameters, Index inputs) {
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (e.kind != ParameterKind::weight) continue;
    if (e.cols == inputs) return e;
    fail<ShapeError>(e.path, {"a first weight with a column for each of {} inputs, as a Dense has", {inputs}},
                     format_message("{} x {}", {e.rows, e.cols}));
  }
  fail("selected", "a model with a weight", "none");
}

}  // namespace detail

/// The inputs, counted from 0, for which the first layer has a weight that is not 0. The others cannot change
/// an output. WeightFacts::unread counts those.
template <Model M>
std::vector<Index> selected(const M& model) {
  const auto& e = detail::input_weight(model.parameters(), model.inputs());
  const std::vector<bool> read =
      detail::columns_read(detail::made_weight(model.parameters(), e.path, detail::gain_of(e.path)));
  std::vector<Index> inputs;
  for (std::size_t i = 0; i < read.size(); ++i)
    if (read[i]) inputs.push_back(static_cast<Index>(i));
  return inputs;
}

}  // namespace espalier
