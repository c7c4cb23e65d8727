// SPDX-License-Identifier: MIT
#include "espalier/optimizer/untouched.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"

using namespace espalier;
using Catch::Approx;

TEMPLATE_TEST_CASE("Weights that were not moved take the smallest step size of their row", "", float,
                   double) {
  using S = TestType;
  for (const std::size_t n : std::vector<std::size_t>{1, 2, 15, 16, 17, 40}) {
    CAPTURE(n);
    std::vector<S> t(n), moved(n, 1);
    for (std::size_t i = 0; i < n; ++i) t[i] = static_cast<S>(n + 3 - i);
    std::vector<S> expected = t;
    CHECK_FALSE(detail::even_out(t.data(), moved.data(), static_cast<Index>(n), S(7)));
    CHECK(t == expected);
    for (std::size_t i = 0; i + 1 < n; i += 3) moved[i] = 0, expected[i] = 4;
    CHECK(detail::even_out(t.data(), moved.data(), static_cast<Index>(n), S(7)) == (n > 1));
    CHECK(t == expected);
  }
}

TEST_CASE("The size of a momentum counts, not its sign; where no weight was moved all take the rate") {
  std::vector<double> t{1, 2, 3}, moved{-1, 0, 5};
  CHECK(detail::even_out(t.data(), moved.data(), 3, 0.5));
  CHECK(t == std::vector<double>{1, 1, 3});
  moved = {0, 0, 0};
  CHECK(detail::even_out(t.data(), moved.data(), 3, 0.5));
  CHECK(t == std::vector<double>(3, 0.5));
}

TEST_CASE("With a rate of 0 a vector of which nothing was moved keeps its step sizes, another does not") {
  std::vector<double> t{1, 2, 3}, moved{0, 0, 0};
  detail::even_out(t.data(), moved.data(), 3, 0.0);
  CHECK(t == std::vector<double>{1, 2, 3});
  moved[2] = 1;
  detail::even_out(t.data(), moved.data(), 3, 0.0);
  CHECK(t == std::vector<double>{1, 1, 3});
  std::vector<double> columns{1, 2, 3, 4, 5, 6};
  const std::vector<double> some{0, 1, 0, 1, 1, 0};
  detail::even_out_columns(columns.data(), some.data(), 2, 3, 0.0);
  CHECK(columns == std::vector<double>{1, 2, 3, 4, 5, 6});
}

TEST_CASE(
    "A penalty of vectors takes the learning rate from one without a gradient, as L1 does from a weight") {
  // Adam's divisor is at least the strength: slope sqrt(2) strength, step size rate / strength.
  const auto shortened = [](auto penalty, Index first, Index second) {  // the places of its two numbers
    auto net = sequential<double>(Dense(2, 2, NoBias{}, penalty));
    const auto& e = net.parameters().at("0.weight");
    double *const w = net.parameters().values_of(e).data, *const g = net.parameters().gradients_of(e);
    Optimizer optimizer{Adam{.learning_rate = 0.01}};
    std::vector<double> norms;
    for (Index i = 0; i < 4; ++i) w[i] = g[i] = 1;
    w[first] = 0.03, w[second] = 0.04, g[first] = g[second] = 0;
    for (int step = 0; step < 5; ++step) {
      optimizer.step(net);
      norms.push_back(std::hypot(w[first], w[second]));
    }
    return norms;
  };
  for (const std::vector<double>& norms :
       {shortened(PerInput{GroupLasso{0.1}}, 1, 3), shortened(GroupLasso{0.1}, 2, 3)}) {
    CHECK(norms[0] == Approx(0.05 - 0.01 * std::sqrt(2)).epsilon(1e-6));
    CHECK(norms[2] == Approx(0.05 - 0.03 * std::sqrt(2)).epsilon(1e-5));
    CHECK((norms[3] == 0 && norms[4] == 0));
  }
}

TEST_CASE("In columns, too, weights that were not moved take the smallest step size") {
  std::vector<double> t{1, 2, 3, 4, 5, 6};  // 2 rows, 3 columns
  const std::vector<double> all(6, -1), some{0, 1, 0, 1, 1, 0};
  std::vector<double> same = t;
  detail::even_out_columns(same.data(), all.data(), 2, 3, 0.5);
  CHECK(same == t);
  detail::even_out_columns(t.data(), some.data(), 2, 3, 0.5);
  CHECK(t == std::vector<double>{1, 2, 0.5, 4, 5, 0.5});
}

TEMPLATE_TEST_CASE("A weight without a gradient gives way to a norm as its row does, not first", "", float,
                   double) {
  // Adam's first step moves the first weight by the rate, in the metric 1 / rate, which the second takes
  // over: both are scaled alike onto the ball.
  auto net = sequential<TestType>(Dense(2, 1, NoBias{}, MaxNorm{0.95}));
  detail::arena(net)[0] = static_cast<TestType>(0.9), detail::arena(net)[1] = static_cast<TestType>(0.3);
  net.gradients()[0] = -1;
  Optimizer optimizer{Adam{.learning_rate = 0.0062}};
  optimizer.step(net);
  const double length = std::hypot(0.9062, 0.3);
  CHECK(static_cast<double>(net.values()[0]) == Approx(0.95 * 0.9062 / length).epsilon(1e-6));
  CHECK(static_cast<double>(net.values()[1]) == Approx(0.95 * 0.3 / length).epsilon(1e-6));
}

TEST_CASE("A13: an untouched weight on a sphere takes the row's largest d") {
  auto net = sequential<double>(Dense(2, 1, NoBias{}, UnitNorm{}));
  detail::arena(net)[0] = std::sqrt(0.99), detail::arena(net)[1] = 0.1;
  net.gradients()[0] = 1;
  Optimizer optimizer{Adam{.learning_rate = 0.0062}};
  optimizer.step(net);
  CHECK(net.values()[0] == Approx(0.9949249).epsilon(1e-7));
  CHECK(net.values()[1] == Approx(0.1006207).epsilon(1e-6));
}

TEST_CASE("A penalty before a norm sees the same step sizes as the norm, whether that is reached or not") {
  const auto stepped = [](double radius) {
    auto net = sequential<double>(Dense(2, 1, NoBias{}, L1{0.1}, MaxNorm{radius}));
    detail::arena(net)[0] = 0.6, detail::arena(net)[1] = 0.5;
    net.gradients()[0] = -1;
    Optimizer optimizer{Adam{.learning_rate = 0.01}};
    optimizer.step(net);
    return numbers_of(net);
  };
  // d = 1 / rate for both: soft(0.61, 0.001) and soft(0.5, 0.001), scaled onto the ball.
  const double x = 0.61 - 0.001, y = 0.5 - 0.001, length = std::hypot(x, y);
  for (const double radius : {0.7, 0.78}) {
    CHECK(stepped(radius)[0] == Approx(radius * x / length).epsilon(1e-7));
    CHECK(stepped(radius)[1] == Approx(radius * y / length).epsilon(1e-7));
  }
  CHECK(stepped(100)[0] == Approx(x).epsilon(1e-7));
  CHECK(stepped(100)[1] == Approx(y).epsilon(1e-7));
}
