// SPDX-License-Identifier: MIT
#include "espalier/loss/huber.hpp"

#include "loss_test.hpp"
#include "support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("Huber is PyTorch's", "", float, double) {
  // F.huber_loss(y, t) and F.huber_loss(y, t, delta=0.4), in double, of the numbers of mean_squared.cpp
  const test::Regression<TestType> r;
  test::check_loss<TestType>(Huber{}, r.y, r.t, 0.546875,
                             {-1.0 / 12, 0, 1.0 / 6, -1.0 / 24, -1.0 / 6, 1.0 / 12});
  test::check_loss<TestType>(Huber{.delta = 0.4}, r.y, r.t, 0.28520833333333334,
                             {-1.0 / 15, 0, 1.0 / 15, -1.0 / 24, -1.0 / 15, 1.0 / 15});
}

TEST_CASE("Huber's gradient is its derivative") {
  test::Regression<double> r;
  const std::vector<double> weights{1, 0.5, 3};
  test::check_derivative(Huber{}, r.y, r.t);
  test::check_derivative(Huber{.delta = 0.4}, r.y, {r.t, weights});
}

TEST_CASE("a delta that is not a positive number is refused") {
  const test::Regression<double> r;
  CHECK(message_of([&] { Huber{.delta = 0}(r.y, r.t); }) == "Huber: expected delta > 0 and finite, found 0");
  CHECK_THROWS_AS(Huber{.delta = -1}.validate(), ValueError);
  CHECK_THROWS_AS(Huber{.delta = std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
}
