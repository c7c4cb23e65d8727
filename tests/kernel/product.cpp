// SPDX-License-Identifier: MIT
#include "espalier/kernel/product.hpp"

#include "../nets.hpp"

using namespace espalier;

namespace {

/// How far a product is from the expected one, in parts of it.
template <Scalar S>
double parting(const Matrix<S>& found, const Matrix<double>& expected) {
  return (found.template cast<double>() - expected).norm() / expected.norm();
}

template <Scalar S, int rows = Dynamic, int cols = Dynamic>
void compare(Index in, Index out, Index n) {
  using Weight = Eigen::Matrix<S, rows, cols, cols == 1 ? Eigen::ColMajor : Eigen::RowMajor>;
  CAPTURE(in, out, n);
  const double close = sizeof(S) == sizeof(float) ? 1e-6 : 1e-14;
  const WeightMatrix<S> weight = random_matrix<S>(out, in, 1);
  const Matrix<S> x = random_matrix<S>(in, n, 2), dy = random_matrix<S>(out, n, 3);
  const Matrix<double> w = weight.template cast<double>(), from = x.template cast<double>(),
                       back = dy.template cast<double>();
  const Vector<S> bias = Vector<S>::LinSpaced(out, 1, 7);
  Matrix<S> y = Matrix<S>::Constant(out, n, 7), dx = Matrix<S>::Constant(in, n, 7);
  WeightMatrix<S> gradient = WeightMatrix<S>::Constant(out, in, 7);

  detail::multiply_weight<Weight>(in, out, n, weight.data(), x.data(), bias.data(), y.data());
  CHECK(parting<S>(y, (w * from).colwise() + bias.template cast<double>()) <= close);
  detail::multiply_weight<Weight, S>(in, out, n, weight.data(), x.data(), nullptr, y.data());
  CHECK(parting<S>(y, w * from) <= close);
  detail::input_gradient<Weight>(in, out, n, weight.data(), dy.data(), dx.data());
  CHECK(parting<S>(dx, w.transpose() * back) <= close);
  detail::weight_gradient<Weight>(in, out, n, dy.data(), x.data(), gradient.data());
  CHECK(parting<S>(gradient, back * from.transpose()) <= close);
}

}  // namespace

TEMPLATE_TEST_CASE("The products of a dense layer are the sums that they should be", "", float, double) {
  compare<TestType>(1, 1, 1);
  compare<TestType>(5, 7, 3);     // sample by sample
  compare<TestType>(5, 7, 6);     // the smallest batch of tiles
  compare<TestType>(33, 47, 65);  // no side is a multiple of a tile
  compare<TestType>(300, 3, 100);
  compare<TestType>(3, 300, 100);
  compare<TestType>(700, 20, 13);                              // deeper than a panel
  compare<TestType>(64, 128, 600);                             // and in the weight's gradient
  for (Index n = 6; n < 32; ++n) compare<TestType>(9, 20, n);  // tiles of all heights
  compare<TestType>(2200, 9, 12);                              // deeper than a block
  compare<TestType>(2048, 9, 130);                             // and in place, with more samples than a block
}

TEMPLATE_TEST_CASE("Extents known to the compiler change nothing", "", float, double) {
  for (const Index n : {1, 3, 6, 40}) {
    compare<TestType, 7, 5>(5, 7, n);
    compare<TestType, 1, 16>(16, 1, n);
    compare<TestType, 9, 1>(1, 9, n);
  }
}

#ifndef EIGEN_USE_BLAS  // which sums as it likes

namespace {

/// All three products, one after another, by so many threads.
template <Scalar S>
std::vector<S> products(int n_threads, Index in, Index out, Index n) {
  set_threads(n_threads);
  const auto weight = static_cast<std::size_t>(in * out), x = static_cast<std::size_t>(in * n),
             y = static_cast<std::size_t>(out * n);
  std::vector<S> numbers(weight + x + y, S(7));
  const WeightMatrix<S> w = random_matrix<S>(out, in, 1);
  const Vector<S> bias = Vector<S>::LinSpaced(out, 1, 7);
  const Matrix<S> from = random_matrix<S>(in, n, 2), dy = random_matrix<S>(out, n, 3);
  detail::multiply_weight<WeightMatrix<S>>(in, out, n, w.data(), from.data(), bias.data(), numbers.data());
  detail::input_gradient<WeightMatrix<S>>(in, out, n, w.data(), dy.data(), numbers.data() + y);
  detail::weight_gradient<WeightMatrix<S>>(in, out, n, dy.data(), from.data(), numbers.data() + y + x);
  return numbers;
}

}  // namespace

TEMPLATE_TEST_CASE("The number of threads changes no product by a bit", "", float, double) {
  const int before = threads();
  const auto check = [](Index in, Index out, Index n) {
    CAPTURE(in, out, n);
    const auto expected = products<TestType>(1, in, out, n);
    for (const int several : {2, 3, 7}) CHECK(products<TestType>(several, in, out, n) == expected);
  };
  check(333, 300, 1);  // sample by sample
  check(2500, 46, 5);
  check(300, 203, 33);  // no side is a multiple of a tile
  check(600, 10, 333);  // fewer panels than threads
  check(10, 600, 333);
  check(1100, 90, 130);  // rows are copied
  check(77, 77, 600);
  set_threads(before);
}

TEMPLATE_TEST_CASE("A sample's outputs do not depend on the samples beside it", "", float, double) {
  using Weight = WeightMatrix<TestType>;
  const auto check = [](Index in, Index out) {
    CAPTURE(in, out);
    const Index most = 401;
    const Weight weight = random_matrix<TestType>(out, in, 1);
    const Matrix<TestType> x = random_matrix<TestType>(in, most, 2);
    Matrix<TestType> all(out, most), some(out, most);
    detail::multiply_weight<Weight, TestType>(in, out, most, weight.data(), x.data(), nullptr, all.data());
    for (const Index n : {1, 2, 3, 5, 8, 17, 40}) {
      detail::multiply_weight<Weight, TestType>(in, out, n, weight.data(), x.col(17).data(), nullptr,
                                                some.data());
      CHECK((some.leftCols(n) == all.middleCols(17, n)));
    }
  };
  check(64, 50);  // rows in place
  check(70, 50);  // and copied
  check(2200, 9);
  check(40, 20);  // 401 samples are too much for the small products
  check(4, 16);
  check(16, 16);
  check(100, 1);
  check(1, 100);
  check(19, 10);
}

#endif
