// SPDX-License-Identifier: MIT
#include "espalier/layer/max_pool2d.hpp"

#include <cmath>
#include <limits>

#include "../central_difference.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/by_sample.hpp"

using namespace espalier;

static_assert(Sized<MaxPool2D> && Layer<MaxPool2D>);

namespace {

template <Scalar S>
Matrix<S> forward(const MaxPool2D& pool, const Matrix<S>& x) {
  Matrix<S> y(pool.outputs(), x.cols());
  pool.forward(x, y);
  return y;
}

template <Scalar S>
Matrix<S> backward(const MaxPool2D& pool, const Matrix<S>& x, const Matrix<S>& dy) {
  Matrix<S> dx = Matrix<S>::Constant(x.rows(), x.cols(), 7);
  pool.backward(x, forward(pool, x), dy, dx);
  return dx;
}

const MaxPool2D pair(Image{2, 2});

}  // namespace

TEST_CASE("A window gives its largest pixel, and the gradient goes there") {
  Matrix<double> x(2 * 3 * 5, 1);  // two channels of 3 x 5: the last row and the last column are left out
  x << 1, 5, -2, -3, 9,            //
      2, 3, -1, -4, 9,             //
      9, 9, 9, 9, 9,               //
      0, 0, 7, 1, 9,               //
      0, 4, 2, 8, 9,               //
      9, 9, 9, 9, 9;
  const MaxPool2D pool(Image{3, 5, 2}, {.size = 2, .stride = 2});
  CHECK(pool.output_image() == Image{1, 2, 2});
  CHECK(forward(pool, x) == Matrix<double>{{5}, {-1}, {4}, {8}});
  Matrix<double> expected = Matrix<double>::Zero(30, 1);
  expected(1) = 10, expected(7) = 20, expected(21) = 30, expected(23) = 40;
  CHECK(backward(pool, x, Matrix<double>{{10}, {20}, {30}, {40}}) == expected);
}

TEMPLATE_TEST_CASE("Of equal pixels the first takes the gradient", "", float, double) {
  using M = Matrix<TestType>;
  CHECK(backward<TestType>(pair, M{{3}, {3}, {3}, {3}}, M{{5}}) == M{{5}, {0}, {0}, {0}});
  CHECK(backward<TestType>(pair, M{{1}, {3}, {3}, {2}}, M{{5}}) == M{{0}, {5}, {0}, {0}});
  CHECK(backward<TestType>(pair, M{{0}, {-1}, {-TestType(0)}, {-2}}, M{{5}}) == M{{5}, {0}, {0}, {0}});
}

TEMPLATE_TEST_CASE("NaN and infinity pass through a window", "", float, double) {
  using M = Matrix<TestType>;
  using Limits = std::numeric_limits<TestType>;
  const TestType nan = Limits::quiet_NaN(), inf = Limits::infinity();
  for (Index place = 0; place < 4; ++place) {
    M x = M::Constant(4, 1, 2);
    x(place) = nan;
    CHECK(std::isnan(forward<TestType>(pair, x)(0)));
    M expected = M::Zero(4, 1);
    expected(place) = 5;
    CHECK(backward<TestType>(pair, x, M{{5}}) == expected);
    x(place) = inf;
    CHECK(forward<TestType>(pair, x)(0) == inf);
    CHECK(backward<TestType>(pair, x, M{{5}}) == expected);
  }
  CHECK(forward<TestType>(pair, M::Constant(4, 1, -inf))(0) == -inf);
  CHECK(backward<TestType>(pair, M::Constant(4, 1, 1), M{{inf}}) == M{{inf}, {0}, {0}, {0}});
}

TEST_CASE("Pools of all sizes are the largest of their windows, with their derivative") {
  const auto check = [](const Image& image, MaxPool2DOptions options) {
    CAPTURE(image.height, image.width, image.channels, options.size, options.stride);
    const MaxPool2D pool(image, options);
    const Index step = options.stride > 0 ? options.stride : options.size;
    const Image out = pool.output_image();
    const Matrix<double> x = random_matrix<double>(image.size(), 3, 1);
    const Matrix<double> y = forward(pool, x);
    for (Index n = 0; n < 3; ++n)
      for (Index i = 0; i < out.size(); ++i) {
        const Index c = i / (out.height * out.width), row = i / out.width % out.height,
                    column = i % out.width;
        const Eigen::Map<const WeightMatrix<double>> plane(&x(c * image.height * image.width, n),
                                                           image.height, image.width);
        CHECK(y(i, n) == plane.block(row * step, column * step, options.size, options.size).maxCoeff());
      }
    const Matrix<double> weights = random_matrix<double>(pool.outputs(), 3, 2);
    const Matrix<double> numeric = central_difference(
        [&](const Matrix<double>& at) { return forward(pool, at).cwiseProduct(weights).sum(); }, x);
    CHECK((backward(pool, x, weights) - numeric).norm() <= 1e-8 * numeric.norm());
  };
  check({4, 4, 1}, {});
  check({7, 5, 2}, {});
  check({7, 5, 2}, {.size = 1});
  check({6, 7, 2}, {.size = 3});
  check({7, 7, 2}, {.size = 3, .stride = 2});  // windows overlap
  check({5, 6, 2}, {.size = 3, .stride = 1});
  check({7, 8, 1}, {.size = 2, .stride = 3});  // or leave pixels out
  check({5, 5, 3}, {.size = 5});
  check({2, 100, 1}, {});
}

TEST_CASE("Threads share a large batch of a pool and change nothing") {
  const int before = threads();
  const MaxPool2D pool(Image{20, 20, 8});
  const Matrix<float> x = random_matrix<float>(pool.inputs(), 16, 1),
                      dy = random_matrix<float>(pool.outputs(), 16, 2);
  for (const int n : {2, 3}) {
    set_threads(n);
    Matrix<float> y(pool.outputs(), 16), dx(pool.inputs(), 16);
    using Map = Eigen::Map<Matrix<float>>;
    using ConstMap = Eigen::Map<const Matrix<float>>;
    const ConstMap from(x.data(), x.rows(), 16), given(dy.data(), dy.rows(), 16);
    CHECK(detail::parts_of_batch<MaxPool2D>(from) == n);
    detail::forward(pool, from, Map(y.data(), y.rows(), 16), Pass{});
    detail::backward(pool, from, Map(y.data(), y.rows(), 16), given, Map(dx.data(), dx.rows(), 16), Pass{});
    CHECK(y == forward(pool, x));
    CHECK(dx == backward(pool, x, dy));
  }
  set_threads(before);
}

TEST_CASE("MaxPool2D refuses windows that do not fit") {
  CHECK(message_of([] {
          MaxPool2D(Image{3, 5}, {.size = 4});
        }) ==
        "MaxPool2D: expected a window of at least 1 x 1 and at most 3 x 5, the image, found "
        "4 x 4");
  CHECK_THROWS_AS(MaxPool2D(Image{3, 5}, {.size = 0}), ShapeError);
  CHECK_THROWS_AS(MaxPool2D(Image{0, 5}), ShapeError);
  CHECK_THROWS_AS(MaxPool2D(Image{3, 5}, {.stride = -1}), ValueError);
  CHECK(MaxPool2D(Image{4, 4}) == MaxPool2D(Image{4, 4}, {.size = 2, .stride = 2}));
  CHECK(MaxPool2D(Image{4, 4}) != MaxPool2D(Image{4, 4}, {.size = 2, .stride = 1}));
}
