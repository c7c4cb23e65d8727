// SPDX-License-Identifier: MIT
#include "espalier/layer/batch_norm.hpp"

#include <cmath>

#include "../support.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "parametric_test.hpp"

using namespace espalier;

static_assert(Parametric<BatchNorm>);

namespace {

using Wide = Eigen::Matrix<long double, Dynamic, Dynamic>;

/// What training makes of a batch, by the definition, a channel at a time.
struct Reference {
  Wide y, dx;
  long double squares_of_parts = 0;  // of gain / deviation dy, of which mean and z take a part away
  std::vector<long double> gain_gradient, bias_gradient, mean, unbiased;

  Reference(const Wide& x, const Wide& dy, Index per, double epsilon, const Wide& gain, const Wide& bias)
      : y(x.rows(), x.cols()), dx(x.rows(), x.cols()) {
    for (Index c = 0; c < x.rows() / per; ++c) {
      const Wide here = x.middleRows(c * per, per), given = dy.middleRows(c * per, per);
      const auto numbers = static_cast<long double>(here.size());
      const long double center = here.sum() / numbers;
      const long double squares = (here.array() - center).square().sum();
      const long double deviation = std::sqrt(squares / numbers + static_cast<long double>(epsilon));
      const Wide z = (here.array() - center) / deviation;
      const long double along = z.cwiseProduct(given).sum();
      y.middleRows(c * per, per) = gain(c) * z.array() + bias(c);
      dx.middleRows(c * per, per) =
          gain(c) / deviation * (given.array() - given.sum() / numbers - z.array() * along / numbers);
      squares_of_parts += (gain(c) / deviation * given).squaredNorm();
      gain_gradient.push_back(along), bias_gradient.push_back(given.sum());
      mean.push_back(center), unbiased.push_back(squares / (numbers - 1));
    }
  }
};

template <class Found, class Wanted>
void check_near(const Found& found, const Wanted& wanted, double tolerance) {
  const Wide expected = wanted.template cast<long double>();
  CHECK(static_cast<double>((found.template cast<long double>() - expected).norm()) <=
        tolerance * static_cast<double>(expected.norm()));
}

Wide column(const std::vector<long double>& numbers) {
  return Eigen::Map<const Wide>(numbers.data(), static_cast<Index>(numbers.size()), 1);
}

}  // namespace

// x = np.array([[1., 2, 4, -3], [100.5, 101, 99.25, 100]]); g, b = np.array([1.5, -2]), np.array([.25, 1])
// z = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5); g[:, None] * z + b[:, None];
// .1 * x.mean(1), .9 + .1 * x.var(1, ddof=1)
TEMPLATE_TEST_CASE("Outputs and running averages are NumPy's", "", float, double) {
  auto net = sequential<TestType>(BatchNorm(2));
  initialize(net, Rng{1});
  CHECK(parameter(net, "0.weight") == Matrix<TestType>::Ones(2, 1));
  CHECK(parameter(net, "0.running_var") == Matrix<TestType>::Ones(2, 1));
  CHECK(parameter(net, "0.running_mean") == Matrix<TestType>::Zero(2, 1));
  assign(net, "0.weight", Matrix<TestType>{{1.5}, {-2}});
  assign(net, "0.bias", Matrix<TestType>{{0.25}, {1}});
  const Matrix<TestType> x{{1, 2, 4, -3}, {100.5, 101, 99.25, 100}};
  const double few = sizeof(TestType) == 4 ? 1e-6 : 1e-14;
  check_near(net.forward(x),
             Matrix<double>{{0.25, 0.8383479528393779, 2.015043858518134, -2.1033918113575116},
                            {0.03327507544501129, -1.513484803842971, 3.900174773664966, 1.5800349547329933}},
             few);
  check_near(parameter(net, "0.running_mean"), Matrix<double>{{0.1}, {10.01875}}, few);
  check_near(parameter(net, "0.running_var"), Matrix<double>{{1.7666666666666666}, {0.9557291666666667}},
             few);
}

