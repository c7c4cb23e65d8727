// SPDX-License-Identifier: MIT
// What generated headers compute, beside predict: within a bound that is computed here in double.
#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "espalier/espalier.hpp"
#include "generated.hpp"

using namespace espalier;

namespace {

/// Values as computed in double, and how far the two others may be apart: at most 4 u sum |w x| more at each
/// layer with weights, and 8 u of its value at an activation that is no choice between its parts.
struct Bounded {
  Eigen::VectorXd value, apart;
  double u;

  Bounded dense(const Eigen::MatrixXd& w, const Eigen::VectorXd& b) const {
    const Eigen::MatrixXd size = w.cwiseAbs();
    return {w * value + b, (size * apart + 4 * u * (size * value.cwiseAbs() + b.cwiseAbs())).eval(), u};
  }
  Bounded map(const std::function<double(double)>& f, double slope, double own) const {
    const Eigen::VectorXd y = value.unaryExpr(f);
    return {y, slope * apart + own * u * y.cwiseAbs(), u};
  }
  Bounded plus(const Bounded& other) const {
    const Eigen::VectorXd y = value + other.value;
    return {y, apart + other.apart + u * y.cwiseAbs(), u};
  }
  Bounded under(const Bounded& other) const {
    Eigen::VectorXd y(value.size() + other.value.size()), a(y.size());
    y << value, other.value;
    a << apart, other.apart;
    return {y, a, u};
  }
  /// Slopes of softmax are at most 1/2 for each input, in sum over the outputs of one at most 1.
  Bounded softmax() const {
    const Eigen::VectorXd e = (value.array() - value.maxCoeff()).exp(), y = e / e.sum();
    // y_k changes by y_k (d_k - mean of d), and exponents are rounded.
    const double most = 2 * apart.maxCoeff() + u * (value.maxCoeff() - value.minCoeff());
    return {y, (y.array() * (2 * most + 16 * u)).matrix(), u};
  }
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

template <class Net>
Eigen::MatrixXd w(const Net& net, const char* path) {
  return effective_weight(net, path).template cast<double>();
}
template <class Net>
Eigen::VectorXd b(const Net& net, const char* path) {
  return parameter(net, path).template cast<double>();
}

/// A convolution as the matrix that it is.
Eigen::MatrixXd matrix_of(const Eigen::MatrixXd& kernels, Image image, Kernel kernel, Index stride,
                          Index padding) {
  const Index height = (image.height + 2 * padding - kernel.height) / stride + 1,
              width = (image.width + 2 * padding - kernel.width) / stride + 1;
  Eigen::MatrixXd all = Eigen::MatrixXd::Zero(kernels.rows() * height * width, image.size());
  for (Index o = 0; o < kernels.rows(); ++o)
    for (Index row = 0; row < height; ++row)
      for (Index column = 0; column < width; ++column)
        for (Index c = 0; c < image.channels; ++c)
          for (Index v = 0; v < kernel.height; ++v)
            for (Index h = 0; h < kernel.width; ++h) {
              const Index y = row * stride + v - padding, x = column * stride + h - padding;
              if (y < 0 || x < 0 || y >= image.height || x >= image.width) continue;
              all((o * height + row) * width + column, (c * image.height + y) * image.width + x) =
                  kernels(o, (c * kernel.height + v) * kernel.width + h);
            }
  return all;
}
Eigen::VectorXd repeated(const Eigen::VectorXd& numbers, Index times) {
  Eigen::VectorXd all(numbers.size() * times);
  for (Index i = 0; i < all.size(); ++i) all(i) = numbers(i / times);
  return all;
}

Bounded pool(const Bounded& x, Image image) {
  const Index height = image.height / 2, width = image.width / 2;
  Bounded y{Eigen::VectorXd(image.channels * height * width),
            Eigen::VectorXd(image.channels * height * width), x.u};
  for (Index i = 0; i < y.value.size(); ++i) {
    const Index corner =
        ((i / (height * width)) * image.height + i / width % height * 2) * image.width + i % width * 2;
    y.value(i) = -HUGE_VAL;
    y.apart(i) = 0;
    for (const Index at : {corner, corner + 1, corner + image.width, corner + image.width + 1}) {
      y.value(i) = std::max(y.value(i), x.value(at));
      y.apart(i) = std::max(y.apart(i), x.apart(at));
    }
  }
  return y;
}

/// Both programs are within the bounds of predict at random inputs, and the bounds are such that they say
/// something.
template <class Net>
void check(Generated& programs, int k, const Net& net,
           const std::function<Bounded(const Bounded&)>& reference) {
  using S = typename Net::scalar_type;
  const double u = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;
  const Matrix<S> x = 2 * Matrix<S>::Random(net.inputs(), 20);
  for (const std::string language : {"cpp", "c"}) {
    const Matrix<S> y = programs.run(language, k, x, net.outputs());
    for (Index j = 0; j < x.cols(); ++j) {
      const Matrix<S> expected = net.predict(x.col(j));
      const Bounded bound =
          reference({x.col(j).template cast<double>(), Eigen::VectorXd::Zero(net.inputs()), u});
      for (Index i = 0; i < y.rows(); ++i) {
        INFO(language << ", net " << k << ", sample " << j << ", output " << i);
        CHECK(std::abs(static_cast<double>(y(i, j) - expected(i, 0))) <= bound.apart(i));
        CHECK(std::abs(static_cast<double>(y(i, j)) - bound.value(i)) <= 2 * bound.apart(i));
        CHECK(bound.apart(i) <= 1e4 * u * (1 + std::abs(bound.value(i))));
      }
    }
  }
}

/// Weights of which many are 0, and a fifth of the inputs read nowhere.
template <class Net>
void make_sparse(Net& net, const char* path, double share) {
  auto weight = effective_weight(net, path);
  Rng rng(3);
  for (Index j = 0; j < weight.cols(); ++j)
    for (Index i = 0; i < weight.rows(); ++i)
      if (j % 5 == 2 || rng.uniform() < share) weight(i, j) = 0;
  assign(net, path, weight);
}

template <class S>
auto smooth_net() {
  auto net = sequential<S>(Dense(4, 16), Tanh{}, Dense(16, 16), Sigmoid{}, Dense(16, 5), Softplus{.beta = 2},
                           Dense(5, 3), ELU{.alpha = 0.5}, Dense(3, 4), Softmax{});
  initialize(net, {.seed = 1});
  return net;
}
template <class Net>
Bounded smooth(const Net& net, const Bounded& x) {
  return x.dense(w(net, "0.weight"), b(net, "0.bias"))
      .map([](double v) { return std::tanh(v); }, 1, 8)
      .dense(w(net, "2.weight"), b(net, "2.bias"))
      .map(logistic, 0.25, 8)
      .dense(w(net, "4.weight"), b(net, "4.bias"))
      .map([](double v) { return std::log1p(std::exp(2 * v)) / 2; }, 1, 8)
      .dense(w(net, "6.weight"), b(net, "6.bias"))
      .map([](double v) { return v > 0 ? v : 0.5 * std::expm1(v); }, 1, 8)
      .dense(w(net, "8.weight"), b(net, "8.bias"))
      .softmax();
}

}  // namespace

TEST_CASE("headers compile as C++17 and as C99 without a warning and compute what predict does") {
  Generated programs;
  const auto tanh = smooth_net<float>();
  programs.add(tanh, "smooth");
  const auto twice = smooth_net<double>();
  programs.add(twice, "smooth_double");

  Sequential digits{Dense(64, 70, NonNegative{}), ReLU{}, Dense(70, 37), LeakyReLU{.slope = 0.2},
                    Dense(37, 10, NoBias{})};
  initialize(digits, {.seed = 2});
  make_sparse(digits, "0.weight", 0.5);
  make_sparse(digits, "2.weight", 0);  // lines of zeros only
  programs.add(digits, "digits");
  programs.add(digits, "fast_digits", {.zeros = Zeros::fastest});
  const auto digits_bound = [&](const Bounded& x) {
    return x.dense(w(digits, "0.weight"), b(digits, "0.bias"))
        .map([](double v) { return std::max(v, 0.0); }, 1, 0)
        .dense(w(digits, "2.weight"), b(digits, "2.bias"))
        .map([](double v) { return v > 0 ? v : 0.2 * v; }, 1, 1)
        .dense(w(digits, "4.weight"), Eigen::VectorXd::Zero(10));
  };

  const Image image{12, 13, 2}, half{6, 6, 6};
  Sequential conv{Conv2D(image, 6, Kernel{3, 3}, {.padding = 1}),
                  BatchNorm(6, {.per = 12 * 13}),
                  ReLU{},
                  MaxPool2D(Image{12, 13, 6}),
                  Conv2D(half, 5, Kernel{3, 2}, {.stride = 2}, WeightNorm{}),
                  LeakyReLU{},
                  Dense(30, 3)};
  initialize(conv, {.seed = 3});
  for (int k = 0; k < 5; ++k) conv.forward(Matrix<float>::Random(image.size(), 8));  // running averages
  programs.add(conv, "conv");

  Sequential blocks{Dense(5, 20),
                    Residual{Dense(20, 17), SiLU{}, Dense(17, 20)},
                    Concat{Chain{Dense(20, 8), Tanh{}, Dropout{0.5}}, Identity{}, Dense(20, 4)},
                    GELU{},
                    Dense(32, 20, SoftplusWeight{}),
                    Sigmoid{}};
  initialize(blocks, {.seed = 4});
  programs.add(blocks, "blocks");

  programs.add_lines(
      "static_assert(digits::violation == 0 && digits::inputs_never_read[2] && "
      "!digits::inputs_never_read[0]);\n"
      "static_assert(digits::inputs == 64 && digits::inputs_never_read_count == 13 && digits::zeros > "
      "2000);\n",
      "typedef char holds[digits_never_reads(2) && !digits_never_reads(0) && digits_zeros > 2000 ? 1 : -1];\n"
      "static const double violation = digits_violation;\n"
      "static int reads(const holds* h) { return h && violation < 0 && digits_inputs_never_read[3]; }\n"
      "int unused(const holds* h) { return reads(h); }\n");
  REQUIRE(programs.build("-Os -fsyntax-only"));
  REQUIRE(programs.build("-O2"));

  check(programs, 0, tanh, [&](const Bounded& x) { return smooth(tanh, x); });
  check(programs, 1, twice, [&](const Bounded& x) { return smooth(twice, x); });
  check(programs, 2, digits, digits_bound);
  check(programs, 3, digits, digits_bound);
  check(programs, 4, conv, [&](const Bounded& x) {
    const Eigen::VectorXd scale = repeated(
        (b(conv, "1.weight").array() / (b(conv, "1.running_var").array() + 1e-5).sqrt()).matrix(), 156);
    const Eigen::VectorXd shift = repeated(b(conv, "1.bias"), 156) -
                                  (scale.array() * repeated(b(conv, "1.running_mean"), 156).array()).matrix();
    return pool(x.dense(matrix_of(w(conv, "0.weight"), image, {3, 3}, 1, 1), repeated(b(conv, "0.bias"), 156))
                    .dense(scale.asDiagonal().toDenseMatrix(), shift)
                    .map([](double v) { return std::max(v, 0.0); }, 1, 0),
                Image{12, 13, 6})
        .dense(matrix_of(w(conv, "4.weight"), half, {3, 2}, 2, 0), repeated(b(conv, "4.bias"), 6))
        .map([](double v) { return v > 0 ? v : 0.01 * v; }, 1, 1)
        .dense(w(conv, "6.weight"), b(conv, "6.bias"));
  });
  check(programs, 5, blocks, [&](const Bounded& x) {
    const Bounded first = x.dense(w(blocks, "0.weight"), b(blocks, "0.bias"));
    const Bounded second = first.plus(first.dense(w(blocks, "1.body.0.weight"), b(blocks, "1.body.0.bias"))
                                          .map([](double v) { return v * logistic(v); }, 1.1, 8)
                                          .dense(w(blocks, "1.body.2.weight"), b(blocks, "1.body.2.bias")));
    return second.dense(w(blocks, "2.0.0.weight"), b(blocks, "2.0.0.bias"))
        .map([](double v) { return std::tanh(v); }, 1, 8)
        .under(second)
        .under(second.dense(w(blocks, "2.2.weight"), b(blocks, "2.2.bias")))
        .map([](double v) { return v * std::erfc(-v / std::sqrt(2.0)) / 2; }, 1.13, 8)
        .dense(w(blocks, "4.weight"), b(blocks, "4.bias"))
        .map(logistic, 0.25, 8);
  });
}
