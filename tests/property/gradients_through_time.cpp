// SPDX-License-Identifier: MIT
// A recurrent weight in the unit ball of the spectral norm keeps gradients bounded through 200 steps, where a
// free one lets them explode.
#include <cmath>

#include "../catch.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/layer/recurrent.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

constexpr Index inputs = 2, hidden = 16, steps = 200, samples = 4;

/// The largest singular value, by 2000 steps of the power method, which comes to it from below.
double two_norm(const Matrix<double>& w) {
  Eigen::VectorXd v = Eigen::VectorXd::LinSpaced(w.cols(), 1, 2);
  double norm = 0;
  for (int k = 0; k < 2000; ++k) {
    v.normalize();
    v = w.transpose() * (w * v).eval();
    norm = std::sqrt(v.norm());
  }
  return norm;
}

/// norm(d h_T / d x_1) at most, over the samples: that of the gradients of 16 sums v' h_T, v the unit
/// vectors.
template <class M>
double first_step_slope(M& net, const Matrix<double>& x) {
  double largest = 0;
  Matrix<double> jacobian(hidden, inputs * samples);
  for (Index k = 0; k < hidden; ++k) {
    const Matrix<double> slope = input_gradient(net, x, [&](const Matrix<double>& y) {
      Matrix<double> one = Matrix<double>::Zero(y.rows(), y.cols());
      one.row(k).setOnes();
      return one;
    });
    for (Index j = 0; j < samples; ++j)
      jacobian.row(k).segment(j * inputs, inputs) = slope.col(j).head(inputs).transpose();
  }
  for (Index j = 0; j < samples; ++j)
    largest = std::max(largest, two_norm(jacobian.middleCols(j * inputs, inputs)));
  return largest;
}

/// Small inputs, so that tanh is nearly the identity and what the weight does is seen.
Matrix<double> sequences(Rng& rng) {
  return Matrix<double>::NullaryExpr(inputs * steps, samples, [&] { return 1e-40 * rng.normal(); });
}

/// The product of reflections I - 2 v v' / v'v.
Matrix<double> random_rotation(Rng& rng) {
  Matrix<double> product = Matrix<double>::Identity(hidden, hidden);
  for (Index k = 0; k < hidden; ++k) {
    const Eigen::VectorXd v = Eigen::VectorXd::NullaryExpr(hidden, [&] { return rng.normal(); });
    product -= product * v * (2 / v.squaredNorm()) * v.transpose();
  }
  return product;
}

/// A model whose recurrent weight is 1.2 times a rotation, or what its policies leave of it.
template <class... Policies>
auto make(Rng& rng, const Policies&... policies) {
  auto net = sequential<double>(
      Recurrent(inputs, hidden, steps, {.last = true}, NoBias{}, RecurrentWeight{policies...}));
  initialize(net, rng);
  assign(net, "0.weight_hh", Matrix<double>(1.2 * random_rotation(rng)));
  return net;
}

}  // namespace

TEST_CASE(
    "With SpectralBall{1} the last state depends on the first input by no more than norm(W_ih), through 200 "
    "steps") {
  Rng rng(1);
  auto bounded = make(rng, SpectralBall{1});
  const double into = two_norm(parameter(bounded, "0.weight_ih"));
  const Matrix<double> x = sequences(rng);
  CHECK(two_norm(parameter(bounded, "0.weight_hh")) <= 1 + 1e-12);
  const double slope = first_step_slope(bounded, x);
  CHECK(slope <= into * (1 + 1e-9));
  CHECK(slope > 0.5 * into);  // a rotation keeps lengths: not bounded by vanishing

  auto wild = make(rng);
  assign(wild, "0.weight_ih", parameter(bounded, "0.weight_ih"));
  CHECK(first_step_slope(wild, x) > 1e14 * into);  // 1.2^199 is 5.7e15
}

TEST_CASE("The bound holds after every training step that pulls outwards") {
  Rng rng(2);
  auto net = make(rng, SpectralBall{1});
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  Matrix<double> x = Matrix<double>::NullaryExpr(inputs * steps, samples, [&] { return 0.1 * rng.normal(); });
  for (int step = 0; step < 10; ++step) {
    const Matrix<double> h = net.forward(x);
    net.backward(x, -h);  // larger states
    optimizer.step(net);
    REQUIRE(two_norm(parameter(net, "0.weight_hh")) <= 1 + 1e-12);
  }
  CHECK(first_step_slope(net, x) <= two_norm(parameter(net, "0.weight_ih")) * (1 + 1e-9));
}
