// SPDX-License-Identifier: MIT
#include "espalier/layer/activation.hpp"

#include <vector>

#include "layer_test.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(Layer<Identity> && Layer<ReLU> && Layer<LeakyReLU> && Layer<ELU> && Layer<GELU>);
static_assert(Layer<SiLU> && Layer<Tanh> && Layer<Sigmoid> && Layer<Softplus>);

namespace {

/// f(layer) for each activation.
template <class F>
void each_activation(const F& f) {
  f(Identity{});
  f(ReLU{});
  f(LeakyReLU{.slope = 0.2});
  f(ELU{.alpha = 1.5});
  f(GELU{});
  f(SiLU{});
  f(Tanh{});
  f(Sigmoid{});
  f(Softplus{.beta = 2});
}

const std::vector<double> points{-30, -3, -0.5, 0, 0.25, 2, 25};

/// The outputs and the derivatives at `points`. Numbers below `scale` only have its absolute precision.
template <Scalar S, class L>
void check_points(const L& layer, const std::vector<double>& outputs, const std::vector<double>& derivatives,
                  double output_scale = 0, double derivative_scale = 0) {
  auto column = [](const std::vector<double>& numbers) {
    return Eigen::Map<const Matrix<double>>(numbers.data(), static_cast<Index>(numbers.size()), 1);
  };
  const Matrix<S> x = column(points).template cast<S>(), ones = Matrix<S>::Ones(x.rows(), 1);
  test::check_close<S>(test::forward(layer, x), column(outputs), output_scale);
  test::check_close<S>(test::backward(layer, x, ones), column(derivatives), derivative_scale);
}

}  // namespace

// x = torch.tensor([-30, -3, -.5, 0, .25, 2, 25.], dtype=torch.double, requires_grad=True)
// y = F.relu(x), F.leaky_relu(x, .2), F.elu(x, 1.5), F.gelu(x), F.silu(x), torch.tanh(x), torch.sigmoid(x) or
// F.softplus(x, 2, threshold=1e9); y.sum().backward(); y, x.grad
TEMPLATE_TEST_CASE("the activations and their derivatives are PyTorch's", "", float, double) {
  using S = TestType;
  check_points<S>(Identity{}, points, {1, 1, 1, 1, 1, 1, 1});
  check_points<S>(ReLU{}, {0, 0, 0, 0, 0.25, 2, 25}, {0, 0, 0, 0, 1, 1, 1});
  check_points<S>(LeakyReLU{.slope = 0.2}, {-6, -0.6, -0.1, 0, 0.25, 2, 25}, {0.2, 0.2, 0.2, 0.2, 1, 1, 1});
  check_points<S>(ELU{.alpha = 1.5},
                  {-1.4999999999998597, -1.4253193974482041, -0.5902040104310499, 0, 0.25, 2, 25},
                  {1.4036434453260263e-13, 0.07468060255179591, 0.9097959895689501, 1.5, 1, 1, 1});
  check_points<S>(
      GELU{}, {0, -0.00404969409489031, -0.15426876936299344, 0, 0.14967658142073093, 1.9544997361036416, 25},
      {0, -0.01194564720418392, 0.13250487534383712, 0.5, 0.695373354883636, 1.085231801078197, 1}, 0.05,
      0.05);
  check_points<S>(SiLU{},
                  {-2.8072868906517896e-12, -0.14227761953270035, -0.1887703343990727, 0, 0.14054412522144952,
                   1.7615941559557646, 24.9999999996528},
                  {-2.713710660963134e-12, -0.08810410601516962, 0.2600388126973482, 0.5, 0.6237100215701977,
                   1.0907842487848955, 1.000000000333312});
  check_points<S>(
      Tanh{}, {-1, -0.9950547536867305, -0.46211715726000974, 0, 0.24491866240370913, 0.9640275800758169, 1},
      {0, 0.009866037165440166, 0.7864477329659274, 1, 0.940014848806378, 0.07065082485316443, 0}, 0, 1);
  check_points<S>(Sigmoid{},
                  {9.357622968839299e-14, 0.04742587317756678, 0.3775406687981454, 0.5, 0.5621765008857981,
                   0.8807970779778823, 0.999999999986112},
                  {9.357622968838423e-14, 0.04517665973091214, 0.2350037122015945, 0.25, 0.24613408273759835,
                   0.10499358540350662, 1.3888001859448131e-11},
                  0, 1);
  check_points<S>(Softplus{.beta = 2},
                  {4.37825538134826e-27, 0.0012378425688652247, 0.15663084375911143, 0.34657359027997264,
                   0.48703849209005334, 2.0090749639589047, 25},
                  {8.75651076269652e-27, 0.0024726231566347748, 0.2689414213699951, 0.5, 0.6224593312018546,
                   0.9820137900379085, 1});
}

