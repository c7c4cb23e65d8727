// SPDX-License-Identifier: MIT
#include "espalier/constraint/self_bounded.hpp"

#include <cmath>
#include <filesystem>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// The radii that the policy keeps for the rows (or columns, or all) of the first weight; free ones are not
/// above 0.
template <class M>
std::vector<double> radii_of(const M& net, bool columns = false) {
  const auto& e = net.parameters().at("0.weight");
  std::vector<double> radii;
  for (Index k = 0; k < (columns ? e.cols : e.rows); ++k)
    radii.push_back(static_cast<double>(e.memory[static_cast<std::size_t>(columns ? k : k * e.cols)]));
  return radii;
}

long double exact_norm(const auto& w) {
  long double sum = 0;
  for (Index i = 0; i < w.size(); ++i) sum += static_cast<long double>(w(i)) * static_cast<long double>(w(i));
  return std::sqrt(sum);
}

/// A step that moves a weight to `to`, before its policies act.
template <class M, class O>
void step_to(M& net, O& optimizer, const Matrix<double>& to) {
  const auto& e = net.parameters().at("0.weight");
  const Matrix<double> from = parameter(net, "0.weight");
  for (Index j = 0; j < e.rows; ++j)
    for (Index i = 0; i < e.cols; ++i)
      net.parameters().gradients_of(e)[j * e.cols + i] = from(j, i) - to(j, i);
  optimizer.step(net);
}

/// Vectors of 4 equal numbers with these squared norms.
Matrix<double> with_squares(const std::vector<double>& squares) {
  Matrix<double> w(static_cast<Index>(squares.size()), 4);
  for (Index j = 0; j < w.rows(); ++j)
    w.row(j).setConstant(std::sqrt(squares[static_cast<std::size_t>(j)]) / 2);
  return w;
}

}  // namespace

TEMPLATE_TEST_CASE("initial() bounds each neuron by a multiple of the norm that it starts with", "", float,
                   double) {
  using S = TestType;
  for (const double factor : {1.0, 1.5, 0.5}) {
    auto net = sequential<S>(Dense(24, 6, MaxNormFrom{initial(factor)}));
    const Matrix<S> start = random_matrix<S>(6, 24, 3);
    assign(net, "0.weight", start);
    const auto radii = radii_of(net);
    for (Index j = 0; j < 6; ++j) {
      const long double norm = exact_norm(start.row(j));
      CHECK(std::abs(radii[static_cast<std::size_t>(j)] / (factor * static_cast<double>(norm)) - 1) <
            4 * std::numeric_limits<S>::epsilon());
    }
    CHECK((factor < 1 || (parameter(net, "0.weight").array() == start.array()).all()));
    CHECK(feasible(net));
    Optimizer optimizer{SGD{.learning_rate = 1}};
    random_steps(net, optimizer, 3, 5);
    CHECK(feasible(net));
    const auto w = parameter(net, "0.weight");
    for (Index j = 0; j < 6; ++j) CHECK(exact_norm(w.row(j)) <= radii[static_cast<std::size_t>(j)]);
    CHECK(radii_of(net) == radii);
    CHECK(audit(net).violation() == 0);
  }
}

TEMPLATE_TEST_CASE(
    "A bound that has set itself to a radius does what MaxNorm of this radius does, in every pack", "", float,
    double) {
  using S = TestType;
  const auto same = [](const auto&... beside) {
    auto net = sequential<S>(Dense(9, 7, NoBias{}, MaxNormFrom{initial(1)}, beside...));
    auto plain = sequential<S>(Dense(9, 7, NoBias{}, MaxNorm{3}, beside...));
    const Matrix<S> ones = Matrix<S>::Ones(7, 9);  // each row has norm 3
    assign(net, "0.weight", ones), assign(plain, "0.weight", ones);
    Optimizer optimizer{Adam{.learning_rate = 0.5}}, of_plain = optimizer;
    random_steps(net, optimizer, 6, 1), random_steps(plain, of_plain, 6, 1);
    CHECK(numbers_of(net) == numbers_of(plain));
    CHECK(audit(net).parameters[0].policies[0].acted > 0);
  };
  same();
  same(L1{0.02}, Clip{-1.5, 2});
  same(GroupLasso{0.1});
  same(Isotonic{});
}

