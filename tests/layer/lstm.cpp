// SPDX-License-Identifier: MIT
#include "espalier/layer/lstm.hpp"

#include <cmath>

#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "parametric_test.hpp"

using namespace espalier;

static_assert(Parametric<LSTM<>>);

namespace {

using Wide = Eigen::Matrix<long double, Dynamic, Dynamic>;

long double logistic(long double x) { return 1 / (1 + std::exp(-x)); }

/// Hidden states of one sample (hidden x steps) by the equations of torch.nn.LSTM, unit by unit.
Wide unrolled(const Wide& x, const Wide& ih, const Wide& hh, const Wide& bias) {
  const Index hidden = hh.cols(), steps = x.cols();
  Wide h = Wide::Zero(hidden, 1), c = h, all(hidden, steps);
  for (Index t = 0; t < steps; ++t) {
    Wide next(hidden, 1);
    for (Index k = 0; k < hidden; ++k) {
      const auto z = [&](Index gate) {
        long double sum = bias.size() > 0 ? bias(gate * hidden + k) : 0;
        for (Index i = 0; i < ih.cols(); ++i) sum += ih(gate * hidden + k, i) * x(i, t);
        for (Index i = 0; i < hidden; ++i) sum += hh(gate * hidden + k, i) * h(i);
        return sum;
      };
      c(k) = logistic(z(1)) * c(k) + logistic(z(0)) * std::tanh(z(2));
      next(k) = logistic(z(3)) * std::tanh(c(k));
    }
    all.col(t) = h = next;
  }
  return all;
}

template <class Net>
Matrix<double> by_unrolling(const Net& net, const Matrix<double>& x, Index inputs, Index hidden,
                            Index steps) {
  const Wide ih = effective_weight(net, "0.weight_ih").template cast<long double>(),
             hh = effective_weight(net, "0.weight_hh").template cast<long double>();
  Wide bias;
  if (net.parameters().find("0.bias")) bias = parameter(net, "0.bias").template cast<long double>();
  Matrix<double> result(hidden * steps, x.cols());
  for (Index j = 0; j < x.cols(); ++j) {
    const Matrix<double> sequence = Eigen::Map<const Matrix<double>>(x.col(j).data(), inputs, steps);
    const Matrix<double> states = unrolled(sequence.cast<long double>(), ih, hh, bias).cast<double>();
    result.col(j) = Eigen::Map<const Vector<double>>(states.data(), states.size());
  }
  return result;
}

}  // namespace

TEST_CASE("A policy of vectors on the bias of an LSTM bounds all its gates as one vector") {
  auto net = sequential<double>(LSTM(1, 1, 2, {}, Bias{MaxNorm{1}}));
  assign(net, "0.bias", Matrix<double>{{1}, {1}, {-1}, {1}});
  CHECK((parameter(net, "0.bias") - Matrix<double>{{0.5}, {0.5}, {-0.5}, {0.5}}).norm() < 1e-15);
}

TEMPLATE_TEST_CASE("The hidden states are those of the equations of torch.nn.LSTM", "", float, double) {
  using S = TestType;
  struct Size {
    Index inputs, hidden, steps, samples;
  };
  for (const Size size : {Size{1, 1, 1, 1}, Size{3, 5, 4, 7}, Size{6, 2, 9, 1}, Size{2, 17, 3, 33}}) {
    CAPTURE(size.inputs, size.hidden, size.steps, size.samples);
    auto net = sequential<S>(LSTM(size.inputs, size.hidden, size.steps));
    test::fill_parameters(net, 1);
    const Matrix<S> x = random_matrix<S>(net.inputs(), size.samples, 2), y = net.forward(x);
    auto wide = sequential<double>(LSTM(size.inputs, size.hidden, size.steps));
    for (const char* path : {"0.weight_ih", "0.weight_hh", "0.bias"})
      assign(wide, path, parameter(net, path).template cast<double>());
    const Matrix<double> expected =
        by_unrolling(wide, x.template cast<double>(), size.inputs, size.hidden, size.steps);
    CHECK((y.template cast<double>() - expected).norm() <= (sizeof(S) == 4 ? 3e-6 : 1e-14) * expected.norm());
    CHECK(net.predict(x) == y);
    auto last = sequential<S>(LSTM(size.inputs, size.hidden, size.steps, {.last = true}));
    std::ranges::copy(net.values(), detail::arena(last).begin());
    CHECK(last.outputs() == size.hidden);
    CHECK(last.forward(x) == y.bottomRows(size.hidden));
  }
}

