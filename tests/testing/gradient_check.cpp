// SPDX-License-Identifier: MIT
#include "espalier/testing/gradient_check.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/mean_squared.hpp"

using namespace espalier;

namespace {

/// y = x^2 with a derivative that is wrong by a factor.
struct WrongSquare {
  double factor = 1;
  void forward(const auto& x, auto&& y) const { y = x.cwiseAbs2(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx = factor * 2 * dy.cwiseProduct(x);
  }
};

/// A penalty with a wrong gradient.
struct WrongPenalty {
  template <Scalar S>
  S value(S w) const {
    return w * w;
  }
  template <Scalar S>
  S gradient(S w) const {
    return w;  // should be 2 w
  }
};

template <class... Layers>
std::vector<GradientError> check(const Layers&... layers) {
  auto net = sequential<double>(layers...);
  initialize(net, Rng{1});
  return gradient_check(net, MeanSquared{}, random_matrix<double>(3, 4, 2), random_matrix<double>(2, 4, 3));
}

}  // namespace

TEST_CASE("Right gradients pass, each parameter by name") {
  const auto errors = check(Dense(3, 3, L2{0.1}), WrongSquare{1}, Dense(3, 2));
  REQUIRE(errors.size() == 4);
  CHECK(errors[0].parameter == "0.weight");
  CHECK(errors[3].parameter == "2.bias");
  for (const GradientError& error : errors) CHECK(error.relative < 1e-8);
  for (const GradientError& error : errors) CHECK(error.ok());
}

TEST_CASE("A wrong derivative of a layer is seen in the parameters before it") {
  const auto errors = check(Dense(3, 3), WrongSquare{1.01}, Dense(3, 2));
  CHECK(errors[0].relative > 1e-3);
  CHECK(errors[1].relative > 1e-3);
  CHECK_FALSE(errors[1].ok());
  CHECK(fmt::format("{}", GradientError{"0.bias", 0.25}) == "0.bias: relative error 2.5e-01, wrong");
  CHECK(fmt::format("{}", GradientError{"0.bias", 1e-9}) == "0.bias: relative error 1.0e-09, ok");
  CHECK(errors[2].relative < 1e-8);
}

TEST_CASE("A derivative that is not a number does not pass") {
  const auto errors = check(Dense(3, 3), WrongSquare{std::nan("")}, Dense(3, 2));
  CHECK_FALSE(errors[0].ok());
  CHECK(errors[2].relative < 1e-8);
}

TEST_CASE("A wrong gradient of a penalty is seen") {
  const auto errors = check(Dense(3, 2, WrongPenalty{}));
  CHECK(errors[0].relative > 1e-2);
  CHECK(errors[1].relative < 1e-8);
}

TEST_CASE("Gradients that vanish agree, and the model is not changed") {
  auto net = sequential<double>(Dense(1, 1), ReLU{}, Dense(1, 1));
  assign(net, "0.bias", Matrix<double>{{-100}});  // dead
  assign(net, "2.bias", Matrix<double>{{1}});
  const auto before = net;
  const auto errors = gradient_check(net, MeanSquared{}, Matrix<double>::Ones(1, 2).eval(),
                                     Matrix<double>::Zero(1, 2).eval());
  CHECK(errors[0].relative == 0);
  CHECK(errors[2].relative == 0);
  CHECK(errors[3].relative < 1e-8);
  CHECK(net == before);
}