TEST_CASE("Sums of magnitudes and 2-norms set their bounds as norms do") {
  using S = float;
  const auto same = [](const auto& self_set, const auto& set, const auto&... beside) {
    auto net = sequential<S>(Dense(9, 4, NoBias{}, self_set, beside...));
    auto plain = sequential<S>(Dense(9, 4, NoBias{}, set, beside...));
    // Each row sums up to 9, and the only singular value is 6.
    assign(net, "0.weight", Matrix<S>::Ones(4, 9)), assign(plain, "0.weight", Matrix<S>::Ones(4, 9));
    CHECK((parameter(net, "0.weight").array() == 1).all());
    const double bound = radii_of(net)[0];
    Optimizer optimizer{Adam{.learning_rate = 0.5}}, of_plain = optimizer;
    random_steps(net, optimizer, 4, 1), random_steps(plain, of_plain, 4, 1);
    CHECK((parameter(net, "0.weight") - parameter(plain, "0.weight")).norm() <= 1e3 * detail::roundoff<S>);
    CHECK(audit(net).parameters[0].policies[0].acted > 0);
    CHECK((feasible(net) && audit(net).violation() == 0 && radii_of(net)[0] == bound));
    return bound;
  };
  CHECK(same(L1BallFrom{initial(1)}, L1Ball{9}) == 9);
  CHECK(same(L1BallFrom{initial(1)}, L1Ball{9}, NonNegative{}, MaxNorm{4}) == 9);
  const double bound = same(SpectralBallFrom{initial(1)}, SpectralBall{6});
  CHECK((bound >= 6 && bound < 6 * (1 + 1e3 * detail::roundoff<double> + 4 * detail::roundoff<S>)));
}

TEST_CASE("Sums and 2-norms are free for a warm-up, and then have the size that they reached") {
  auto net = sequential<double>(Dense(4, 2, NoBias{}, L1BallFrom{warm_start(3)}));
  auto whole = sequential<double>(Dense(4, 2, NoBias{}, SpectralBallFrom{warm_start(2)}));
  assign(net, "0.weight", with_squares({1, 4})), assign(whole, "0.weight", with_squares({1, 4}));
  Optimizer optimizer{SGD{.learning_rate = 1}}, of_whole = optimizer;
  step_to(net, optimizer, with_squares({100, 9})), step_to(whole, of_whole, with_squares({100, 9}));
  step_to(net, optimizer, with_squares({400, 16})), step_to(whole, of_whole, with_squares({9, 16}));
  CHECK((radii_of(net)[0] <= 0 && std::abs(radii_of(whole)[0] - 5) < 1e-12));
  step_to(net, optimizer, with_squares({25, 49})), step_to(whole, of_whole, with_squares({36, 64}));
  CHECK(radii_of(net) == std::vector<double>{10, 14});
  CHECK((parameter(whole, "0.weight") - with_squares({9, 16})).norm() < 1e-12);
  step_to(net, optimizer, with_squares({36, 36}));
  CHECK((parameter(net, "0.weight").row(0).array() == 2.5).all());
  CHECK((parameter(net, "0.weight").row(1).array() == 3).all());
}

TEST_CASE("Columns, whole weights and biases set their bounds too, beside other policies") {
  Sequential columns{Dense(5, 3, PerInput{MaxNormFrom{initial(1)}}, NonNegative{})};
  Sequential whole{Dense(5, 3, Whole{MaxNormFrom{initial(2)}}, Bias{MaxNormFrom{initial(1)}})};
  const Matrix<float> start = random_matrix<float>(3, 5, 3), positive = start.cwiseMax(0);
  assign(columns, "0.weight", start);
  assign(whole, "0.weight", start), assign(whole, "0.bias", start.col(0));
  const auto radii = radii_of(columns, true);
  for (Index i = 0; i < 5; ++i)
    CHECK(std::abs(radii[static_cast<std::size_t>(i)] - static_cast<double>(exact_norm(positive.col(i)))) <
          1e-6);
  CHECK(std::abs(radii_of(whole)[0] - 2 * static_cast<double>(exact_norm(start))) < 1e-6);
  Optimizer optimizer{SGD{.learning_rate = 1}}, of_whole = optimizer;
  random_steps(columns, optimizer, 3, 7), random_steps(whole, of_whole, 3, 7);
  CHECK(feasible(columns));
  CHECK(feasible(whole));
  CHECK(exact_norm(parameter(whole, "0.bias")) <= exact_norm(start.col(0)) * (1 + 1e-6L));
  CHECK(audit(columns).violation() == 0);
  auto outside = columns;
  detail::arena(outside.parameters())[0] = 100;
  CHECK(audit(outside).violation() > 90);
}

