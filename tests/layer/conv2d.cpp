// SPDX-License-Identifier: MIT
#include "espalier/layer/conv2d.hpp"

#include <type_traits>

#include "../central_difference.hpp"
#include "../naive_convolution.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/loss/mean_squared.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/testing/gradient_check.hpp"

using namespace espalier;

static_assert(Parametric<Conv2D<>> && Layer<Conv2D<MaxNorm, NoBias>>);

namespace {

/// All gradients of a net, those of its inputs too, against central differences.
template <class Net>
void check_gradients(Net net, Index samples) {
  const Matrix<double> x = random_matrix<double>(net.inputs(), samples, 2),
                       weights = random_matrix<double>(net.outputs(), samples, 3);
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, weights)) {
    CAPTURE(error.parameter);
    CHECK(error.relative < 1e-7);
  }
  const Matrix<double> numeric = central_difference(
      [&](const Matrix<double>& at) { return net.forward(at).cwiseProduct(weights).sum(); }, x);
  const Matrix<double> found = input_gradient(net, x, [&](const auto&) { return weights; });
  CHECK((found - numeric).norm() <= 1e-8 * numeric.norm());
}

/// An initializer that tells what it was told.
struct Fans {
  Index* in;
  Index* out;
  void operator()(auto& w, Index fan_in, Index fan_out, Rng&) const {
    w.setZero(), *in = fan_in, *out = fan_out;
  }
};

template <Scalar S, class... Layers>
auto started(const Layers&... layers) {
  auto net = sequential<S>(layers...);
  initialize(net, Rng{1}, PyTorchLinear{});
  return net;
}

}  // namespace

TEST_CASE("The norm of the biases of all kernels is bounded as one vector") {
  auto net = sequential<double>(Conv2D(Image{4, 4}, 2, Kernel{3, 3}, Bias{MaxNorm{1}}));
  assign(net, "0.bias", Matrix<double>{{3}, {4}});
  CHECK((parameter(net, "0.bias") - Matrix<double>{{0.6}, {0.8}}).norm() < 1e-15);
}

TEST_CASE("A convolution slides its kernel over the image, unturned, and adds the bias") {
  auto net = sequential<double>(Conv2D(Image{3, 3}, 1, Kernel{2, 2}));
  assign(net, "0.weight", Matrix<double>{{1, 2, 3, 4}});
  assign(net, "0.bias", Matrix<double>{{0.5}});
  Matrix<double> x(9, 1);
  x << 1, 0, 0,  //
      0, 0, 0,   //
      0, 0, 10;
  CHECK(net.forward(x) == Matrix<double>{{1.5}, {0.5}, {0.5}, {40.5}});
}

TEST_CASE("Outputs of convolutions are what the definition says") {
  const auto check = [](const Image& image, Index out, Kernel kernel, Conv2DOptions options) {
    auto net = started<double>(Conv2D(image, out, kernel, options, NoBias{}));
    const NaiveConvolution naive{image, out, kernel.height, kernel.width, options.stride, options.padding};
    const Matrix<double> x = random_matrix<double>(image.size(), 3, 2);
    REQUIRE(net.outputs() == naive.outputs());
    const NaiveConvolution::Numbers w = parameter(net, "0.weight").template cast<long double>();
    CHECK(parting(net.predict(x), naive.forward(w, x.cast<long double>())) <= 1e-15);
  };
  check({6, 5, 1}, 2, {3, 3}, {});
  check({6, 5, 3}, 2, {3, 3}, {.stride = 2});
  check({5, 6, 2}, 4, {2, 3}, {.stride = 2, .padding = 1});
  check({4, 4, 3}, 2, {1, 1}, {});
}

TEST_CASE("Gradients of convolutions are right") {
  check_gradients(started<double>(Conv2D(Image{5, 4, 2}, 3, Kernel{3, 3})), 2);
  check_gradients(started<double>(Conv2D(Image{5, 6, 2}, 3, Kernel{2, 3}, {.stride = 2, .padding = 1})), 2);
  check_gradients(started<double>(Conv2D(Image{3, 4, 3}, 2, Kernel{1, 1}, NoBias{})), 3);
  check_gradients(
      started<double>(Conv2D(Image{6, 6, 1}, 2, Kernel{3, 3}, L2{0.1}), Tanh{},
                      Conv2D(Image{4, 4, 2}, 3, Kernel{3, 3}, WeightNorm{}), Tanh{}, Dense(12, 2)),
      2);
  check_gradients(started<double>(Conv2D(Image{4, 4, 1}, 2, Kernel{2, 2}, UnitNormalized{}), Tanh{},
                                  Conv2D(Image{3, 3, 2}, 2, Kernel{2, 2}, {.padding = 1}, UnitNormalized{})),
                  2);
}

