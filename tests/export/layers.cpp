// SPDX-License-Identifier: MIT
// What generated headers of nets with images and blocks compute, beside predict: within a bound that is
// computed here in double.
#include "bounds.hpp"

using namespace bounds;

namespace {

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

}  // namespace

TEST_CASE("headers of nets with images and with blocks compute what predict does") {
  Generated programs;
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
  REQUIRE(programs.build("-O2"));

  check(programs, 0, conv, [&](const Bounded& x) {
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
  check(programs, 1, blocks, [&](const Bounded& x) {
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
