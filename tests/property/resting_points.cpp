// SPDX-License-Identifier: MIT
// Where training comes to rest: at the constrained optimum of a convex quadratic, whatever the rule.
#include <algorithm>
#include <cmath>
#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

using Numbers = Eigen::VectorXd;

/// (w - goal)' A (w - goal) / 2.
struct Quadratic {
  Eigen::MatrixXd a;
  Numbers goal;

  Numbers gradient(const Numbers& w) const { return a * (w - goal); }
};

/// With eigenvalues between 1 and 10 about; the last but one input is never on, so that its weight has no
/// gradient.
Quadratic random_quadratic(Index n, Rng& rng) {
  Eigen::MatrixXd root(n, n);
  for (Index i = 0; i < root.size(); ++i) root(i) = rng.normal();
  Quadratic f{Eigen::MatrixXd(root * root.transpose() + Eigen::MatrixXd::Identity(n, n)), Numbers(n)};
  for (Index i = 0; i < n; ++i) f.goal[i] = rng.normal();
  f.a.row(n - 2).setZero();
  f.a.col(n - 2).setZero();
  return f;
}

/// What the packs of this file mean: strength * sum |w| over lo <= w_i <= hi and norm(w) <= radius.
struct Meaning {
  double strength = 0, lo = -1e9, hi = 1e9, radius = 1e9;

  /// argmin norm(x - y)^2 / 2 + t strength sum |x_i| over the sets: with a multiplier on the norm, by
  /// bisection.
  Numbers prox(const Numbers& y, double t) const {
    const auto at = [&](double shrink) {
      Numbers x = y;
      for (double& v : x) {
        v = std::copysign(std::max(std::abs(v) - t * strength, 0.0), v) / shrink;
        v = std::clamp(v, lo, hi);
      }
      return x;
    };
    double low = 1, high = 1;
    if (at(1).norm() <= radius) return at(1);
    while (at(high).norm() > radius) high *= 2;
    for (int k = 0; k < 100; ++k) {
      const double middle = (low + high) / 2;
      (at(middle).norm() > radius ? low : high) = middle;
    }
    return at(high);
  }

  /// How far w is from a minimum of f over the sets: 0 exactly where a small step of the proximal gradient
  /// method leads back to w.
  double residual(const Quadratic& f, const Numbers& w) const {
    const double t = 1 / f.a.norm();
    return (prox(w - t * f.gradient(w), t) - w).norm() / t;
  }

  /// The minimum, by that method.
  Numbers optimum(const Quadratic& f) const {
    const double t = 1 / f.a.norm();
    Numbers w = Numbers::Zero(f.goal.size());
    for (int k = 0; k < 20000 && residual(f, w) > 1e-13; ++k) w = prox(w - t * f.gradient(w), t);
    REQUIRE(residual(f, w) < 1e-12);
    return w;
  }
};

/// Trains the only weights of a copy of `net` on f to rest.
template <class M, class O>
Numbers rest(M net, O optimizer, const Quadratic& f) {
  const Index n = f.goal.size();
  Eigen::Map<Numbers> w(detail::arena(net).data(), n), g(net.gradients().data(), n);
  optimizer.prepare(net);
  // At full rate, annealed by 1e9, and at rest.
  constexpr int full = 4000, annealed = 4000, last = 2000;
  for (int k = 0; k < full + annealed + last; ++k) {
    optimizer.scale_rate(std::pow(10, -9.0 * std::clamp(k - full, 0, annealed) / annealed));
    g = f.gradient(w);
    optimizer.step(net);
  }
  REQUIRE(feasible(net));
  return w;
}

/// check(name of a rule, where it rests). Centered RMSProp with momentum is not among them: docs/numerics.md
/// says why.
template <class M, class F>
void with_every_rule(const M& net, const Quadratic& f, const F& check) {
  const auto run = [&](const char* name, const auto& optimizer) { check(name, rest(net, optimizer, f)); };
  run("SGD", Optimizer{SGD{.learning_rate = 0.01}});
  run("SGD with momentum 0.5", Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.5}});
  run("SGD with momentum 0.9", Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.9}});
  run("SGD with Nesterov's momentum",
      Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.9, .nesterov = true}});
  run("RMSProp", Optimizer{RMSProp{.learning_rate = 0.01}});
  run("RMSProp with momentum", Optimizer{RMSProp{.learning_rate = 0.01, .momentum = 0.9}});
  run("centered RMSProp", Optimizer{RMSProp{.learning_rate = 0.01, .centered = true}});
  run("Adagrad", Optimizer{Adagrad{.learning_rate = 0.3}});
  run("Adam", Optimizer{Adam{.learning_rate = 0.01}});
  run("AMSGrad", Optimizer{AMSGrad{.learning_rate = 0.01}});
  run("Lion", Optimizer{Lion{.learning_rate = 0.01}});
}

