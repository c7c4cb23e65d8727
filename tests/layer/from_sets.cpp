// SPDX-License-Identifier: MIT
#include "espalier/layer/from_sets.hpp"

#include <numbers>

#include "../init/filled.hpp"
#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/conditioned.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/low_rank.hpp"
#include "espalier/constraint/n_of_m.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/nuclear_ball.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/spectral_ball.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/follow_schedules.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/scheduled.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

template <class... Ps>
auto started(Index in, Index out, const Ps&... policies) {
  auto net = sequential<double>(Dense(in, out, policies...));
  initialize(net, {.seed = 1});
  REQUIRE(feasible(net));
  return net;
}
template <class... Ps>
Matrix<double> weight_of(Index in, Index out, const Ps&... policies) {
  return parameter(started(in, out, policies...), "0.weight");
}

/// The sums of the last of ten hidden layers of one kind, for normal inputs: their mean square, and the
/// median of the mean squares of samples.
template <class P, class... Init>
std::pair<double, double> tenth_square(const P& policy, const Init&... init) {
  const auto hidden = [&] { return Dense(128, 128, policy); };
  auto net = sequential<double>(hidden(), ReLU{}, hidden(), ReLU{}, hidden(), ReLU{}, hidden(), ReLU{},
                                hidden(), ReLU{}, hidden(), ReLU{}, hidden(), ReLU{}, hidden(), ReLU{},
                                hidden(), ReLU{}, hidden());
  double square = 0;
  std::vector<double> squares;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    initialize(net, {.seed = seed}, init...);
    const Matrix<double> y = net.predict(random_matrix<double>(128, 100, seed + 50));
    for (Index s = 0; s < y.cols(); ++s) squares.push_back(y.col(s).squaredNorm() / 128);
    square += y.squaredNorm() / static_cast<double>(y.size()) / 8;
  }
  std::nth_element(squares.begin(), squares.begin() + 400, squares.end());
  return {square, squares[400]};
}

}  // namespace

TEST_CASE(
    "Sums keep their size through ten layers of weights of one sign, where HeNormal makes them explode") {
  const auto [square, median] = tenth_square(NonNegative{});
  const auto [square_of_he, median_of_he] = tenth_square(NonNegative{}, HeNormal{});
  CAPTURE(square, median, square_of_he, median_of_he);
  CHECK((median > 0.1 && median < 5));
  CHECK(square < 1e4);  // a few samples grow: 1450 was measured, and 7e13 for HeNormal
  CHECK((square_of_he > 1e12 && median_of_he > 1e12));
}

TEST_CASE("UnitNorm starts uniform on the sphere, where each of three coordinates is uniform") {
  const Matrix<double> w = weight_of(3, 5000, UnitNorm{});
  for (Index i = 0; i < 3; ++i)
    CHECK(test::distance_to({w.col(i).begin(), w.col(i).end()}, [](double x) { return (x + 1) / 2; }) < 1.95);
}

TEST_CASE("Sums of the first layer start with the size that HeNormal gives, whatever the set leaves free") {
  const Matrix<double> x = random_matrix<double>(60, 400, 5);
  const auto square = [&](double expected, const auto& policy) {
    double sum = 0;
    auto net = sequential<double>(Dense(60, 40, policy));
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      initialize(net, {.seed = seed});
      REQUIRE(feasible(net));
      sum += net.predict(x).squaredNorm() / static_cast<double>(40 * x.cols() * 8);
    }
    CAPTURE(policy_name<std::decay_t<decltype(policy)>>(), sum);
    CHECK(std::abs(sum - expected) < 0.1 * expected);
  };
  square(2, Clip{-9, 9});
  square(2, LowRank{3});  // the projection of HeNormal has 0.4
  square(2, NofM{1, 4});
  square(2, NuclearBall{1e3});
  square(2.0 * 60 / 60, SpectralBall{9});
  square(1, Orthonormal{});
  square(1.21, Conditioned{0.5, 1.1});
  square(1, UnitNorm{});
  square(2.0 / 61, Simplex{});      // of Dirichlet's weights: E w^2 = 2 / (n (n + 1))
  square(0.0625, NuclearBall{10});  // 40 singular values of a quarter
}

TEST_CASE("Sets name what their weights start from") {
  CHECK((weight_of(30, 20, NonNegative{}).array() > 0).all());
  CHECK((weight_of(3, 20, SignPattern{1, -1, 0}).col(1).array() < 0).all());
  const Matrix<double> rows = weight_of(30, 20, Simplex{}), columns = weight_of(30, 20, PerInput{Simplex{}}),
                       all = weight_of(30, 20, Whole{Simplex{}});
  CHECK((rows.array() > 0).all());  // a projection makes zeros
  CHECK((columns.array() > 0).all());
  CHECK((all.array() > 0).all());
  CHECK((weight_of(8, 20, NofM{2, 4}).array() != 0).count() == 80);
  CHECK((weight_of(8, 20, PerInput{NofM{1, 4}}).array() != 0).count() == 40);
  const Matrix<double> w = weight_of(30, 20, Grid{.step = 0.125});
  CHECK((8 * w.array()).round().matrix() == 8 * w);
  for (const double bound : {0.5, 7.0}) {
    const Matrix<double> ball = weight_of(30, 20, SpectralBall{bound});
    const double value = std::min(bound, std::numbers::sqrt2);  // of all singular values
    CHECK((ball * ball.transpose() / (value * value) - Matrix<double>::Identity(20, 20)).norm() < 1e-9);
  }
}

