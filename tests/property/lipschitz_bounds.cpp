// SPDX-License-Identifier: MIT
// Searches for pairs of inputs that would break a Lipschitz bound.
#include "../searched_norms.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/softmax.hpp"

using namespace espalier;

TEST_CASE("No pair of inputs, however searched for, moves outputs by more than the bounds say") {
  auto plain = sequential<double>(Dense(6, 12), ReLU{}, Dense(12, 12), Tanh{}, Dense(12, 4));
  initialize(plain, {.seed = 1});
  CHECK(checked(plain, 0.2).two < lipschitz(plain).product);
  auto wavy = sequential<double>(Dense(6, 12), GELU{}, Dense(12, 8), SiLU{}, Dense(8, 3));
  initialize(wavy, {.seed = 2});
  const LipschitzBounds product = checked(wavy);
  CHECK(product.composed >= product.product * (1 - 1e-14));  // each layer is alone between such slopes
  auto nested = sequential<double>(Residual{Dense(5, 9), ELU{2}, Dense(9, 5)},
                                   Concat{Chain{Dense(5, 4), ReLU{}, Dense(4, 4)}, Identity{}, Sigmoid{}},
                                   LeakyReLU{3}, Dense(14, 3), Softplus{2}, Softmax{});
  initialize(nested, {.seed = 3});
  checked(nested);
}