TEST_CASE("Under warm_start vectors are free for so many steps, and then have the norm that they reached") {
  auto net = sequential<double>(Dense(4, 2, NoBias{}, MaxNormFrom{warm_start(3)}));
  assign(net, "0.weight", with_squares({1, 4}));
  Optimizer optimizer{SGD{.learning_rate = 1}};
  step_to(net, optimizer, with_squares({100, 9}));
  step_to(net, optimizer, with_squares({400, 16}));
  CHECK((radii_of(net)[0] <= 0 && radii_of(net)[1] <= 0));
  step_to(net, optimizer, with_squares({25, 49}));
  CHECK(radii_of(net) == std::vector<double>{5, 7});
  step_to(net, optimizer, with_squares({36, 36}));
  CHECK((parameter(net, "0.weight").row(0).array() == 2.5).all());
  CHECK((parameter(net, "0.weight").row(1).array() == 3).all());
  CHECK(radii_of(net) == std::vector<double>{5, 7});
  initialize(net, {.seed = 1});
  CHECK((radii_of(net)[0] <= 0 && radii_of(net)[1] <= 0));
}

TEST_CASE("Under inflection the growth of the averaged squared norm is watched, of each vector its own") {
  // Squared norms that grow along logistic curves around different steps.
  const auto square = [](long row, long step) {
    return 1 + 8 / (1 + std::exp(-(static_cast<double>(step) - 20 - 15 * static_cast<double>(row)) / 5));
  };
  const long after = 6;
  auto net = sequential<double>(Dense(4, 2, NoBias{}, MaxNormFrom{inflection(after)}));
  assign(net, "0.weight", with_squares({square(0, 0), square(1, 0)}));
  std::vector<long double> average(2), growth(2);
  std::vector<double> expected{0, 0};
  std::vector<long> when{0, 0};
  Optimizer optimizer{SGD{.learning_rate = 1}};
  for (long step = 1; step <= 80; ++step) {
    step_to(net, optimizer, with_squares({square(0, step), square(1, step)}));
    for (std::size_t j = 0; j < 2; ++j) {
      const long double now = square(static_cast<long>(j), step);
      const long double next = step == 1 ? now : 0.9L * average[j] + 0.1L * now, grown = next - average[j];
      if (step > after && when[j] == 0 && grown < growth[j])
        when[j] = step, expected[j] = std::sqrt(double(now));
      average[j] = next, growth[j] = grown;
      INFO("step " << step << ", row " << j);
      const double radius = radii_of(net)[j];
      if (when[j] > 0) CHECK(std::abs(radius - expected[j]) < 1e-14 * expected[j]);
      if (when[j] == 0) CHECK(radius <= 0);
    }
    CHECK(feasible(net));
  }
  CHECK((when[0] > 20 && when[1] == when[0] + 15));
}

