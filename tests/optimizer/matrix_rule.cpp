// SPDX-License-Identifier: MIT
#include "espalier/optimizer/matrix_rule.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// Moves a matrix by its transposed gradient, everything else as SGD at a tenth of the rate.
struct Transposer : SGD {
  static constexpr Index room = 2;

  bool takes(ParameterKind kind, Index rows, Index cols) const {
    return kind == ParameterKind::weight && rows == cols;
  }
  double rate_of_others(double rate) const { return rate / 10; }
  template <Scalar S>
  void step_matrix(Block<S> w, Block<const S> g, const MatrixStates<S>&, double rate, double* numbers) const {
    std::fill(numbers, numbers + room * w.size(), 7.0);  // all of it is there
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i < w.cols; ++i) w.row(j)[i] -= static_cast<S>(rate) * g.row(i)[j];
  }
};
static_assert(MatrixRule<Transposer> && !MatrixRule<SGD>);

Transposer transposer(double rate) {
  Transposer rule;
  rule.learning_rate = rate;
  return rule;
}

}  // namespace

TEST_CASE("A rule sees matrices whole, and everything else number by number at another rate") {
  auto net = sequential<double>(Dense(2, 2), Dense(2, 1));
  std::fill(net.gradients().begin(), net.gradients().end(), 0.0);
  auto g = net.gradients().begin();
  g[0] = 1, g[1] = 2, g[2] = 3, g[3] = 4;
  Optimizer optimizer{transposer(1)};
  const Index bias = net.parameters().at("0.bias").offset, other = net.parameters().at("1.weight").offset;
  net.gradients()[static_cast<std::size_t>(bias)] = 5;
  net.gradients()[static_cast<std::size_t>(other)] = 6;
  optimizer.step(net);
  CHECK(std::vector<double>(net.values().begin(), net.values().begin() + 4) ==
        std::vector<double>{-1, -3, -2, -4});
  CHECK(net.values()[static_cast<std::size_t>(bias)] == Catch::Approx(-0.5));
  CHECK(net.values()[static_cast<std::size_t>(other)] == Catch::Approx(-0.6));
}

TEST_CASE("Decay and smooth penalties come before it, each at the rate of its parameter") {
  auto net = sequential<double>(Dense(2, 2, NoBias{}, WeightDecay{0.5}, L2{1}),
                                Dense(2, 1, NoBias{}, WeightDecay{0.5}));
  std::ranges::fill(detail::arena(net.parameters()), 1.0);
  std::fill(net.gradients().begin(), net.gradients().end(), 0.0);
  Optimizer optimizer{transposer(0.1)};
  optimizer.step(net);
  CHECK(net.values()[1] == Catch::Approx(0.95 - 0.1));  // decay 1 - 0.05, then the gradient of L2
  const auto other = static_cast<std::size_t>(net.parameters().at("1.weight").offset);
  CHECK(net.values()[other] == Catch::Approx(0.995));
  CHECK(net.parameters().at("0.weight").activity[0].acted == 1);
}

TEST_CASE("A set that has no metric after such a step is refused, before anything changes") {
  auto net = sequential<double>(Dense(2, 2, Clip{-1, 1}));
  Optimizer optimizer{transposer(0.1)};
  net.gradients()[0] = 1;
  CHECK(
      message_of([&] { optimizer.step(net); }) ==
      "0.weight: expected under a rule that sees matrices, whose steps have no diagonal metric, smooth "
      "penalties, decay, sets of singular values as SpectralBall, or sets with .metric = Metric::euclidean, "
      "found Clip");
  CHECK(net.values()[0] == 0);
  CHECK(optimizer.steps() == 0);
  // What the rule does not see as a matrix takes any policy.
  auto column = sequential<double>(Dense(2, 1, Clip{-1, 1}));
  CHECK_NOTHROW(optimizer.reset(), optimizer.step(column));
}
