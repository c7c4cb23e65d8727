// SPDX-License-Identifier: MIT
#include "espalier/certify/certificates.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/quantized_relu.hpp"
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

TEST_CASE("The sums of integer layers are among the certificates once the range of the inputs is given") {
  Sequential net{Dense(3, 1, Quantized{.step = 0.5, .lo = -4, .hi = 4}),
                 QuantizedReLU{.step = 0.5, .hi = 3.5}, Dense(1, 1, Quantized{.step = 1, .lo = -4, .hi = 4})};
  assign(net, "0.weight", Matrix<float>{{1.5, -1, 2}});  // 3, -2 and 4 steps
  assign(net, "0.bias", Matrix<float>{{-0.5}});
  assign(net, "2.weight", Matrix<float>{{-3}});
  CHECK(certificates(net).integers.empty());
  const IntegerInputs two_of_three{IntegerRange::unsigned_bits(1, 2)};
  const Certificates all = certificates(net, {.integers = two_of_three});
  // Two of 3, -2, 4, and -1: at most 3 + 4, at least -2 - 1. Then 0 to 7 times -3.
  CHECK(all.integers ==
        std::vector<IntegerSums>{{"0", two_of_three.range, {-3, 7}}, {"2", {0, 7}, {-21, 0}}});
  CHECK((all.integers[0].bits() == 4 && all.integers[1].bits() == 6));
  CHECK(accumulator_bits(net, two_of_three) == std::vector<int>{4, 6});

  Sequential plain{Dense(3, 2), ReLU{}, Dense(2, 1)};
  initialize(plain, {.seed = 1});
  CHECK_THROWS_AS(certificates(plain, {.integers = two_of_three}), ValueError);
}
