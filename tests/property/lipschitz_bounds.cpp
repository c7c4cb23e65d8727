// SPDX-License-Identifier: MIT
// Searches for pairs of inputs that would break a Lipschitz bound.
#include "../searched_norms.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/skip_connection.hpp"
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

TEST_CASE("No pair of inputs moves outputs past a skip connection by more than the bounds say") {
  auto selecting =
      sequential<double>(Dense(6, 12 + 2), SkipConnection{ReLU{}, Dense(12, 8), ReLU{}, Dense(8, 2)});
  initialize(selecting, {.seed = 4});
  const LipschitzBounds found = checked(selecting);
  CHECK(found.two < found.product);
  // Below the norms of the two paths by themselves, which the bound adds up.
  const Matrix<double> first = effective_weight(selecting, "0.weight");
  CHECK(found.two <=
        (two_norm(first.topRows(12)) * two_norm(effective_weight(selecting, "1.later.1.weight")) *
             two_norm(effective_weight(selecting, "1.later.3.weight")) +
         two_norm(first.bottomRows(2))) *
            (1 + 1e-9));
  auto around = sequential<double>(SkipConnection{Dense(3, 5), GELU{}, Dense(5, 2)}, Tanh{}, Dense(2, 3));
  initialize(around, {.seed = 5});
  checked(around);
}

TEST_CASE("Of a skip connection of matrices the bounds in the 1- and the infinity-norm are exact") {
  auto net = sequential<double>(SkipConnection{Dense(2, 2)});
  assign(net, "0.later.0.weight", Matrix<double>{{3, 0}, {0, -4}});
  const LipschitzBounds found = lipschitz(net);  // of [3 0 1 0; 0 -4 0 1]
  CHECK(found.one == Approx(4).epsilon(1e-12));
  CHECK(found.infinity == Approx(5).epsilon(1e-12));
  CHECK(found.two == Approx(std::sqrt(17.0)).epsilon(1e-9));
}
