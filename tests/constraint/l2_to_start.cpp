// SPDX-License-Identifier: MIT
#include "espalier/constraint/l2_to_start.hpp"

#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(SmoothPenalty<L2ToStart> && Policy<L2ToStart>);

namespace {

/// One step of SGD at rate 1 with gradients of zero: w - strength (w - w_0).
template <class Net>
Matrix<double> after_step(Net net) {
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  Optimizer optimizer{SGD{.learning_rate = 1}};
  optimizer.step(net);
  return parameter(net, "0.weight");
}

}  // namespace

TEST_CASE("Value and gradient are those of strength / 2 (w - w_0)^2") {
  const L2ToStart penalty{.strength = 0.3};
  CHECK(penalty.value(2.0, 5.0) == Approx(0.15 * 9));
  for (const double w : {-2.0, 0.5, 3.0}) {
    const double h = 1e-5, slope = (penalty.value(w + h, 1.5) - penalty.value(w - h, 1.5)) / (2 * h);
    CHECK(penalty.gradient(w, 1.5) == Approx(slope).epsilon(1e-9));
  }
}

TEST_CASE("It pulls weights to where initialize or assign left them, inside their sets") {
  auto net = sequential<double>(Dense(3, 2, L2ToStart{0.25}, MaxNorm{1}));
  CHECK(penalty(net) == 0);
  initialize(net, {.seed = 1});
  const Matrix<double> start = parameter(net, "0.weight");
  CHECK(penalty(net) == 0);
  Matrix<double> moved = 0.5 * start;
  std::copy_n(WeightMatrix<double>(moved).data(), 6, detail::arena(net.parameters()).data());
  CHECK(penalty(net) == Approx(0.125 * (moved - start).squaredNorm()));
  CHECK((after_step(net) - (moved - 0.25 * (moved - start))).norm() < 1e-15);

  const Matrix<double> given = Matrix<double>::Constant(2, 3, 4);
  assign(net, "0.weight", given);  // to norm 1
  CHECK(penalty(net) == 0);
  CHECK(after_step(net) == parameter(net, "0.weight"));
}

TEST_CASE("A copy keeps the start, a changed strength too, and equal models start alike") {
  auto net = sequential<double>(Dense(3, 2, L2ToStart{0.25}));
  initialize(net, {.seed = 1});
  auto copy = net;
  for (double& w : detail::arena(copy.parameters())) w *= 2;
  const double before = penalty(copy);
  CHECK(before > 0);
  edit_policy<L2ToStart>(copy, "0.weight", [](L2ToStart& p) { p.strength = 0.5; });
  CHECK(penalty(copy) == Approx(2 * before));
  auto other = net;
  assign(other, "0.weight", Matrix<double>(2 * parameter(net, "0.weight")));
  assign(other, "0.bias", Matrix<double>(2 * parameter(net, "0.bias")));
  auto same_weights = net;
  std::copy(other.values().begin(), other.values().end(), detail::arena(same_weights.parameters()).begin());
  CHECK(std::equal(other.values().begin(), other.values().end(), same_weights.values().begin()));
  CHECK_FALSE(other.parameters() == same_weights.parameters());
}

TEST_CASE("A strength below 0 is refused") { CHECK_THROWS_AS(Dense(3, 2, L2ToStart{-1}), ValueError); }