/// check(f, where a rule rests) for every rule on random quadratics.
template <class F, class... Policies>
void on_random_quadratics(const F& check, const Policies&... policies) {
  Rng rng(7);
  for (const Index n : {3, 6}) {
    const Quadratic f = random_quadratic(n, rng);
    auto net = sequential<double>(Dense(n, 1, NoBias{}, policies...));
    initialize(net, Rng{1});
    with_every_rule(net, f, [&](const char* rule, const Numbers& found) {
      CAPTURE(rule, n, found.transpose());
      check(f, found);
    });
  }
}

/// Every rule rests at the optimum of what `policies` mean.
template <class... Policies>
void rests_at_optimum(const Meaning& meaning, const Policies&... policies) {
  on_random_quadratics(
      [&](const Quadratic& f, const Numbers& found) {
        const Numbers right = meaning.optimum(f);
        CAPTURE(right.transpose());
        CHECK(meaning.residual(f, found) < 1e-6);
        // f does not depend on the weight of a dead input, which where nothing else pulls rests where it was.
        const Index dead = f.goal.size() - 2;
        Numbers apart = found - right;
        if (meaning.strength == 0 && right.norm() < meaning.radius * (1 - 1e-9)) apart[dead] = 0;
        CHECK(apart.norm() < 1e-6);
      },
      policies...);
}

}  // namespace

TEST_CASE("Every rule rests at the optimum under a penalty with a prox") {
  rests_at_optimum({.strength = 0.5}, L1{0.5});
  rests_at_optimum({.strength = 0.5, .lo = -0.2, .hi = 0.4}, L1{0.5}, Clip{-0.2, 0.4});
}

TEST_CASE("Every rule rests at the optimum in an interval") {
  rests_at_optimum({.lo = -0.2, .hi = 0.4}, Clip{-0.2, 0.4});
}

TEST_CASE("Every rule rests at the optimum in a ball") {
  rests_at_optimum({.radius = 0.7}, MaxNorm{0.7});
  rests_at_optimum({.strength = 0.5, .radius = 0.5}, L1{0.5}, MaxNorm{0.5});
  rests_at_optimum({.lo = -0.2, .hi = 0.4, .radius = 0.5}, Clip{-0.2, 0.4}, MaxNorm{0.5});
  rests_at_optimum({.lo = 0, .radius = 0.5}, NonNegative{}, MaxNorm{0.5});
}

TEST_CASE("Every rule rests on the sphere where the gradient is normal to it") {
  on_random_quadratics(
      [](const Quadratic& f, const Numbers& w) {
        const Numbers gradient = f.gradient(w);
        CHECK(w.norm() == Approx(1).epsilon(1e-14));
        CHECK((gradient - gradient.dot(w) * w).norm() < 1e-6);
      },
      UnitNorm{});
}

TEST_CASE("A1: least squares with L1 rests at the soft threshold, whatever the rule and its momentum") {
  // mean (w x - t)^2 + 0.1 sum |w| on an orthogonal design: the gradient is 2 (w - t), the minimum soft(t,
  // 0.05).
  const Quadratic f{2 * Eigen::MatrixXd::Identity(3, 3), Numbers{{1, 0.3, 0.02}}};
  with_every_rule(sequential<double>(Dense(3, 1, NoBias{}, L1{0.1})), f,
                  [](const char* rule, const Numbers& w) {
                    CAPTURE(rule, w.transpose());
                    CHECK(w[0] == Approx(0.95).epsilon(1e-6));
                    CHECK(w[1] == Approx(0.25).epsilon(1e-6));
                    CHECK(w[2] == 0);
                  });
}

TEST_CASE("A3: every rule finds the constrained optimum of an uneven quadratic on the unit disc") {
  // (x - 2)^2 / 2 + 5 (y - 1)^2: gradient (x - 2, 10 (y - 1)) = -mu (x, y), so x = 2 / (1 + mu), y = 10 / (10
  // + mu), and norm 1 at mu = 2.38831.
  const Quadratic f{Numbers{{1, 10}}.asDiagonal(), Numbers{{2, 1}}};
  with_every_rule(sequential<double>(Dense(2, 1, NoBias{}, MaxNorm{1})), f,
                  [](const char* rule, const Numbers& w) {
                    CAPTURE(rule, w.transpose());
                    CHECK(w[0] == Approx(0.5903).margin(5e-5));
                    CHECK(w[1] == Approx(0.8072).margin(5e-5));
                  });
}
