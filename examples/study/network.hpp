// SPDX-License-Identifier: MIT
// The network of a study: a multilayer perceptron whose widths are known at run time.
#pragma once

#include <string>
#include <vector>

#include "hidden_layers.hpp"

namespace study {

/// With policies on the input layer, and others on the layers behind it.
template <class Input, class Others>
struct NetworkOf;
template <class... Ps, class... Qs>
struct NetworkOf<esp::Pack<Ps...>, esp::Pack<Qs...>> {
  /// `hidden` has at least one number.
  static auto build(esp::Index inputs, const std::vector<long>& hidden, esp::Index outputs) {
    return esp::Sequential{
        esp::Dense(inputs, hidden.front(), Ps{}...), esp::ReLU{},
        HiddenLayers<Qs...>(std::vector<esp::Index>(hidden.begin(), hidden.end()), Qs{}...),
        esp::Dense(hidden.back(), outputs, Qs{}...)};
  }
};

using FreeNetwork = NetworkOf<esp::Pack<>, esp::Pack<>>;
/// With a policy that is a matter of the layer's type, as WeightNorm is, on the input layer or on all.
template <class P>
using InputUnder = NetworkOf<esp::Pack<P>, esp::Pack<>>;
template <class P>
using AllUnder = NetworkOf<esp::Pack<P>, esp::Pack<P>>;

/// The paths of the weights of such a network, from the first layer to the last.
inline std::vector<std::string> weight_paths(const std::vector<long>& hidden) {
  std::vector<std::string> paths{"0.weight"};
  for (std::size_t k = 0; k + 1 < hidden.size(); ++k) paths.push_back("2." + std::to_string(k) + ".weight");
  paths.push_back("3.weight");
  return paths;
}

}  // namespace study
