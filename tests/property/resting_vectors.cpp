// SPDX-License-Identifier: MIT
// Where training comes to rest under policies of vectors: where the gradient meets the conditions of a
// constrained optimum, under a rule with one step size and under one with a step size for each weight.
#include <cmath>
#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/group_mcp.hpp"
#include "espalier/constraint/group_scad.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/total_variation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

using Numbers = Eigen::VectorXd;

/// The parameters of a net with one weight: what an optimizer needs of it.
template <class... Ps>
Parameters<double> weight(Index rows, Index cols, const Ps&... policies) {
  return sequential<double>(Dense(cols, rows, NoBias{}, policies...)).parameters();
}

/// Trains a weight on (w - goal)' A (w - goal) / 2 to rest: at full rate, and at a rate that falls by 1e9.
/// check(w, gradient) for both rules.
template <class F>
void at_rest(const Parameters<double>& start, double size_of_goal, const F& check) {
  const ParameterEntry<double>& e = start.entries()[0];
  const Index n = e.size();
  Rng rng(7);
  Eigen::MatrixXd root(n, n);
  for (Index i = 0; i < root.size(); ++i) root(i) = rng.normal();
  // Eigenvalues of about 1, 2, 3, ...: on a sphere, what is left is slow where they are close.
  const Eigen::MatrixXd a = root * root.transpose() / (4 * static_cast<double>(n)) +
                            Eigen::MatrixXd(Numbers::LinSpaced(n, 1, static_cast<double>(n)).asDiagonal());
  Numbers goal(n);
  for (Index i = 0; i < n; ++i) goal[i] = size_of_goal * rng.normal();
  const auto train = [&](auto optimizer) {
    Parameters<double> copy = start;
    Eigen::Map<Numbers> w(detail::arena(copy).data(), n), g(copy.gradients().data(), n);
    for (double& v : w) v = rng.normal();
    project(copy);
    optimizer.prepare(copy);
    for (int k = 0; k < 10000; ++k) {
      optimizer.scale_rate(std::pow(10, -9.0 * std::max(k - 2000, 0) / 8000));
      g = a * (w - goal);
      optimizer.step(copy);
    }
    REQUIRE(e.pack.contains(copy.values_of(copy.entries()[0])));
    check(Numbers(w), Numbers(a * (w - goal)));
  };
  train(Optimizer{SGD{.learning_rate = 0.1}});
  train(Optimizer{Adam{.learning_rate = 0.01}});
}

}  // namespace

TEST_CASE("TotalVariation: the gradient sums to the strength, with its sign, where weights differ") {
  constexpr double strength = 1.2;
  at_rest(weight(1, 8, TotalVariation{strength}), 1, [](const Numbers& w, const Numbers& g) {
    double sum = 0;
    int equal = 0;
    for (Index i = 0; i < w.size(); ++i) {
      sum += g[i];
      if (i + 1 == w.size())
        CHECK(sum == Approx(0).margin(1e-6));
      else if (w[i] != w[i + 1])
        CHECK(sum == Approx(w[i] < w[i + 1] ? strength : -strength).margin(1e-6));
      else
        CHECK(std::abs(sum) <= strength + 1e-6);
      equal += i + 1 < w.size() && w[i] == w[i + 1];
    }
    CHECK((equal > 0 && equal < 7));
  });
}

TEST_CASE("Tied: the gradient of a class is zero in sum, with signs") {
  at_rest(weight(1, 6, Tied{1, 2, 1, -2, 0, 1}), 1, [](const Numbers& w, const Numbers& g) {
    CHECK((w[0] == w[2] && w[0] == w[5] && w[1] == -w[3]));
    CHECK(std::abs(g[0] + g[2] + g[5]) + std::abs(g[1] - g[3]) + std::abs(g[4]) < 1e-6);
  });
}

TEST_CASE("Symmetric: the gradient is skew") {
  at_rest(weight(3, 3, Symmetric{}), 1, [](const Numbers&, const Numbers& g) {
    const Eigen::Map<const Eigen::Matrix3d> matrix(g.data());
    CHECK((matrix + matrix.transpose()).cwiseAbs().maxCoeff() < 1e-6);
    CHECK(matrix.cwiseAbs().maxCoeff() > 0.1);
  });
}

TEST_CASE("MinMaxNorm: the gradient is normal to the sphere that holds, and points away from the shell") {
  const auto check = [](double size, double radius, double side) {
    at_rest(weight(1, 5, MinMaxNorm{0.8, 1.1}), size, [&](const Numbers& w, const Numbers& g) {
      CHECK(w.norm() == Approx(radius).epsilon(1e-14));
      const double along = g.dot(w) / w.squaredNorm();
      CHECK((g - along * w).norm() < 1e-6);
      CHECK(along * side > 0.1);
    });
  };
  check(0.1, 0.8, 1);  // the optimum is shorter, and the loss falls toward it
  check(3, 1.1, -1);
}

TEST_CASE("GroupMcp and GroupScad: the gradient is the slope of the penalty, along the row") {
  const auto check = [](const auto& policy, double size, auto slope) {
    at_rest(weight(1, 5, policy), size, [&](const Numbers& w, const Numbers& g) {
      const double norm = w.norm();
      if (norm == 0)
        CHECK(g.norm() <= slope(0));
      else
        CHECK((g + slope(norm) / norm * w).norm() < 1e-6);
    });
  };
  const double lambda = 0.3 * std::sqrt(5.0);
  for (const double size : {0.1, 0.5, 3.0}) {
    check(GroupMcp{0.3, 3}, size, [=](double s) { return std::max(lambda - s / 3, 0.0); });
    check(GroupScad{0.3, 3.7}, size,
          [=](double s) { return s <= lambda ? lambda : std::max(3.7 * lambda - s, 0.0) / 2.7; });
  }
}
