// SPDX-License-Identifier: MIT
#include "espalier/certify/certified_radius.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/softmax.hpp"

using namespace espalier;

namespace {

Index winner(const Matrix<double>& y) {
  Index c = 0;
  y.col(0).maxCoeff(&c);
  return c;
}

/// Does an attack inside the radius change the class? It climbs along the gradient of the closest rival.
template <class M>
bool changes(M& net, const Matrix<double>& x, double radius) {
  const Index c = winner(net.predict(x));
  Matrix<double> at = x, gradient;
  for (int step = 0; step < 30; ++step) {
    const Matrix<double> y = net.forward(at);
    Matrix<double> others = y, wanted = Matrix<double>::Zero(y.rows(), 1);
    others(c, 0) = -HUGE_VAL;
    wanted(c, 0) -= 1, wanted(winner(others), 0) += 1;
    net.backward(at, wanted, gradient);
    if (!(gradient.norm() > 0)) return false;
    at = x + radius * gradient / gradient.norm();
    if (winner(net.predict(at)) != c) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("No attack inside the radius changes the class, and some succeed at a few times the radius") {
  auto net = sequential<double>(Dense(4, 16), ReLU{}, Dense(16, 16), ReLU{}, Dense(16, 3));
  initialize(net, {.seed = 1});
  const Matrix<double> x = random_matrix<double>(4, 60, 2);
  const std::vector<double> radii = certified_radius(net, x);
  REQUIRE(radii.size() == 60);
  int far = 0;
  for (Index s = 0; s < 60; ++s) {
    const double radius = radii[static_cast<std::size_t>(s)];
    CHECK(radius > 0);
    CHECK_FALSE(changes(net, x.col(s), radius));
    far += changes(net, x.col(s), 10 * radius);
  }
  CHECK(far > 20);
}

TEST_CASE("The radius is that of the rows' differences, and never below the margin over sqrt(2) L") {
  auto net = sequential<double>(Dense(4, 8), Tanh{}, Dense(8, 3));
  initialize(net, {.seed = 5});
  const Matrix<double> x = random_matrix<double>(4, 20, 2), y = net.predict(x);
  const double two = lipschitz(net).two;
  const std::vector<double> radii = certified_radius(net, x);
  for (Index s = 0; s < 20; ++s) {
    Matrix<double> sorted = y.col(s);
    std::sort(sorted.data(), sorted.data() + 3);
    CHECK(radii[static_cast<std::size_t>(s)] >=
          (sorted(2) - sorted(1)) / (std::sqrt(2.0) * two) * (1 - 1e-12));
  }
}

TEST_CASE("Of one Dense the radius is the distance to the nearest plane between classes") {
  auto net = sequential<double>(Dense(2, 3));
  assign(net, "0.weight", Matrix<double>{{3, 0}, {0, 4}, {0, 0}});
  const std::vector<double> radii = certified_radius(net, Matrix<double>{{1, 0, 0}, {0, 2, 0}});
  CHECK(radii[0] == Approx(0.6).epsilon(1e-12));  // to 3 x = 4 y, before x = 0 at 1
  CHECK(radii[1] == Approx(1.6).epsilon(1e-12));
  CHECK(radii[2] == 0);  // all tie
}

TEST_CASE("A last layer that shrinks is counted once") {
  auto net = sequential<double>(Dense(2, 2), ReLU{}, Dense(2, 2));
  assign(net, "0.weight", Matrix<double>{{1, 0}, {0, 1}});
  assign(net, "2.weight", Matrix<double>{{0.125, 0}, {0, 0.125}});
  // Between positive inputs the model is linear, and the plane between the classes is x = y.
  CHECK(certified_radius(net, Matrix<double>{{2}, {1}})[0] == Approx(1 / std::sqrt(2.0)).epsilon(1e-9));
}

TEST_CASE("One output is a logit, other last layers count as they are, and a constant model has no limit") {
  auto logit = sequential<double>(Dense(2, 1));
  assign(logit, "0.weight", Matrix<double>{{3, 4}});
  CHECK(certified_radius(logit, Matrix<double>{{-2}, {-1}})[0] == Approx(2).epsilon(1e-12));
  auto soft = sequential<double>(Dense(2, 2), Softmax{});
  assign(soft, "0.weight", Matrix<double>{{1, 0}, {0, 1}});
  const double margin = std::tanh(0.5);  // of the probabilities at a difference of 1
  CHECK(certified_radius(soft, Matrix<double>{{1}, {0}})[0] == Approx(margin / (std::sqrt(2.0) / 2)));
  auto constant = sequential<double>(Dense(2, 2));
  assign(constant, "0.bias", Matrix<double>{{1}, {0}});
  CHECK(certified_radius(constant, Matrix<double>{{1}, {0}})[0] == HUGE_VAL);
  CHECK_THROWS_AS(certified_radius(constant, Matrix<double>(3, 1)), ShapeError);
}
