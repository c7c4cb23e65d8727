// SPDX-License-Identifier: MIT
#include "espalier/certify/layer_steps.hpp"

#include "../searched_norms.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/recurrent.hpp"

using namespace espalier;

namespace {

/// The bounds of a net that behaves otherwise in training, against random pairs.
template <class M>
LipschitzBounds outside_training(const M& net) {
  const LipschitzBounds bounds = lipschitz(net);
  for (const double distance : {1e-4, 1.0, 10.0}) {
    const Matrix<double> x = random_matrix<double>(net.inputs(), 300, 1);
    const Matrix<double> d = distance * random_matrix<double>(net.inputs(), 300, 2);
    const Matrix<double> change = net.predict(x + d) - net.predict(x);
    for (Index k = 0; k < x.cols(); ++k) {
      const Norms in = norms_of(d.col(k)), out = norms_of(change.col(k));
      CHECK(out.one <= bounds.one * in.one * (1 + 1e-9));
      CHECK(out.two <= bounds.two * in.two * (1 + 1e-9));
      CHECK(out.infinity <= bounds.infinity * in.infinity * (1 + 1e-9));
    }
  }
  return bounds;
}

}  // namespace

TEST_CASE("WeightNorm and maps count with the weights they make") {
  auto net = sequential<double>(Dense(5, 8, WeightNorm{}), ReLU{}, Dense(8, 6, SoftplusWeight{}), ReLU{},
                                Dense(6, 3, UnitNormalized{}));
  initialize(net, {.seed = 5});
  assign(net, "0.gain", Matrix<double>{{2}, {1}, {3}, {1}, {-4}, {1}, {0}, {1}});
  checked(net);
  auto one = sequential<double>(Dense(3, 1, WeightNorm{}));
  assign(one, "0.weight", Matrix<double>{{1, 2, 2}});
  assign(one, "0.gain", Matrix<double>{{-5}});
  CHECK(lipschitz(one).two == Approx(5).epsilon(1e-14));
  CHECK(lipschitz(one).infinity == Approx(25.0 / 3).epsilon(1e-14));
}

TEST_CASE("BatchNorm counts as it is outside training, and becomes one matrix with the Dense before it") {
  auto net = sequential<double>(Dense(2, 2), BatchNorm(2, {.epsilon = 0.0625}), Dense(2, 1));
  assign(net, "0.weight", Matrix<double>{{3, 0}, {0, 1}});
  assign(net, "1.weight", Matrix<double>{{1}, {-2}});
  assign(net, "1.running_var", Matrix<double>{{8.9375}, {0.1875}});  // scales 1/3 and -2 / (1/2)
  assign(net, "2.weight", Matrix<double>{{1, 0}});
  const LipschitzBounds bounds = lipschitz(net);
  CHECK(bounds.layers[0].path == "0, 1");
  CHECK(bounds.layers[0].bounds.two == Approx(4).epsilon(1e-14));
  CHECK(bounds.product == Approx(4).epsilon(1e-14));
  auto alone = sequential<double>(BatchNorm(1, {.epsilon = 1, .per = 3}), Dense(3, 1));
  assign(alone, "0.weight", Matrix<double>{{-6}});
  assign(alone, "0.running_var", Matrix<double>{{3}});
  assign(alone, "1.weight", Matrix<double>{{0, 2, 0}});
  CHECK(lipschitz(alone).infinity == Approx(6).epsilon(1e-14));
}

TEST_CASE("A monotone layer is one row, of the magnitudes of its weights, and part of what is composed") {
  auto one = sequential<double>(MonotoneDense(2, 1, LeakyReLU{2}));
  assign(one, "0.weight", Matrix<double>{{3, -4}});
  const LipschitzBounds bounds = checked(one, 0.99);  // reached where both slopes are 2
  CHECK(bounds.two == Approx(10).epsilon(1e-12));
  CHECK(bounds.infinity == Approx(14).epsilon(1e-14));
  CHECK(bounds.one == Approx(8).epsilon(1e-14));
  REQUIRE(bounds.layers.size() == 1);
  CHECK((bounds.layers[0].path == "0" && bounds.layers[0].layer == "MonotoneDense"));
  CHECK(bounds.layers[0].bounds.two == Approx(10).epsilon(1e-12));
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    auto net =
        sequential<double>(Dense(3, 12), MonotoneDense(12, 9), MonotoneDense(9, 9, Tanh{}, WeightNorm{}),
                           BatchNorm(9), MonotoneDense(9, 2, Softplus{}));
    initialize(net, {.seed = seed});
    assign(net, "3.weight", random_matrix<double>(9, 1, seed));
    assign(net, "3.running_var", random_matrix<double>(9, 1, seed + 9).cwiseAbs());
    const LipschitzBounds all = outside_training(net);
    REQUIRE(all.layers.size() == 4);
    CHECK(all.layers[2].path == "2, 3");
    CHECK(all.composed <= all.product);
  }
}

TEST_CASE("A recurrent layer is bounded through all its steps") {
  for (const bool last : {false, true}) {
    auto net = sequential<double>(Recurrent(2, 3, 4, {.last = last}));
    initialize(net, {.seed = 2});
    checked(net);
    assign(net, "0.weight_ih", Matrix<double>(Matrix<double>::Ones(3, 2)));
    assign(net, "0.weight_hh", Matrix<double>(0.5 * Matrix<double>::Identity(3, 3)));
    const LipschitzBounds bounds = checked(net);
    CHECK(bounds.infinity == Approx(2 * (1 + 0.5 + 0.25 + 0.125)).epsilon(1e-14));
    CHECK(bounds.one == Approx(last ? 3 : 3 * 1.875).epsilon(1e-14));
  }
}