TEST_CASE("every backward is the derivative of its forward") {
  Matrix<double> x(4, 3);
  x << -2.1, -0.9, 0.4, 1.7, 0.05, -0.3, 3.3, -4.2, 0.8, -1.4, 2.6, -0.02;
  each_activation([&](const auto& layer) { test::check_derivative(layer, x); });
}

TEST_CASE("activations work on maps with rows known to the compiler") {
  each_activation([](const auto& layer) { test::check_maps(layer); });
}

TEMPLATE_TEST_CASE("activations and derivatives of extreme numbers are their exact limits", "", float,
                   double) {
  using S = TestType;
  Matrix<S> x(18, 1);
  x.topRows(9).setConstant(static_cast<S>(1e4));  // nine, so that packets and a remainder are seen
  x.bottomRows(9).setConstant(static_cast<S>(-1e4));
  const Matrix<S> ones = Matrix<S>::Ones(18, 1);
  auto check = [&](const auto& layer, double high, double low, double high_slope, double low_slope) {
    const Matrix<S> y = test::forward(layer, x), slope = test::backward(layer, x, ones);
    auto all = [](const auto& numbers, double expected) {
      CAPTURE(expected, numbers);
      // Eigen's exp of floats ends at the smallest normal number, not at 0.
      CHECK((numbers.array() - static_cast<S>(expected)).abs().maxCoeff() <= static_cast<S>(1e-30));
    };
    all(y.topRows(9), high);
    all(y.bottomRows(9), low);
    all(slope.topRows(9), high_slope);
    all(slope.bottomRows(9), low_slope);
  };
  check(Identity{}, 1e4, -1e4, 1, 1);
  check(ReLU{}, 1e4, 0, 1, 0);
  check(LeakyReLU{.slope = 0.5}, 1e4, -5e3, 1, 0.5);
  check(ELU{.alpha = 1.5}, 1e4, -1.5, 1, 0);
  check(GELU{}, 1e4, 0, 1, 0);
  check(SiLU{}, 1e4, 0, 1, 0);
  check(Tanh{}, 1, -1, 0, 0);
  check(Sigmoid{}, 1, 0, 0, 0);
  check(Softplus{.beta = 2}, 1e4, 0, 1, 0);
}

TEMPLATE_TEST_CASE("NaN goes through every activation", "", float, double) {
  const Matrix<TestType> x = Matrix<TestType>::Constant(9, 1, std::numeric_limits<TestType>::quiet_NaN());
  each_activation([&](const auto& layer) { CHECK(test::forward(layer, x).array().isNaN().all()); });
}

TEST_CASE("activations with the same options are equal") {
  CHECK(ReLU{} == ReLU{});
  CHECK(LeakyReLU{} == LeakyReLU{.slope = 0.01});
  CHECK(LeakyReLU{} != LeakyReLU{.slope = 0.02});
  CHECK(ELU{} != ELU{.alpha = 2});
  CHECK(Softplus{} != Softplus{.beta = 2});
}

TEST_CASE("options of activations that make no sense are refused") {
  auto message = [](const auto& layer) { return message_of([&] { layer.validate(); }); };
  CHECK(message(LeakyReLU{.slope = -1}) == "LeakyReLU: expected slope >= 0 and finite, found -1");
  CHECK(message(ELU{.alpha = -1}) == "ELU: expected alpha >= 0 and finite, found -1");
  CHECK(message(Softplus{.beta = 0}) == "Softplus: expected beta > 0 and finite, found 0");
  CHECK_THROWS_AS(Softplus{.beta = std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
  CHECK_NOTHROW(LeakyReLU{}.validate());
  CHECK_NOTHROW(ELU{}.validate());
  CHECK_NOTHROW(Softplus{}.validate());
}

TEST_CASE("The slopes of an activation lie between its bounds, and come near both") {
  each_activation([](const auto& layer) {
    const Slopes bounds = layer.slopes();
    double least = 1e300, largest = -1e300;
    const auto look = [&](double from, double to) {  // at the slopes of 4000 secants
      const Matrix<double> x = Eigen::RowVectorXd::LinSpaced(4001, from, to);
      Matrix<double> y(1, 4001);
      layer.forward(x, y);
      const auto slopes = ((y.rightCols(4000) - y.leftCols(4000)) / (x(1) - x(0))).eval();
      least = std::min(least, slopes.minCoeff()), largest = std::max(largest, slopes.maxCoeff());
    };
    look(-40, 40), look(-3, 3), look(-0.1, 0.1);
    CAPTURE(layer.name);
    CHECK(least >= bounds.least - 1e-9);
    CHECK(largest <= bounds.largest + 1e-9);
    CHECK(least <= bounds.least + 1e-4);
    CHECK(largest >= bounds.largest - 1e-4);
  });
}