TEST_CASE(
    "Two sets with initializers: one that sees more fills, whatever the order, and then others refine") {
  const auto same = [](const auto& a, const auto& b) {
    const Matrix<double> w = weight_of(8, 6, a, b);
    CHECK(w == weight_of(8, 6, b, a));
    return w;
  };
  CHECK(same(NonNegative{}, Simplex{}) == weight_of(8, 6, Simplex{}));
  const Matrix<double> sparse = same(NonNegative{}, NofM{2, 4}), full = weight_of(8, 6, NonNegative{});
  CHECK((sparse.array() > 0).count() == 24);
  CHECK((sparse.array() == 0 || (sparse - std::numbers::sqrt2 * full).array().abs() < 1e-12).all());
  const Matrix<double> levels = same(NonNegative{}, Grid{.step = 0.125, .lo = 0, .hi = 8});
  CHECK((levels.array() >= 0).all());
  CHECK((levels - full).cwiseAbs().maxCoeff() < 0.125);
  same(SignPattern{1, 1, 1, 1, 1, 1, 1, 1}, NonNegative{});
  CHECK((same(NonNegative{}, UnitNorm{}).array() > 0).all());
}

TEST_CASE("Who names an initializer gets it, and sets that name none start from HeNormal") {
  auto net = sequential<double>(Dense(5, 4, NonNegative{}), ReLU{}, Dense(4, 3, NonNegative{}));
  initialize(net, {.seed = 3}, HeNormal{});
  CHECK((parameter(net, "0.weight").array() == 0).count() > 4);
  CHECK(parameter(net, "2.bias").isZero(0));
  auto plain = sequential<double>(Dense(5, 4), ReLU{}, Dense(4, 3, Clip{-0.2, 0.2}));
  auto same = plain;
  initialize(plain, {.seed = 3});
  initialize(same, {.seed = 3}, HeNormal{});
  CHECK(plain == same);
}

TEST_CASE("Biases take back the mean behind the first layer, and stay in their own sets") {
  auto net = sequential<double>(Dense(5, 4, NonNegative{}), ReLU{}, Dense(4, 3, NonNegative{}), ReLU{},
                                Dense(3, 2, NonNegative{}, Bias{NonNegative{}}));
  initialize(net, {.seed = 3});
  CHECK(parameter(net, "0.bias").isZero(0));
  CHECK((parameter(net, "2.bias").array() < 0).all());
  CHECK(parameter(net, "4.bias").isZero(0));
}

TEST_CASE("Sets chosen later name initializers as those of the layer do, and so do their edited numbers") {
  const auto of_layer = [](const auto&... policies) {
    auto net = sequential<double>(Dense(6, 4, policies...), ReLU{}, Dense(4, 2));
    initialize(net, {.seed = 3});
    return parameter(net, "0.weight");
  };
  auto net = sequential<double>(Dense(6, 4, NonNegative{}), ReLU{}, Dense(4, 2));
  const auto started_with = [&](const auto&... policies) {
    set_policies(net, "0.weight", policies...);
    initialize(net, {.seed = 3});
    return parameter(net, "0.weight");
  };
  CHECK(started_with(PerInput{Simplex{2}}) == of_layer(PerInput{Simplex{2}}));
  CHECK(started_with(NofM{1, 2}) == of_layer(NofM{1, 2}));
  CHECK(started_with() == of_layer());
  CHECK(started_with(Clip{-1, 1}) == of_layer(Clip{-1, 1}));
  started_with(Simplex{1});
  edit_policy<Simplex>(net, "0.weight", [](Simplex& p) { p.sum = 3; });
  initialize(net, {.seed = 3});
  CHECK(parameter(net, "0.weight") == of_layer(Simplex{3}));
}

TEST_CASE("So do the sets that an optimizer has put on the model, and those of a schedule as written") {
  const SpectralBall ball{0.5};
  auto net = sequential<double>(Dense(6, 4));
  auto written = sequential<double>(Dense(6, 4, ball));
  auto scheduled = sequential<double>(Dense(6, 4, Scheduled{ball, [](const Progress&) { return 0.5; }}));
  Optimizer optimizer{SGD{}, ball};
  optimizer.prepare(net);
  initialize(net, {.seed = 3});
  initialize(written, {.seed = 3});
  CHECK(parameter(net, "0.weight") == parameter(written, "0.weight"));
  initialize(scheduled, {.seed = 3});
  follow_schedules(scheduled, Progress{});
  CHECK(parameter(scheduled, "0.weight").norm() == Approx(0.5));  // four singular values of a quarter
  initialize(scheduled, {.seed = 3});
  CHECK(parameter(scheduled, "0.weight") == parameter(written, "0.weight"));
}
