// SPDX-License-Identifier: MIT
// The nets that are measured beside their headers.
#pragma once

#include <espalier/espalier.hpp>

namespace bench {

template <class Net>
Net initialized(Net net) {
  initialize(net, {.seed = 1});
  return net;
}

inline auto small_net() {
  using namespace espalier;
  return initialized(Sequential{Dense<4, 16>{}, Tanh{}, Dense<16, 16>{}, Tanh{}, Dense<16, 1>{}});
}
inline auto digits_net() {
  using namespace espalier;
  return initialized(Sequential{Dense(64, 128), ReLU{}, Dense(128, 10), Softmax{}});
}
inline auto wide_net() {
  using namespace espalier;
  return initialized(Sequential{Dense(784, 128), ReLU{}, Dense(128, 10)});
}
/// As digits_net, with half of its first weight 0.
inline auto sparse_net() {
  auto net = digits_net();
  auto weight = effective_weight(net, "0.weight");
  espalier::Rng rng(2);
  for (espalier::Index i = 0; i < weight.size(); ++i)
    if (rng.uniform() < 0.5) weight(i) = 0;
  assign(net, "0.weight", weight);
  return net;
}

}  // namespace bench