TEST_CASE("A kernel as large as the image makes a dense layer") {
  auto conv = started<double>(Conv2D(Image{3, 4, 2}, 5, Kernel{3, 4}));
  auto dense = sequential<double>(Dense(24, 5));
  assign(dense, "0.weight", parameter(conv, "0.weight"));
  assign(dense, "0.bias", parameter(conv, "0.bias"));
  const Matrix<double> x = random_matrix<double>(24, 7, 2), dy = random_matrix<double>(5, 7, 3);
  CHECK((conv.forward(x) - dense.forward(x)).cwiseAbs().maxCoeff() <= 1e-14);
  Matrix<double> dx, dense_dx;
  conv.backward(x, dy, dx);
  dense.backward(x, dy, dense_dx);
  CHECK((dx - dense_dx).cwiseAbs().maxCoeff() <= 1e-14);
  for (const char* path : {"0.weight", "0.bias"})
    CHECK((gradient(conv, path) - gradient(dense, path)).cwiseAbs().maxCoeff() <= 1e-13);
}

TEST_CASE("A kernel of one pixel is the same dense layer at each pixel") {
  auto conv = started<double>(Conv2D(Image{2, 3, 4}, 5, Kernel{1, 1}));
  const Matrix<double> x = random_matrix<double>(24, 2, 2), y = conv.predict(x);
  const Matrix<double> w = parameter(conv, "0.weight"), b = parameter(conv, "0.bias");
  for (Index n = 0; n < 2; ++n)
    for (Index pixel = 0; pixel < 6; ++pixel) {
      Vector<double> in(4), out(5);
      for (Index c = 0; c < 4; ++c) in(c) = x(c * 6 + pixel, n);
      for (Index c = 0; c < 5; ++c) out(c) = y(c * 6 + pixel, n);
      CHECK((w * in + b - out).cwiseAbs().maxCoeff() <= 1e-15);
    }
}

TEMPLATE_TEST_CASE("A normalized convolution multiplies by its effective weight", "", float, double) {
  const Image image{6, 5, 2};
  auto net = started<TestType>(Conv2D(image, 3, Kernel{3, 3}, {.padding = 1}, WeightNorm{}));
  assign(net, "0.gain", Matrix<TestType>{{2}, {-1}, {0}});
  CHECK((effective_weight(net, "0.weight").rowwise().norm() - Matrix<TestType>{{2}, {1}, {0}}).norm() < 1e-6);
  auto plain = sequential<TestType>(Conv2D(image, 3, Kernel{3, 3}, {.padding = 1}));
  assign(plain, "0.weight", effective_weight(net, "0.weight"));
  assign(plain, "0.bias", parameter(net, "0.bias"));
  const Matrix<TestType> x = random_matrix<TestType>(image.size(), 4, 1);
  CHECK((net.predict(x) - plain.predict(x)).norm() <= (sizeof(TestType) == 4 ? 1e-5 : 1e-14));
}

TEMPLATE_TEST_CASE("Policies bound each kernel, and those of Bias the bias", "", float, double) {
  auto net = sequential<TestType>(Conv2D(Image{5, 5, 2}, 4, Kernel{3, 3}, MaxNorm{0.3}, Bias{NonNegative{}}),
                                  Tanh{}, Conv2D(Image{3, 3, 4}, 2, Kernel{3, 3}, Clip{-0.1, 0.1}));
  initialize(net, Rng{2}, PyTorchLinear{});
  CHECK(feasible(net));
  Optimizer optimizer{SGD{.learning_rate = 0.5}};
  random_steps(net, optimizer, 20, 3);
  CHECK(feasible(net));
  const Matrix<TestType> norms = parameter(net, "0.weight").rowwise().norm();
  REQUIRE(norms.size() == 4);
  CHECK(norms.minCoeff() > 0.29);  // all kernels wander at the bound
  CHECK(norms.maxCoeff() < 0.3 * (1 + 1e-6));
  CHECK(parameter(net, "0.bias").minCoeff() == 0);
  CHECK(parameter(net, "2.weight").cwiseAbs().maxCoeff() == detail::round_down<TestType>(0.1));
}

TEST_CASE("Parameters of a convolution are named and shaped as those of a dense layer of its kernels") {
  auto net = sequential<float>(Conv2D(Image{28, 28, 3}, 8, Kernel{3, 5}, WeightNorm{}));
  std::vector<std::string> seen;
  net.for_each_parameter([&](const auto& p) {
    seen.push_back(p.path + " " + std::to_string(p.rows) + " x " + std::to_string(p.cols));
  });
  CHECK(seen == std::vector<std::string>{"0.weight 8 x 45", "0.gain 8 x 1", "0.bias 8 x 1"});
}

TEST_CASE("Initializers get the fans of a kernel") {
  Index in = 0, out = 0;
  auto net = sequential<float>(Conv2D(Image{9, 9, 3}, 8, Kernel{3, 5}));
  initialize(net, Rng{1}, Fans{&in, &out});
  CHECK(in == 3 * 3 * 5);
  CHECK(out == 8 * 3 * 5);
}