TEST_CASE("In floats the inflection is found where it is in doubles") {
  auto net = sequential<double>(Dense(4, 1, NoBias{}, MaxNormFrom{inflection(3)}));
  Sequential single{Dense(4, 1, NoBias{}, MaxNormFrom{inflection(3)})};
  Optimizer optimizer{SGD{.learning_rate = 1}}, of_single = optimizer;
  long found = 0, in_floats = 0;
  assign(net, "0.weight", with_squares({1})), assign(single, "0.weight", with_squares({1}).cast<float>());
  for (long step = 1; step <= 200; ++step) {
    // The growth changes by 1e-6 of the square in a step.
    const double x = static_cast<double>(step),
                 to = 1 + 1e-4 * x + 1e-6 * (100 * x * x / 2 - x * x * x / 6) / 50;
    const float w = static_cast<float>(std::sqrt(to) / 2);
    step_to(net, optimizer, Matrix<double>::Constant(1, 4, static_cast<double>(w)));
    single.parameters().gradients_of(single.parameters().at("0.weight"))[0] = 0;
    for (Index i = 0; i < 4; ++i)
      single.gradients()[static_cast<std::size_t>(i)] = parameter(single, "0.weight")(0, i) - w;
    of_single.step(single);
    if (found == 0 && radii_of(net)[0] > 0) found = step;
    if (in_floats == 0 && radii_of(single)[0] > 0) in_floats = step;
  }
  CHECK(found > 0);
  CHECK(in_floats == found);
}

TEST_CASE("A vector of zeros has no bound, until a step after the warm-up gives it one") {
  auto started = sequential<double>(Dense(4, 1, Bias{MaxNormFrom{initial(1)}}, MaxNormFrom{warm_start(1)}));
  assign(started, "0.weight", with_squares({0}));
  Optimizer optimizer{SGD{.learning_rate = 1}};
  step_to(started, optimizer, with_squares({0}));
  CHECK(radii_of(started)[0] <= 0);
  step_to(started, optimizer, with_squares({9}));
  CHECK(radii_of(started)[0] == 3);
  random_steps(started, optimizer, 5, 1);
  CHECK(parameter(started, "0.bias")(0, 0) != 0);
  CHECK(feasible(started));
}

TEST_CASE("Files have the radii, and a model that is loaded goes on with them") {
  const auto path =
      std::filesystem::temp_directory_path() / ("espalier_radii_" + std::to_string(std::rand()));
  Sequential net{Dense(6, 4, MaxNormFrom{initial(2)})}, other = net;
  initialize(net, {.seed = 3});
  const auto radii = radii_of(net);
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  random_steps(net, optimizer, 3, 5);
  save(net, path);
  load(other, path);
  CHECK(radii_of(other) == radii);
  CHECK(numbers_of(other) == numbers_of(net));
  CHECK(tensors(net).metadata.at("espalier.policies") ==
        "0.weight MaxNormFrom{from = initial, factor = 2}\n");
  auto plain = net;
  set_policies(plain, "0.weight", MaxNorm{1e9});
  save(plain, path);  // a file without radii: the bound sets itself by what is loaded
  load(other, path);
  CHECK(std::abs(radii_of(other)[0] -
                 2 * static_cast<double>(exact_norm(parameter(net, "0.weight").row(0)))) < 1e-6);
  std::filesystem::remove(path);
}

TEST_CASE("What is changed of another policy leaves the radii, and other weights set them anew") {
  Sequential net{Dense(6, 4, MaxNormFrom{initial(1)}, NonNegative{})};
  initialize(net, {.seed = 3});
  const auto radii = radii_of(net);
  edit_policy<MaxNormFrom>(net, "0.weight", [](MaxNormFrom& p) { p.from.factor = 3; });
  CHECK(radii_of(net) == radii);
  assign(net, "0.weight", parameter(net, "0.weight"));
  CHECK(std::abs(radii_of(net)[0] - 3 * radii[0]) < 1e-6);
}

TEST_CASE("Bounds that make no sense are refused") {
  CHECK(message_of([] { Sequential{Dense(4, 1, MaxNormFrom{initial(0)})}; }) ==
        "Dense(4, 1) weight: MaxNormFrom: expected factor > 0 and finite, found 0");
  CHECK(message_of([] { Sequential{Dense(4, 1, MaxNormFrom{warm_start(0)})}; }) ==
        "Dense(4, 1) weight: MaxNormFrom: expected steps >= 1 before the bound is set, found 0");
  CHECK(message_of([] { Sequential{Dense(3, 1, MaxNormFrom{inflection()})}; }) ==
        "Dense(3, 1) weight: expected vectors of 4 weights or more for inflection(), found 3");
}