TEST_CASE("Gradients of an LSTM are right, through all of its steps") {
  for (const Index samples : {1, 5}) {
    auto all = sequential<double>(LSTM(3, 4, 5));
    test::fill_parameters(all, 1);
    test::check_gradients(all, samples);
    auto last = sequential<double>(Dense(3, 6), LSTM(2, 4, 3, {.last = true}, NoBias{}), Dense(4, 2));
    test::fill_parameters(last, 1);
    test::check_gradients(last, samples);
    auto two = sequential<double>(LSTM(2, 3, 4, {}, WeightNorm{}), LSTM(3, 2, 4));
    test::fill_parameters(two, 1);
    test::check_gradients(two, samples);
  }
}

TEST_CASE("The gradients are those of the equations, differentiated in long double") {
  const Index inputs = 2, hidden = 3, steps = 4, samples = 3;
  auto net = sequential<double>(LSTM(inputs, hidden, steps));
  test::fill_parameters(net, 1);
  const Matrix<double> x = random_matrix<double>(net.inputs(), samples, 2),
                       dy = random_matrix<double>(net.outputs(), samples, 3);
  net.forward(x);
  net.backward(x, dy);
  std::vector<Wide> weights;
  for (const char* path : {"0.weight_ih", "0.weight_hh", "0.bias"})
    weights.push_back(parameter(net, path).cast<long double>());
  const auto objective = [&] {
    long double sum = 0;
    for (Index j = 0; j < samples; ++j) {
      const Wide sequence =
          Eigen::Map<const Matrix<double>>(x.col(j).data(), inputs, steps).cast<long double>();
      const Wide given =
          Eigen::Map<const Matrix<double>>(dy.col(j).data(), hidden, steps).cast<long double>();
      sum += unrolled(sequence, weights[0], weights[1], weights[2]).cwiseProduct(given).sum();
    }
    return sum;
  };
  std::size_t which = 0;
  for (const char* path : {"0.weight_ih", "0.weight_hh", "0.bias"}) {
    Wide& w = weights[which++];
    const Matrix<double> found = gradient(net, path);
    for (Index i = 0; i < w.size(); ++i) {
      const long double value = w(i), h = 1e-6L;
      w(i) = value + h;
      const long double above = objective();
      w(i) = value - h;
      const long double slope = (above - objective()) / (2 * h);
      w(i) = value;
      CHECK(std::abs(static_cast<double>(slope) - found(i)) <= 1e-10 * found.norm());
    }
  }
}

TEST_CASE("An LSTM of zero weights forgets by halves, and one told to keeps what it has") {
  // Bias (0, b, 0, 0) and weights 0: c stays 0; with g = tanh(1): c_t = s(b) c_(t-1) + tanh(1) / 2.
  auto net = sequential<double>(LSTM(1, 1, 3));
  assign(net, "0.bias", Matrix<double>{{0}, {0}, {1}, {0}});
  const double g = std::tanh(1.0) / 2;
  CHECK(
      net.predict(Matrix<double>::Zero(3, 1))
          .isApprox(Matrix<double>{{std::tanh(g) / 2}, {std::tanh(1.5 * g) / 2}, {std::tanh(1.75 * g) / 2}}));
  assign(net, "0.bias", Matrix<double>{{0}, {100}, {1}, {0}});
  CHECK(net.predict(Matrix<double>::Zero(3, 1))
            .isApprox(Matrix<double>{{std::tanh(g) / 2}, {std::tanh(2 * g) / 2}, {std::tanh(3 * g) / 2}}));
}