TEMPLATE_TEST_CASE("A training pass is that of long double, for features and for pixels of channels", "",
                   float, double) {
  using S = TestType;
  const double few = sizeof(S) == 4 ? 2e-6 : 1e-14;
  struct Size {
    Index channels, per, samples;
  };
  // One sample of several pixels has a variance; 130 channels are more than are summed at a time.
  for (const Size size : {Size{1, 1, 2}, Size{5, 1, 7}, Size{130, 1, 33}, Size{3, 4, 1}, Size{70, 9, 6}}) {
    CAPTURE(size.channels, size.per, size.samples);
    auto net = sequential<S>(BatchNorm(size.channels, {.epsilon = 1e-3, .momentum = 0.25, .per = size.per}));
    test::fill_parameters(net, 1);
    const Matrix<S> gain = parameter(net, "0.weight"), bias = parameter(net, "0.bias"),
                    mean = parameter(net, "0.running_mean"), variance = parameter(net, "0.running_var");
    const Matrix<S> x = (random_matrix<S>(net.inputs(), size.samples, 2).array() * S(3) + S(1)).matrix(),
                    dy = random_matrix<S>(net.inputs(), size.samples, 3);
    const Reference expected(x.template cast<long double>(), dy.template cast<long double>(), size.per, 1e-3,
                             gain.template cast<long double>(), bias.template cast<long double>());
    Matrix<S> dx;
    check_near(net.forward(x), expected.y, few);
    net.backward(x, dy, dx);
    CHECK((dx.template cast<long double>() - expected.dx).norm() <=
          few * std::sqrt(expected.squares_of_parts));
    check_near(gradient(net, "0.weight"), column(expected.gain_gradient), few);
    check_near(gradient(net, "0.bias"), column(expected.bias_gradient), few);
    check_near(parameter(net, "0.running_mean"),
               (0.75L * mean.template cast<long double>() + 0.25L * column(expected.mean)).eval(), few);
    check_near(parameter(net, "0.running_var"),
               (0.75L * variance.template cast<long double>() + 0.25L * column(expected.unbiased)).eval(),
               few);
  }
}

TEST_CASE("Gradients of batch normalization are right, through the mean and the variance too") {
  auto net = sequential<double>(Dense(3, 4, NoBias{}), BatchNorm(4), Tanh{}, BatchNorm(2, {.per = 2}));
  test::fill_parameters(net, 1, 0.7);
  test::check_gradients(net, 5);
}

TEMPLATE_TEST_CASE("The mean of numbers far from 0 takes no digits from their variance", "", float, double) {
  const TestType far = sizeof(TestType) == 4 ? TestType(1 << 20) : TestType(1LL << 50);  // x is exact there
  auto net = sequential<TestType>(BatchNorm(1));
  initialize(net, Rng{1});
  const Matrix<TestType> x{{1, 2, 3, 6}};
  const Matrix<TestType> near_zero = net.forward(x);
  CHECK(net.forward((x.array() + far).matrix()) == near_zero);
}

TEST_CASE("Outside training the running averages stand for the batch, and stay") {
  auto net = sequential<double>(BatchNorm(2, {.epsilon = 0.5, .per = 2}));
  assign(net, "0.weight", Matrix<double>{{3}, {1}});
  assign(net, "0.bias", Matrix<double>{{1}, {0}});
  assign(net, "0.running_mean", Matrix<double>{{2}, {-1}});
  assign(net, "0.running_var", Matrix<double>{{1.75}, {3.5}});
  const auto values = numbers_of(net);
  // 1 / sqrt(1.75 + 0.5) = 2 / 3 and 1 / sqrt(3.5 + 0.5) = 1 / 2; a single sample will do.
  CHECK(net.predict(Matrix<double>{{2}, {3.5}, {1}, {-2}}).isApprox(Matrix<double>{{1}, {4}, {1}, {-0.5}}));
  CHECK(numbers_of(net) == values);
}

TEST_CASE("Running averages come to those of the data, and predictions to the outputs of training") {
  auto net = sequential<double>(BatchNorm(3, {.momentum = 0.5}));
  initialize(net, Rng{1});
  const Matrix<double> x = (random_matrix<double>(3, 1000, 2).array() * 4 - 7).matrix();
  Matrix<double> y;
  for (int k = 0; k < 60; ++k) y = net.forward(x);
  CHECK((parameter(net, "0.running_mean") - x.rowwise().mean()).norm() < 1e-13);
  CHECK((net.predict(x) - y).norm() <= 1e-3 * y.norm());  // the variance is the unbiased one: by 1 / 2000
  auto never = sequential<double>(BatchNorm(3, {.momentum = 0}));
  initialize(never, Rng{1});
  never.forward(x);
  CHECK(parameter(never, "0.running_var") == Matrix<double>::Ones(3, 1));
}

