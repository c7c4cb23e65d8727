// SPDX-License-Identifier: MIT
#include "espalier/certify/dead_units.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/skip_connection.hpp"

using namespace espalier;

namespace {

/// Units whose bias is far below zero are off for all samples of random_matrix, those far above are on.
constexpr float off = -1000, on = 1000;
const Matrix<float> samples = random_matrix<float>(2, 600, 1);

}  // namespace

TEST_CASE("A unit is dead if it is 0 for every sample, in whatever piece of the data one turns it on") {
  Sequential net{Dense(2, 4), ReLU{}, Dropout{0.5}, Dense(4, 1), Tanh{}};
  initialize(net, {.seed = 1});
  assign(net, "0.weight", Matrix<float>{{0, 0}, {0, 0}, {1, 0}, {1, 0}});
  assign(net, "0.bias", Matrix<float>{{off}, {on}, {-50}, {-50}});
  const auto before = net;
  const std::vector<DeadUnits> none_on{{"1", "ReLU", 4, {0, 2, 3}}, {"4", "Tanh", 1, {}}};
  CHECK(dead_units(net, samples) == none_on);
  Matrix<float> last = samples;
  last(0, 599) = 51;
  CHECK(dead_units(net, last)[0].dead == std::vector<Index>{0});
  CHECK(net == before);
}

TEST_CASE("Activations inside Chain, Residual and Concat are found by their paths") {
  Sequential net{Residual{Dense(2, 3), ReLU{}, Dense(3, 2)}, Concat{Chain{Dense(2, 2), ReLU{}}, Sigmoid{}},
                 Chain{Dense(4, 3), Residual{Dense(3, 3), LeakyReLU{}, Dense(3, 3)}, ReLU{}}, Dense(3, 1)};
  initialize(net, {.seed = 1});
  assign(net, "0.body.0.bias", Matrix<float>{{on}, {off}, {on}});
  assign(net, "0.body.2.weight", Matrix<float>(Matrix<float>::Zero(2, 3)));
  assign(net, "1.0.0.bias", Matrix<float>{{off}, {off}});
  assign(net, "2.1.body.2.weight", Matrix<float>(Matrix<float>::Zero(3, 3)));
  assign(net, "2.0.weight", Matrix<float>(Matrix<float>::Zero(3, 4)));
  assign(net, "2.0.bias", Matrix<float>{{on}, {on}, {off}});
  CHECK(dead_units(net, samples) == std::vector<DeadUnits>{{"0.body.1", "ReLU", 3, {1}},
                                                           {"1.0.1", "ReLU", 2, {0, 1}},
                                                           {"1.1", "Sigmoid", 2, {}},
                                                           {"2.1.body.1", "LeakyReLU", 3, {}},
                                                           {"2.2", "ReLU", 3, {2}}});
}

TEST_CASE("Activations before a sum with other inputs are found, too") {
  Sequential net{Dense(2, 3 + 1), SkipConnection{ReLU{}, Dense(3, 1)}, Dense(1, 1)};
  initialize(net, {.seed = 1});
  assign(net, "0.bias", Matrix<float>{{on}, {off}, {on}, {0}});
  CHECK(dead_units(net, samples) == std::vector<DeadUnits>{{"1.later.0", "ReLU", 3, {1}}});
}

TEST_CASE("Without samples, or with others than the model's, there is nothing to say") {
  Sequential net{Dense(2, 4), ReLU{}};
  initialize(net, {.seed = 1});
  CHECK_THROWS_AS(dead_units(net, Matrix<float>(2, 0)), ShapeError);
  CHECK_THROWS_AS(dead_units(net, Matrix<float>(3, 5)), ShapeError);
  CHECK(dead_units(Sequential{Dense(2, 4)}, samples).empty());
}
