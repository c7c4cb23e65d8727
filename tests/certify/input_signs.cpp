// SPDX-License-Identifier: MIT
#include "espalier/certify/input_signs.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/skip_connection.hpp"
#include "espalier/layer/softmax.hpp"

using namespace espalier;

namespace {

/// Output k rises and falls with input i in a random search: then there are such paths.
template <class M>
void check_against_search(const M& net) {
  const InputSigns signs = input_signs(net);
  for (Index i = 0; i < net.inputs(); ++i) {
    const Matrix<double> x = 2 * random_matrix<double>(net.inputs(), 400, 3);
    Matrix<double> higher = x;
    higher.row(i).array() += random_matrix<double>(1, 400, 4).array().abs();
    const Matrix<double> change = net.predict(higher) - net.predict(x);
    for (Index k = 0; k < net.outputs(); ++k) {
      CAPTURE(i, k);
      CHECK((signs.may_rise(k, i) || change.row(k).maxCoeff() <= 0));
      CHECK((signs.may_fall(k, i) || change.row(k).minCoeff() >= 0));
    }
  }
}

}  // namespace

TEST_CASE("Signs that cancel between layers are seen, output by output") {
  auto net = sequential<double>(Dense(3, 2), Tanh{}, Dense(2, 2));
  assign(net, "0.weight", Matrix<double>{{-1, 2, 0}, {-3, -1, 0}});
  assign(net, "2.weight", Matrix<double>{{-1, -2}, {-1, 0}});
  const InputSigns signs = input_signs(net);
  CHECK(signs.sign(0) == 1);
  CHECK(signs.sign(1) == 0);
  CHECK_FALSE(signs.may_rise(1, 1));  // of output 1 it is known
  CHECK(signs.may_fall(1, 1));
  CHECK_FALSE(signs.reads(2));
  CHECK(signs.sign(2) == 0);
  CHECK(signs.prove(Monotone{+1, 0, -1}));
  CHECK_FALSE(signs.prove(Monotone{+1, +1, 0}));
  CHECK_FALSE(signs.prove(Monotone{-1, 0, 0}));
  CHECK_FALSE(is_monotone(net, Monotone{+1, 0, 0}));  // which asks for signs of single weights
  CHECK_THROWS_AS(signs.prove(Monotone{+1}), ValueError);
  check_against_search(net);
}

TEST_CASE("What a search finds is never excluded, through all layers") {
  const auto sparse = [](auto net, std::uint64_t seed) {
    initialize(net, {.seed = seed});
    Rng rng(seed);
    edit(net, [&](std::span<double> all) {
      for (double& w : all) w = rng.uniform() < 0.6 ? 0 : w;
    });
    check_against_search(net);
  };
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    sparse(sequential<double>(Dense(4, 5), ReLU{}, Residual{Dense(5, 5), GELU{}, Dense(5, 5)}, Dense(5, 3)),
           seed);
    sparse(sequential<double>(Concat{Chain{Dense(4, 2), ELU{}}, Identity{}}, Dense(6, 4),
                              MaxPool2D(Image{2, 2, 1}), Dense(1, 2)),
           seed);
    sparse(sequential<double>(Dense(3, 3), Softmax{}), seed);
    sparse(sequential<double>(Dense(4, 5 + 2), SkipConnection{ReLU{}, Dense(5, 2)}), seed);
    sparse(sequential<double>(SkipConnection{Dense(3, 4), GELU{}, Dense(4, 2)}, Tanh{}, Dense(2, 2)), seed);
  }
}

TEST_CASE("A monotone layer passes signs on whatever its weights are, and reads nothing through zeros") {
  auto net = sequential<double>(Dense(3, 2), MonotoneDense(2, 2), MonotoneDense(2, 2, Tanh{}));
  initialize(net, {.seed = 4});
  assign(net, "0.weight", Matrix<double>{{1, -1, 2}, {3, -1, -2}});
  const InputSigns signs = input_signs(net);
  CHECK(signs.prove(Monotone{+1, -1, 0}));
  CHECK(signs.sign(2) == 0);
  check_against_search(net);
  assign(net, "1.weight", Matrix<double>{{1, 0}, {-1, 0}});
  CHECK(input_signs(net).prove(Monotone{+1, -1, +1}));  // the second unit is not read
  check_against_search(net);
}

TEST_CASE("Max pooling keeps signs, activations with negative slopes and layers that are not known do not") {
  auto pooled = sequential<double>(Dense(2, 4), MaxPool2D(Image{2, 2, 1}), Dense(1, 1));
  assign(pooled, "0.weight", Matrix<double>{{1, 0}, {2, 0}, {0, 0}, {1, 0}});
  assign(pooled, "2.weight", Matrix<double>{{-1}});
  CHECK(input_signs(pooled).sign(0) == -1);
  CHECK_FALSE(input_signs(pooled).reads(1));
  auto wavy = sequential<double>(Dense(1, 1), GELU{});
  assign(wavy, "0.weight", Matrix<double>{{1}});
  CHECK((input_signs(wavy).may_rise(0, 0) && input_signs(wavy).may_fall(0, 0)));
  auto soft = sequential<double>(Dense(1, 2), Softmax{});
  assign(soft, "0.weight", Matrix<double>{{1}, {0}});
  CHECK((input_signs(soft).may_rise(1, 0) && input_signs(soft).may_fall(1, 0)));
}
