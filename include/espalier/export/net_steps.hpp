// SPDX-License-Identifier: MIT
// The steps of a whole net, from what its layers tell.
#pragma once

#include <string>
#include <tuple>
#include <utility>

#include "espalier/export/code_writer.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier::detail {

template <Scalar S, class... Layers>
CodeSteps net_steps(const Sequential<S, Layers...>& net, const CodeStyle& style) {
  CodeWriter<S> writer(net.parameters(), style, net.inputs());
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (writer.inner(std::to_string(k), std::get<k>(net.layers())), ...);
  }
  (std::index_sequence_for<Layers...>{});
  return std::move(writer.steps());
}

}  // namespace espalier::detail
