// SPDX-License-Identifier: MIT
#include "espalier/model/mapped.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

TEST_CASE("Dense layers multiply by the map of what is stored, and train it") {
  auto net = sequential<double>(Dense(6, 4, Cayley{}), Tanh{}, Dense(4, 5, SpectralRescaled{2}), Tanh{},
                                Dense(5, 2));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  random_steps(net, optimizer, 20, 2);
  const Matrix<double> x = random_matrix<double>(6, 7, 3), t = random_matrix<double>(2, 7, 4);
  auto plain = sequential<double>(Dense(6, 4), Tanh{}, Dense(4, 5), Tanh{}, Dense(5, 2));
  for (const char* path : {"0.weight", "2.weight", "4.weight"})
    assign(plain, path, effective_weight(net, path));
  for (const char* path : {"0.bias", "2.bias", "4.bias"}) assign(plain, path, parameter(net, path));
  CHECK((net.forward(x) - plain.forward(x)).norm() == 0);
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, t)) {
    CAPTURE(error.parameter);
    CHECK(error.relative < 1e-6);
  }
  const Matrix<double> w = effective_weight(net, "0.weight");
  CHECK((w * w.transpose() - Matrix<double>::Identity(4, 4)).norm() < 1e-14);
  CHECK(parameter(net, "0.weight") != w);
  CHECK(audit(net).parameters[0].norm == Catch::Approx(2));
}

TEST_CASE("Convolutions and recurrent layers are under maps of matrices too") {
  auto image =
      sequential<double>(Conv2D(Image{3, 3, 2}, 3, Kernel{2, 2}, SpectralRescaled{2}), Tanh{}, Dense(12, 1));
  auto sequence = sequential<double>(LSTM(2, 3, 2, {}, RecurrentWeight{Cayley{}}), Dense(6, 1));
  initialize(image, {.seed = 1}), initialize(sequence, {.seed = 2});
  const auto check = [](const auto& net, Index inputs) {
    for (const GradientError& error : gradient_check(net, MeanSquared{}, random_matrix<double>(inputs, 4, 5),
                                                     random_matrix<double>(1, 4, 6))) {
      CAPTURE(error.parameter);
      CHECK(error.relative < 1e-6);
    }
  };
  check(image, 18), check(sequence, 4);
  const Matrix<double> w = effective_weight(sequence, "0.weight_hh");
  CHECK((w.transpose() * w - Matrix<double>::Identity(3, 3)).norm() < 1e-14);
}

TEST_CASE("assign takes a weight that the map gives, and changes nothing for others") {
  auto net = sequential<double>(Dense(2, 2, Cayley{}));
  initialize(net, {.seed = 1});
  const Matrix<double> turn{{0.6, -0.8}, {0.8, 0.6}};
  assign(net, "0.weight", turn);
  CHECK((effective_weight(net, "0.weight") - turn).norm() <= 1e-15);
  const auto before = net;
  CHECK(message_of([&] { assign(net, "0.weight", Matrix<double>(2 * turn)); }) ==
        "0.weight: expected weights that Cayley can give, found others");
  CHECK(net == before);
}
