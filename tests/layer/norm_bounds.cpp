// SPDX-License-Identifier: MIT
#include "espalier/layer/norm_bounds.hpp"

#include "../searched_norms.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/softmax.hpp"

using namespace espalier;

static_assert(HasNormBounds<MaxPool2D> && HasNormBounds<Softmax> && !HasNormBounds<ReLU>);

TEST_CASE("MaxPool2D stretches by the windows that share a pixel") {
  auto apart = sequential<double>(MaxPool2D(Image{4, 4, 1}), Dense(4, 2));
  initialize(apart, {.seed = 1});
  CHECK(checked(apart).layers[0].bounds == NormBounds{1, 1, 1});
  auto shared = sequential<double>(MaxPool2D(Image{5, 5, 1}, {.size = 3, .stride = 1}), Dense(9, 2));
  initialize(shared, {.seed = 1});
  const NormBounds bounds = checked(shared).layers[0].bounds;
  CHECK(bounds.one == 9);
  CHECK(bounds.two == Approx(3).epsilon(1e-14));
  CHECK(bounds.infinity == 1);
}

TEST_CASE("Softmax halves every norm, and two classes at the middle come close to it") {
  auto net = sequential<double>(Dense(2, 2), Softmax{});
  assign(net, "0.weight", Matrix<double>(Matrix<double>::Identity(2, 2)));
  CHECK(lipschitz(net).layers[1].bounds == NormBounds{0.5, 0.5, 0.5});
  CHECK(checked(net, 0.8).two == Approx(0.5).epsilon(1e-12));
}
