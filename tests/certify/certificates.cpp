// SPDX-License-Identifier: MIT
#include "espalier/certify/certificates.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/recurrent.hpp"

using namespace espalier;

TEST_CASE("All certificates are what the single functions say") {
  Sequential net{Dense(3, 4), ReLU{}, Dense(4, 2)};
  initialize(net, {.seed = 1});
  const Certificates all = certificates(net);
  CHECK(all.lipschitz == lipschitz(net));
  CHECK(all.input_signs == input_signs(net));
  CHECK(all.weights == weight_facts(net.parameters()));
  CHECK((all.unknown.empty() && all.recurrent.empty()));
}

TEST_CASE("What costs time is left out on request, and a layer without a bound is named") {
  Sequential net{LSTM(1, 2, 2), Dense(4, 1)};
  initialize(net, {.seed = 1});
  const Certificates all = certificates(net);
  CHECK_FALSE(all.lipschitz.has_value());
  CHECK(all.unknown == "layer 0, LSTM");
  CHECK(all.weights.size() == 3);
  const Certificates few = certificates(net, {.lipschitz = false, .input_signs = false});
  CHECK((!few.lipschitz && !few.input_signs && few.weights == all.weights));
}

TEST_CASE("A recurrent layer contracts where one of three norms of its recurrent weight is below 1") {
  auto net = sequential<double>(Recurrent(1, 2, 3), Dense(6, 1));
  initialize(net, {.seed = 1});
  assign(net, "0.weight_hh", Matrix<double>{{0, 0.9}, {0.5, 0}});
  const Contraction one = certificates(net).recurrent.at(0);
  CHECK(one.layer == "0");
  CHECK(one.contracts());
  CHECK(one.step.two == Approx(0.9).epsilon(1e-12));
  assign(net, "0.weight_hh", Matrix<double>{{0.6, 0.6}, {0, 0.3}});  // norms 0.9, 0.89, 1.2
  CHECK(certificates(net).recurrent.at(0).contracts());
  assign(net, "0.weight_hh", Matrix<double>{{1, 0}, {0, 0.3}});
  CHECK_FALSE(certificates(net).recurrent.at(0).contracts());
}
