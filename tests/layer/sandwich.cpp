// SPDX-License-Identifier: MIT
#include "espalier/layer/sandwich.hpp"

#include <cmath>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/scale.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/model/access.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

namespace {

/// The largest of norm(y(x) - y(z)) / norm(x - z) that a search from random pairs finds: each pair moves
/// where a step of random direction makes the ratio larger, at distances from far to near.
template <class Net>
double largest_ratio(Net net, Index inputs, int trials, std::uint64_t seed) {
  using S = typename Net::scalar_type;
  Rng rng{seed};
  double most = 0;
  const auto ratio = [&](const Matrix<S>& x, const Matrix<S>& z) {
    Matrix<S> both(inputs, 2);
    both << x, z;
    const Matrix<double> y = net.forward(both).template cast<double>();
    return (y.col(0) - y.col(1)).norm() / (x - z).template cast<double>().norm();
  };
  for (int trial = 0; trial < trials; ++trial) {
    const double distance = std::pow(10, rng.uniform(std::is_same_v<S, float> ? -1 : -3, 1));
    Matrix<S> x = random_matrix<S>(inputs, 1, rng()), toward = random_matrix<S>(inputs, 1, rng());
    double best = 0;
    for (int k = 0; k < 60; ++k) {
      const Matrix<S> x_next = x + S(0.3) * random_matrix<S>(inputs, 1, rng()),
                      next = toward + S(0.3) * random_matrix<S>(inputs, 1, rng());
      const double found = ratio(x_next, x_next + static_cast<S>(distance) * next.normalized());
      if (found > best) best = found, x = x_next, toward = next;
    }
    most = std::max(most, best);
  }
  return most;
}

}  // namespace

TEST_CASE("It is the formula: two products around the activation") {
  auto net = stirred<double>(1, Sandwich(5, 3, Tanh{}));
  const Matrix<double> w = effective_weight(net, "0.weight"), psi = parameter(net, "0.psi");
  const Matrix<double> a = w.leftCols(3), b = w.rightCols(5), x = random_matrix<double>(5, 4, 2);
  CHECK((a * a.transpose() + b * b.transpose() - Matrix<double>::Identity(3, 3)).norm() <= 1e-14);
  const Matrix<double> rise = psi.array().exp().matrix().asDiagonal(),
                       fall = (-psi).array().exp().matrix().asDiagonal();
  const Matrix<double> u =
      (std::sqrt(2.0) * fall * b * x).colwise() + Vector<double>(parameter(net, "0.bias"));
  const Matrix<double> y = std::sqrt(2.0) * a.transpose() * rise * u.array().tanh().matrix();
  CHECK((net.forward(x) - y).norm() <= 1e-14 * y.norm());
}

TEST_CASE("Its gradients are those of central differences") {
  for (const Index outputs : {1, 3, 6}) {
    auto net =
        stirred<double>(2, Dense(4, 5), Sandwich(5, outputs, Tanh{}), Sandwich(outputs, 2, Softplus{}));
    for (const GradientError& error :
         gradient_check(net, MeanSquared{}, random_matrix<double>(4, 6, 3), random_matrix<double>(2, 6, 4))) {
      CAPTURE(outputs, error.parameter);
      CHECK(error.relative < 1e-6);
    }
  }
}

TEMPLATE_TEST_CASE(
    "No pair of inputs comes apart, random or searched for, and some nearly keep their distance", "", float,
    double) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto net = stirred<TestType>(seed, Sandwich(3, 8), Sandwich(8, 5), Dense(5, 4, Cayley{}));
    CHECK(largest_ratio(net, 3, 20, seed) <= 1 + 1e-12 + 1e-3 * std::is_same_v<TestType, float>);
  }
  // One layer of ReLU whose units are all on is the linear map 2 A' B: the identity where A = B = I /
  // sqrt(2).
  auto one = sequential<TestType>(Sandwich(2, 2));
  initialize(one, {.seed = 1});
  edit(one, [&](std::span<TestType> all) { std::fill(all.begin(), all.end(), TestType(0)); });
  edit(one, [&](std::span<TestType> all) {
    all[2] = all[7] = static_cast<TestType>(1 - std::sqrt(2.0));
    const auto bias = one.parameters().at("0.bias").offset;
    all[static_cast<std::size_t>(bias)] = all[static_cast<std::size_t>(bias + 1)] = 100;
  });
  const double ratio = largest_ratio(one, 2, 20, 5);
  CHECK(ratio <= 1 + (std::is_same_v<TestType, float> ? 1e-2 : 1e-9));
  CHECK(ratio > 0.99);
}

TEST_CASE("Scales around make gamma of it") {
  const double root = std::sqrt(5.0);
  auto net = stirred<double>(4, Scale{root}, Sandwich(3, 6), Dense(6, 2, Cayley{}), Scale{root});
  auto plain = stirred<double>(4, Sandwich(3, 6), Dense(6, 2, Cayley{}));
  const double ratio = largest_ratio(net, 3, 20, 1);
  CHECK((ratio <= 5 && ratio > 0.5));
}

TEST_CASE("Sizes and activations that make no sense are refused") {
  CHECK(message_of([] { Sandwich(0, 3); }) ==
        "Sandwich: expected at least 1 input and 1 output, found 0 -> 3");
  CHECK(message_of([] {
          Sandwich(2, 3, GELU{});
        }).starts_with("Sandwich(2, 3): expected an activation with slopes from 0 to 1, found "));
  CHECK(message_of([] { Sandwich(2, 3, LeakyReLU{2}); }) ==
        "Sandwich(2, 3): expected an activation with slopes from 0 to 1, found 1 to 2");
}
