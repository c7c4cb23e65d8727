// SPDX-License-Identifier: MIT
#include "espalier/layer/group_sort.hpp"

#include <cmath>
#include <limits>

#include "../searched_norms.hpp"
#include "../support.hpp"
#include "espalier/certify/input_signs.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/layer/dense.hpp"
#include "layer_test.hpp"

using namespace espalier;

static_assert(Layer<GroupSort> && HasNormBounds<GroupSort>);

namespace {

/// The inputs of each group by repeated choice of the least that is left, the first of equal ones.
Matrix<double> chosen(const Matrix<double>& x, Index size, Matrix<double>* places = nullptr) {
  Matrix<double> y(x.rows(), x.cols());
  for (Index i = 0; i < x.cols(); ++i)
    for (Index begin = 0; begin < x.rows(); begin += size) {
      const Index n = std::min(size, x.rows() - begin);
      std::vector<bool> used(static_cast<std::size_t>(n));
      for (Index k = 0; k < n; ++k) {
        Index best = -1;
        for (Index j = 0; j < n; ++j)
          if (!used[static_cast<std::size_t>(j)] && (best < 0 || x(begin + j, i) < x(begin + best, i)))
            best = j;
        used[static_cast<std::size_t>(best)] = true;
        y(begin + k, i) = x(begin + best, i);
        if (places) (*places)(begin + k, i) = static_cast<double>(begin + best);
      }
    }
  return y;
}

}  // namespace

TEST_CASE("Groups come in rising order, and each number's gradient goes back to its place") {
  for (const Index size : {1, 2, 3, 5, 7, 0}) {
    CAPTURE(size);
    Matrix<double> x = random_matrix<double>(7, 40, 1);
    x = (2 * x).array().round().matrix();  // many tie
    const Matrix<double> dy = random_matrix<double>(7, 40, 2);
    Matrix<double> places(7, 40), expected(7, 40);
    const Matrix<double> y = chosen(x, size == 0 ? 7 : size, &places);
    for (Index k = 0; k < y.size(); ++k) expected(static_cast<Index>(places(k)), k / 7) = dy(k);
    CHECK(test::forward(GroupSort{.size = size}, x) == y);
    CHECK(test::backward(GroupSort{.size = size}, x, dy) == expected);
    CHECK(test::forward(GroupSort{.size = size}, Matrix<float>(x.cast<float>())).cast<double>() == y);
  }
}

TEST_CASE("GroupSort's backward is the derivative of its forward") {
  for (const Index size : {2, 3, 0})
    test::check_derivative(GroupSort{.size = size}, random_matrix<double>(7, 5, 3));
}

TEST_CASE("GroupSort works on maps with rows known to the compiler") {
  test::check_maps(GroupSort{});
  test::check_maps(GroupSort{.size = 0});
}

TEMPLATE_TEST_CASE("NaN comes last and infinity sorts", "", float, double) {
  using M = Matrix<TestType>;
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN(),
                 inf = std::numeric_limits<TestType>::infinity();
  for (const Index size : {2, 4}) {
    const M y = test::forward<GroupSort, TestType>(GroupSort{.size = size}, M{{nan}, {3}, {inf}, {-inf}});
    CHECK(y.array().isNaN().count() == 1);
    CHECK(std::isnan(y(size - 1)));
    CHECK(y(0) == (size == 2 ? 3 : -inf));
    CHECK(y(size == 2 ? 3 : 2) == inf);
    CHECK(test::backward<GroupSort, TestType>(GroupSort{.size = size}, M{{nan}, {3}, {nan}, {nan}},
                                              M{{1}, {2}, {3}, {4}}) ==
          (size == 2 ? M{{2}, {1}, {3}, {4}} : M{{2}, {1}, {3}, {4}}));
  }
}

TEST_CASE("Sorting stretches no norm and never falls, and with orthonormal weights keeps every gradient") {
  auto net = sequential<double>(Dense(8, 8, Orthonormal{}), GroupSort{}, Dense(8, 6, Orthonormal{}),
                                GroupSort{.size = 0}, Dense(6, 1, Orthonormal{}));
  initialize(net, {.seed = 3});
  const LipschitzBounds bounds = checked(net, 0.99);
  CHECK(bounds.layers[1].bounds == NormBounds{1, 1, 1});
  CHECK(bounds.two == Approx(1).epsilon(1e-10));
  const Matrix<double> x = random_matrix<double>(8, 20, 4);
  Matrix<double> gradient;
  net.forward(x);
  net.backward(x, Matrix<double>::Ones(1, 20), gradient);
  for (Index i = 0; i < 20; ++i) CHECK(gradient.col(i).norm() == Approx(1).epsilon(1e-13));
  auto rising = sequential<double>(Dense(2, 4), GroupSort{}, Dense(4, 1));
  assign(rising, "0.weight", Matrix<double>(Matrix<double>::Ones(4, 2)));
  assign(rising, "2.weight", Matrix<double>(Matrix<double>::Ones(1, 4)));
  CHECK(input_signs(rising).prove(Monotone{+1, +1}));
}

TEST_CASE("A negative size of a group is refused") {
  CHECK(message_of([] {
          sequential<float>(Dense(2, 2), GroupSort{.size = -1});
        }).ends_with("expected size >= 0, found -1"));
}
