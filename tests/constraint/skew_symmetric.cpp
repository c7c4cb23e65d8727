// SPDX-License-Identifier: MIT
#include "espalier/constraint/skew_symmetric.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/muon.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

static_assert(MatrixSet<SkewSymmetric> && Policy<SkewSymmetric> && ProjectsMatrixInSteps<SkewSymmetric>);

namespace {

template <Scalar S>
std::vector<S> projected(std::vector<S> w, Index n, const std::vector<S>& t) {
  SkewSymmetric{}.project(Block<S>{w.data(), n, n}, Steps<S>{t.empty() ? nullptr : t.data(), S(1)});
  return w;
}

}  // namespace

TEMPLATE_TEST_CASE("Skew parts are the nearest points, exactly, at every scale", "", float, double) {
  for (const Index n : {1, 2, 5, 12})
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const auto errors = projection_check<TestType>(SkewSymmetric{}, Rng{4},
                                                     {.trials = 50, .length = n, .rows = n, .scale = scale});
      CAPTURE(n, scale);
      CHECK(errors.ok());
    }
}

TEST_CASE("In the metric of the step a pair goes to its weighted mean; step sizes of 0 hold") {
  Rng rng{1};
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<double> w(4), t(4);
    for (double& x : w) x = rng.normal();
    for (double& x : t) x = std::exp(8 * rng.normal());
    const auto p = projected(w, 2, t);
    // The optimum of (x - a)^2 / (2 s) + (-x - b)^2 / (2 t): its derivative is zero.
    const double slope = (p[1] - w[1]) / t[1] - (-p[1] - w[2]) / t[2];
    CHECK(std::abs(slope) <= 1e-14 * (std::abs(w[1] / t[1]) + std::abs(w[2] / t[2])));
    CHECK(p[2] == -p[1]);
    CHECK(p[0] == 0);
  }
  CHECK(projected(std::vector<double>{0, 3, 1, 0}, 2, {1, 0, 1, 1}) == std::vector<double>{0, 3, -3, 0});
  CHECK(projected(std::vector<double>{0, 3, 1, 0}, 2, {1, 0, 0, 1}) == std::vector<double>{0, 1, -1, 0});
  CHECK(projected(std::vector<double>{0, 3, 1, 0}, 2, {}) == std::vector<double>{0, 1, -1, 0});
  CHECK(projected(std::vector<float>{0, 3e38F, -3e38F, 0}, 2, {})[1] == 3e38F);
}

TEST_CASE("NaN is in no set and stays; a weight that is not square is refused") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> w{nan, 1, -1, 0};
  CHECK(!SkewSymmetric{}.contains(Block<const float>{w.data(), 2, 2}));
  CHECK(std::isnan(projected(w, 2, {})[0]));
  CHECK(std::isnan(projected(std::vector<float>{0, nan, 1, 0}, 2, {})[2]));
  CHECK(message_of([] { Dense(3, 2, SkewSymmetric{}); }) ==
        "Dense(3, 2) weight: expected a square weight for SkewSymmetric, found 2 x 3");
}

TEST_CASE("Adam rests at the constrained optimum, and not where the Euclidean metric would") {
  // min 5 (x - 1)^2 / 2 + (y - 1)^2 / 2 with y = -x: 5 (x - 1) + (x + 1) = 0.
  for (const Metric metric : {Metric::step, Metric::euclidean}) {
    auto net = sequential<double>(Dense(2, 2, NoBias{}, SkewSymmetric{metric}));
    Optimizer optimizer{Adam{.learning_rate = 1e-3}};
    for (int k = 0; k < 20000; ++k) {
      if (k == 10000) optimizer.scale_rate(0.01);
      auto g = net.gradients();
      g[0] = g[3] = 0;
      g[1] = 5 * (net.values()[1] - 1), g[2] = net.values()[2] - 1;
      optimizer.step(net);
    }
    CHECK(feasible(net));
    const double away = std::abs(net.values()[1] - 2.0 / 3);
    CAPTURE(net.values()[1]);
    CHECK((metric == Metric::step ? away < 1e-3 : away > 0.1));
    CHECK(audit(net).parameters[0].policies[0].acted > 0);
  }
}

TEST_CASE("Under a rule that sees matrices it must be Euclidean, as sets of rows") {
  Sequential net{Dense(4, 4, SkewSymmetric{})}, other{Dense(4, 4, SkewSymmetric{Metric::euclidean})};
  Optimizer muon{Muon{}}, again{Muon{}};
  CHECK_THROWS_AS(muon.prepare(net), ValueError);
  CHECK_NOTHROW(again.prepare(other));
}