TEST_CASE("Convolutions and poolings tell the images that go in and out") {
  const Conv2D conv(Image{28, 20, 3}, 8, Kernel{5, 3}, {.stride = 2, .padding = 1}, MaxNorm{1});
  CHECK(conv.input_image() == Image{28, 20, 3});
  CHECK(conv.output_image() == Image{13, 10, 8});
  CHECK(conv.inputs() == 28 * 20 * 3);
  CHECK(conv.outputs() == 13 * 10 * 8);
  CHECK(Conv2D(conv.output_image(), 4, Kernel{3, 3}).output_image() == Image{11, 8, 4});
  const std::size_t channels = 4;
  CHECK(Conv2D(Image{3, 3}, channels, Kernel{3, 3}).outputs() == 4);
}

TEST_CASE("The number of threads changes no bit of a convolutional net") {
  const int before = threads();
  std::vector<std::vector<float>> runs;
  for (const int n : {1, 2, 3}) {
    set_threads(n);
    const Conv2D first(Image{20, 20, 2}, 16, Kernel{3, 3}, MaxNorm{1});
    const Conv2D second(Image{9, 9, 16}, 24, Kernel{3, 3}, WeightNorm{});
    auto net = started<float>(first, ReLU{}, MaxPool2D(first.output_image()), second, ReLU{},
                              Dense(second.outputs(), 3));
    Optimizer optimizer{SGD{.learning_rate = 0.01}};
    const Matrix<float> x = random_matrix<float>(net.inputs(), 13, 2), dy = random_matrix<float>(3, 13, 3);
    for (int k = 0; k < 3; ++k) {
      net.forward(x);
      net.backward(x, dy);
      optimizer.step(net);
    }
    runs.push_back(numbers_of(net));
  }
  set_threads(before);
  CHECK(runs[0] == runs[1]);
  CHECK(runs[0] == runs[2]);
}

TEST_CASE("Conv2D refuses what makes no sense, and says where") {
  CHECK(message_of([] {
          Conv2D(Image{3, 3}, 2, Kernel{6, 3}, {.padding = 1});
        }) ==
        "Conv2D: expected a kernel of at least 1 x 1 and at most 5 x 5, the image with its padding, found 6 "
        "x 3");
  CHECK_THROWS_AS(Conv2D(Image{3, 3}, 2, Kernel{4, 4}), ShapeError);
  CHECK_NOTHROW(Conv2D(Image{3, 3}, 2, Kernel{5, 5}, {.padding = 1}));
  CHECK_THROWS_AS(Conv2D(Image{3, 3}, 2, Kernel{0, 1}), ShapeError);
  CHECK_THROWS_AS(Conv2D(Image{3, 0}, 2, Kernel{1, 1}), ShapeError);
  CHECK(message_of([] {
          Conv2D(Image{3, 3}, 0, Kernel{1, 1});
        }) == "Conv2D: expected at least 1 output channel, found 0");
  CHECK(message_of([] {
          Conv2D(Image{3, 3}, 1, Kernel{1, 1}, {.stride = 0});
        }) == "Conv2D: expected stride >= 1, found 0");
  CHECK_THROWS_AS(Conv2D(Image{3, 3}, 1, Kernel{1, 1}, {.padding = -1}), ValueError);
  CHECK(message_of([] {
          Conv2D(Image{4, 5, 2}, 2, Kernel{3, 3}, MaxNorm{-1});
        }) == "Conv2D(4 x 5 x 2, kernel 3 x 3) weight: MaxNorm: expected radius > 0 and finite, found -1");
  CHECK(message_of([] {
          sequential<float>(Conv2D(Image{5, 5}, 2, Kernel{3, 3}), Dense(9, 2));
        }) == "layer 1: expected 18 inputs, what layer 0 gives, found a layer with 9 inputs");
}

TEST_CASE("Convolutions are values that can be compared") {
  CHECK(Conv2D(Image{5, 5}, 2, Kernel{3, 3}, MaxNorm{1}) == Conv2D(Image{5, 5}, 2, Kernel{3, 3}, MaxNorm{1}));
  CHECK(Conv2D(Image{5, 5}, 2, Kernel{3, 3}, MaxNorm{1}) != Conv2D(Image{5, 5}, 2, Kernel{3, 3}, MaxNorm{2}));
  CHECK(Conv2D(Image{5, 5}, 2, Kernel{3, 3}) != Conv2D(Image{5, 5}, 2, Kernel{3, 3}, {.padding = 1}));
  CHECK(Conv2D(Image{5, 5}, 2, Kernel{3, 3}) != Conv2D(Image{5, 5}, 3, Kernel{3, 3}));
}

TEST_CASE("A block of a convolution is the kernel of one channel") {
  Sequential net{Conv2D(Image{5, 5, 2}, 3, Kernel{3, 3}, per_block<9>(SumTo{1})), Dense(27, 1)};
  initialize(net, {.seed = 1});
  // Constant channels: each output is their sum, and the bias.
  Matrix<float> x(50, 1);
  x.topRows(25).setConstant(2), x.bottomRows(25).setConstant(-0.5F);
  net.forward(x);
  CHECK((net.activation(0).array() - 1.5F).abs().maxCoeff() < 1e-5);
}