TEST_CASE("Steps train gains and biases without the policies of the optimizer, and no running averages") {
  auto net = sequential<double>(Dense(3, 4), BatchNorm(4), Dense(4, 2));
  initialize(net, Rng{1});
  CHECK(test::paths_of(net) == std::vector<std::string>{"0.weight", "0.bias", "1.weight", "1.bias",
                                                        "1.running_mean", "1.running_var", "2.weight",
                                                        "2.bias"});
  CHECK(count(net) == 16 + 8 + 10);
  assign(net, "1.weight", Matrix<double>::Constant(4, 1, 2));
  Optimizer optimizer{SGD{.learning_rate = 0.1}, MaxNorm{.radius = 0.5}};
  net.forward(random_matrix<double>(3, 6, 2));
  const Matrix<double> mean = parameter(net, "1.running_mean"), variance = parameter(net, "1.running_var");
  CHECK(mean.cwiseAbs().minCoeff() > 0);
  random_steps(net, optimizer, 3, 3);
  CHECK(parameter(net, "1.running_mean") == mean);
  CHECK(parameter(net, "1.running_var") == variance);
  CHECK(parameter(net, "1.weight").cwiseAbs().maxCoeff() > 1);
  CHECK(parameter(net, "1.bias").cwiseAbs().minCoeff() > 0);
  CHECK(parameter(net, "0.weight").rowwise().norm().maxCoeff() <= 0.5);
}

TEST_CASE("A feature that never changes becomes its bias, and has no gradient") {
  auto net = sequential<double>(BatchNorm(1));
  initialize(net, Rng{1});
  assign(net, "0.bias", Matrix<double>{{0.25}});
  const Matrix<double> x = Matrix<double>::Constant(1, 4, 3);
  CHECK(net.forward(x) == Matrix<double>::Constant(1, 4, 0.25));
  Matrix<double> dx;
  net.backward(x, Matrix<double>::Ones(1, 4), dx);
  CHECK(dx == Matrix<double>::Zero(1, 4));
  CHECK(gradient(net, "0.weight")(0, 0) == 0);
}

TEMPLATE_TEST_CASE("The number of threads changes no normalized number by a bit", "", float, double) {
  const int before = threads();
  for (const Index per : {Index{1}, Index{7}}) {
    std::vector<Matrix<TestType>> expected;
    for (const int n : {1, 2, 3}) {
      set_threads(n);
      auto net = sequential<TestType>(BatchNorm(205, {.per = per}));
      test::fill_parameters(net, 1);
      const Matrix<TestType> x = random_matrix<TestType>(net.inputs(), 301, 2),
                             dy = random_matrix<TestType>(net.inputs(), 301, 3);
      std::vector<Matrix<TestType>> found{net.forward(x), {}};
      net.backward(x, dy, found[1]);
      for (const char* name : {"0.weight", "0.bias"}) found.push_back(gradient(net, name));
      for (const char* name : {"0.running_mean", "0.running_var"}) found.push_back(parameter(net, name));
      if (n == 1) expected = found;
      CHECK(found == expected);
    }
  }
  set_threads(before);
}

TEMPLATE_TEST_CASE("Batch normalization keeps as much as it says", "", float, double) {
  test::check_kept<TestType>(BatchNorm(5));
  test::check_kept<TestType>(BatchNorm(3, {.per = 3}));
}

TEST_CASE("A batch of one sample has no variance: it is refused in training, and nothing has changed") {
  auto net = sequential<float>(BatchNorm(3));
  initialize(net, Rng{1});
  const auto values = numbers_of(net);
  CHECK(
      message_of([&] { net.forward(Matrix<float>::Ones(3, 1)); }) ==
      "BatchNorm(3): expected at least 2 samples in every training batch (choose a batch size that leaves no "
      "single one), found 1");
  CHECK(numbers_of(net) == values);
  CHECK_NOTHROW(net.predict(Matrix<float>::Ones(3, 1)));
}

TEST_CASE("Options of batch normalization that make no sense are refused") {
  CHECK(message_of([] { BatchNorm(0); }) ==
        "BatchNorm: expected at least 1 channel of at least 1 feature, found 0 of 1");
  CHECK_THROWS_AS(BatchNorm(3, {.per = 0}), ShapeError);
  CHECK(message_of([] { BatchNorm(3, {.epsilon = 0}); }) ==
        "BatchNorm(3): expected epsilon > 0 and finite, found 0");
  CHECK(message_of([] { BatchNorm(3, {.momentum = 1.5, .per = 2}); }) ==
        "BatchNorm(3, {.per = 2}): expected 0 <= momentum <= 1, found 1.5");
  CHECK_THROWS_AS(BatchNorm(3, {.momentum = std::numeric_limits<double>::quiet_NaN()}), ValueError);
  CHECK_THROWS_AS(sequential<float>(Dense(3, 4), BatchNorm(5)), ShapeError);
  CHECK(BatchNorm(3) == BatchNorm(3));
  CHECK_FALSE(BatchNorm(3) == BatchNorm(3, {.momentum = 0.2}));
}
