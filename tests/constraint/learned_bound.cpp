// SPDX-License-Identifier: MIT
#include "espalier/constraint/learned_bound.hpp"

#include <cmath>
#include <limits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

using Bound = LearnedBound<InfinityNorm>;
static_assert(MatrixMap<Bound> && Policy<Bound> && HasNumbersBeside<Bound>);
static_assert(JointPenalty<LipschitzProduct> && !Policy<LipschitzProduct>);

namespace {

auto net_of(std::uint64_t seed) {
  auto net = sequential<double>(Dense(4, 5, Bound{}), Tanh{}, Dense(5, 2, Bound{}, NoBias{}));
  initialize(net, {.seed = seed});
  return net;
}

template <class Net>
void set_bound(Net& net, const char* path, double bound) {
  using S = typename Net::scalar_type;
  assign(net, path, Matrix<S>{{static_cast<S>(SoftplusWeight{}.parameter(bound))}});
}

/// In long double, of the W that multiplies.
template <class Net>
long double longest_row(const Net& net, const char* path) {
  return effective_weight(net, path).template cast<long double>().cwiseAbs().rowwise().sum().maxCoeff();
}

}  // namespace

TEMPLATE_TEST_CASE("Rows are inside the bound in exact arithmetic, whatever is stored", "", float, double) {
  Rng rng{1};
  for (int trial = 0; trial < 200; ++trial) {
    auto net = sequential<TestType>(Dense(7, 3, Bound{}));
    assign(net, "0.weight",
           Matrix<TestType>(random_matrix<TestType>(3, 7, static_cast<std::uint64_t>(trial)) *
                            static_cast<TestType>(std::pow(10, rng.uniform(-20, 20)))));
    const Matrix<TestType> before = effective_weight(net, "0.weight");
    CHECK(before == parameter(net, "0.weight"));  // as it was given
    const double least = Bound::bound(parameter(net, "0.bound")(0));
    CHECK(longest_row(net, "0.weight") <= static_cast<long double>(least));
    set_bound(net, "0.bound", least * rng.uniform(0.01, 1.2));
    CHECK(longest_row(net, "0.weight") <=
          static_cast<long double>(Bound::bound(parameter(net, "0.bound")(0))));
  }
}

TEST_CASE("Rows inside are as they are stored, others are scaled onto the bound") {
  auto net = sequential<double>(Dense(2, 3, Bound{}));
  assign(net, "0.weight", Matrix<double>{{1, 1}, {3, -1}, {0, 0}});
  CHECK(Bound::bound(parameter(net, "0.bound")(0)) == Catch::Approx(4).epsilon(1e-14));
  set_bound(net, "0.bound", 2.5);
  const Matrix<double> w = effective_weight(net, "0.weight");
  CHECK(w.row(0) == Matrix<double>{{1, 1}});
  CHECK((w.row(1) - Matrix<double>{{1.875, -0.625}}).norm() <= 1e-14);
  CHECK(w.row(2).norm() == 0);
  assign(net, "0.weight", Matrix<double>(Matrix<double>::Zero(3, 2)));
  CHECK(Bound::bound(parameter(net, "0.bound")(0)) == Catch::Approx(1).epsilon(1e-15));
}

TEST_CASE("Its gradients, that of the bound too, are those of central differences in a net") {
  auto net = net_of(1);
  set_bound(net, "0.bound", 0.8 * static_cast<double>(longest_row(net, "0.weight")));
  set_bound(net, "2.bound", 0.7 * static_cast<double>(longest_row(net, "2.weight")));
  for (const GradientError& error :
       gradient_check(net, MeanSquared{}, random_matrix<double>(4, 6, 2), random_matrix<double>(2, 6, 3))) {
    CAPTURE(error.parameter);
    CHECK(error.relative < 1e-6);
  }
  CHECK(gradient(net, "0.bound").size() == 1);
  const Sequential recurrent{LSTM(2, 3, 2, {}, RecurrentWeight{Bound{}})};
  CHECK(recurrent.parameters().find("0.bound_hh"));
}

TEST_CASE("The penalty is the product of the bounds, and its gradient that of central differences") {
  auto net = net_of(4);
  Optimizer optimizer{SGD{.learning_rate = 0.1}, LipschitzProduct{0.3}};
  optimizer.prepare(net);
  const double first = Bound::bound(parameter(net, "0.bound")(0)),
               second = Bound::bound(parameter(net, "2.bound")(0));
  CHECK(penalty(net) == Catch::Approx(0.3 * first * second).epsilon(1e-14));
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  auto still = net;
  optimizer.step(net);
  for (const char* path : {"0.bound", "2.bound"}) {
    const double at = parameter(still, path)(0), h = 1e-6;
    const auto value = [&](double c) {
      auto moved = still;
      assign(moved, path, Matrix<double>{{c}});
      return penalty(moved);
    };
    const double slope = (value(at + h) - value(at - h)) / (2 * h);
    CHECK((at - parameter(net, path)(0)) / 0.1 == Catch::Approx(slope).epsilon(1e-6));
  }
  CHECK(penalty(net) < penalty(still));
  CHECK(parameter(net, "0.weight") == parameter(still, "0.weight"));
}

TEST_CASE("The penalty needs a weight under LearnedBound") {
  auto net = sequential<double>(Dense(2, 2));
  Optimizer optimizer{SGD{}, LipschitzProduct{1}};
  CHECK(message_of([&] { optimizer.prepare(net); }) ==
        "LipschitzProduct: expected a pattern that fits the path of a weight under LearnedBound, found *");
  CHECK_THROWS_AS(LipschitzProduct{-1}.validate(), ValueError);
}