TEST_CASE("Forget gates start open, as far as the options say") {
  auto net = sequential<double>(LSTM(2, 3, 4), LSTM(3, 2, 4, {.forget_bias = 0}));
  initialize(net, Rng{1});
  Matrix<double> expected = Matrix<double>::Zero(12, 1);
  expected.middleRows(3, 3).setOnes();
  CHECK(parameter(net, "0.bias") == expected);
  CHECK(parameter(net, "1.bias") == Matrix<double>::Zero(8, 1));
}

TEST_CASE("Policies are for both weights, or for the one that they are given for") {
  auto net = sequential<float>(
      LSTM(2, 3, 4, {}, MaxNorm{.radius = 1}, InputWeight{Clip{-0.1, 0.1}}, Bias{Clip{0, 0.5}}),
      LSTM(3, 2, 4, {.last = true}, RecurrentWeight{WeightNorm{}, Gain{Clip{0, 0.5}}}));
  CHECK(test::paths_of(net) == std::vector<std::string>{"0.weight_ih", "0.weight_hh", "0.bias", "1.weight_ih",
                                                        "1.weight_hh", "1.gain_hh", "1.bias"});
  test::fill_parameters(net, 1, 5);
  project(net);
  CHECK(parameter(net, "0.weight_ih").cwiseAbs().maxCoeff() <= 0.1F);
  CHECK(parameter(net, "0.weight_hh").cwiseAbs().maxCoeff() > 0.2F);
  CHECK(parameter(net, "0.weight_hh").rowwise().norm().maxCoeff() <= 1);
  CHECK(parameter(net, "0.bias").maxCoeff() == 0.5F);
  CHECK(parameter(net, "1.weight_ih").rowwise().norm().maxCoeff() > 5);
  CHECK(effective_weight(net, "1.weight_hh").rowwise().norm().maxCoeff() <= 0.5F + 1e-6F);
  const Matrix<float> w = random_matrix<float>(8, 2, 4) / 20;
  assign(net, "1.weight_hh", w);
  CHECK((effective_weight(net, "1.weight_hh") - w).norm() < 1e-7F);
}

TEST_CASE("The number of threads changes no state and no gradient by a bit") {
  const int before = threads();
  std::vector<Matrix<float>> expected;
  for (const int n : {1, 2, 3}) {
    set_threads(n);
    auto net = sequential<float>(LSTM(40, 70, 5, {}, InputWeight{WeightNorm{}}));
    initialize(net, Rng{1}, PyTorchLinear{});
    const Matrix<float> x = random_matrix<float>(net.inputs(), 61, 2),
                        dy = random_matrix<float>(net.outputs(), 61, 3);
    std::vector<Matrix<float>> found{net.forward(x), {}};
    net.backward(x, dy, found[1]);
    for (const std::string& path : test::paths_of(net)) found.push_back(gradient(net, path));
    if (n == 1) expected = found;
    CHECK(found == expected);
  }
  set_threads(before);
}

TEMPLATE_TEST_CASE("An LSTM keeps as much as it says", "", float, double) {
  test::check_kept<TestType>(LSTM(3, 5, 4, {}, WeightNorm{}));
  test::check_kept<TestType>(LSTM(3, 5, 4, {.last = true}));
}

TEST_CASE("Sizes and options of an LSTM that make no sense are refused") {
  CHECK(message_of([] { LSTM(3, 0, 2); }) ==
        "LSTM: expected at least 1 input, 1 hidden unit and 1 step, found 3, 0 and 2");
  CHECK(message_of([] { LSTM(3, 4, 2, {}, RecurrentWeight{MaxNorm{-1}}); }) ==
        "LSTM(3, 4, 2) recurrent weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK_THROWS_AS(LSTM(3, 4, 2, {.forget_bias = std::numeric_limits<double>::infinity()}), ValueError);
  CHECK_THROWS_AS(sequential<float>(Dense(3, 5), LSTM(3, 2, 2)), ShapeError);
  CHECK(LSTM(3, 4, 2) == LSTM(3, 4, 2));
  CHECK(LSTM(3, 4, 2) != LSTM(3, 4, 2, {.last = true}));
  CHECK(LSTM(3, 4, 2, {}, MaxNorm{1}) != LSTM(3, 4, 2, {}, MaxNorm{2}));
}
