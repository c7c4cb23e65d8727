// SPDX-License-Identifier: MIT
#include "espalier/pack/matrix_policies.hpp"

#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/testing/projection_check.hpp"

using namespace espalier;

namespace {

/// w_ij = -w_ji: a set that needs rows and columns, and no room.
struct SkewSymmetric {
  template <Scalar S>
  bool contains(Block<const S> w) const {
    bool holds = w.rows == w.cols;
    for (Index j = 0; holds && j < w.rows; ++j)
      for (Index i = 0; i <= j; ++i) holds = holds && w.row(j)[i] == -w.row(i)[j];
    return holds;
  }
  template <Scalar S>
  void project(Block<S> w) const {
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i <= j; ++i) {
        const S half = w.row(j)[i] / 2 - w.row(i)[j] / 2;
        w.row(j)[i] = half, w.row(i)[j] = -half;
      }
  }
};
static_assert(MatrixSet<SkewSymmetric> && Policy<SkewSymmetric> && !VectorSet<SkewSymmetric>);

/// strength times the trace's magnitude.
struct TracePenalty {
  double strength = 0;
  template <Scalar S>
  S value(Block<const S> w) const {
    S sum = 0;
    for (Index j = 0; j < w.rows; ++j) sum += w.row(j)[j];
    return static_cast<S>(strength) * std::abs(sum);
  }
  template <Scalar S>
  void prox(Block<S> w, S t) const {
    used = static_cast<double>(t);
    for (Index j = 0; j < w.rows; ++j) w.row(j)[j] -= std::clamp(w.row(j)[j], -t, t);
  }
  static inline double used = 0;
};
static_assert(MatrixPenalty<TracePenalty> && Policy<TracePenalty>);

/// The first number is 1. It writes down whether it is given a step size for each weight.
struct FirstStays {
  Metric metric = Metric::step;
  template <Scalar S>
  bool contains(Block<const S> w) const {
    return w.data[0] == 1;
  }
  template <Scalar S>
  void project(Block<S> w, Steps<S> t) const {
    w.data[0] = 1;
    each = t.each != nullptr;
  }
  static inline bool each = false;
};
static_assert(MatrixSet<FirstStays> && Policy<FirstStays>);

/// Takes whatever comes, as policies of rows may: it is given rows.
struct SumToZero {
  bool contains(const auto& row) const { return row.sum() == 0; }
  void project(auto& row) const { row -= row.mean(); }
};
static_assert(VectorSet<SumToZero> && !MatrixSet<SumToZero>);

}  // namespace

TEST_CASE("A set of matrices sees rows and columns, in a step and outside of one") {
  CHECK(projection_check<double>(SkewSymmetric{}, Rng{1}, {.length = 4, .rows = 4}).ok());
  Sequential net{Dense(3, 3, NoBias{}, SkewSymmetric{})};
  initialize(net, {.seed = 1});
  CHECK(audit(net).violation() == 0);
  detail::arena(net.parameters())[1] += 2;
  CHECK(audit(net).violation() == Catch::Approx(std::sqrt(2.0)));
  project(net);
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  std::fill(net.gradients().begin(), net.gradients().end(), 1.0F);
  optimizer.step(net);
  CHECK(audit(net).violation() == 0);
  CHECK(audit(net).parameters[0].policies[0].acted == 1);
}

TEST_CASE("A set of matrices may ask for the step sizes of the weights, and be told not to") {
  for (const Metric metric : {Metric::step, Metric::euclidean}) {
    Sequential net{Dense(3, 3, NoBias{}, FirstStays{metric})};
    CHECK(audit(net).violation() > 0);
    project(net);
    CHECK((audit(net).violation() == 0 && !FirstStays::each));
    Optimizer optimizer{Adam{.learning_rate = 0.1}};
    std::fill(net.gradients().begin(), net.gradients().end(), 1.0F);
    optimizer.step(net);
    CHECK(FirstStays::each == (metric == Metric::step));
    FirstStays::each = false;
  }
}

TEST_CASE("A penalty of matrices takes the harmonic mean of the step sizes") {
  const float steps[] = {1, 0.5F, 0.25F, 0.25F};  // 1 / t: 1, 2, 4, 4
  CHECK(detail::harmonic_mean(Steps<float>{steps, 7}, 4) == Catch::Approx(4.0 / 11));
  CHECK(detail::harmonic_mean(Steps<float>{nullptr, 7}, 4) == 7);
  const float with_zero[] = {0, 1};
  CHECK(detail::harmonic_mean(Steps<float>{with_zero, 7}, 2) == 0);
  Sequential net{Dense(2, 2, NoBias{}, TracePenalty{0.5})};
  detail::arena(net.parameters())[0] = 3;
  CHECK(penalty(net) == 1.5);
  Optimizer optimizer{Adam{.learning_rate = 0.1, .epsilon = 1e-20}};
  for (std::size_t i = 0; i < 4; ++i) net.gradients()[i] = i < 2 ? 2.0F : 1.0F;
  optimizer.step(net);
  CHECK(TracePenalty::used == Catch::Approx(0.1 * 4 / 6.0));  // 1 / t: 20, 20, 10, 10
}

TEST_CASE("A rate of zero moves nothing") {
  Sequential net{Dense(2, 2, NoBias{}, TracePenalty{0.5})};
  detail::arena(net.parameters())[0] = 3;
  Optimizer optimizer{Adam{}};
  optimizer.scale_rate(0);
  TracePenalty::used = -1;
  std::fill(net.gradients().begin(), net.gradients().end(), 1.0F);
  optimizer.step(net);
  CHECK(TracePenalty::used == -1);
  CHECK(net.values()[0] == 3);
}
