// SPDX-License-Identifier: MIT
#include "espalier/kernel/convolution.hpp"

#include <vector>

#include "../naive_convolution.hpp"
#include "../nets.hpp"

using namespace espalier;

namespace {

template <Scalar S>
struct Products {
  Matrix<S> y, db, dx;
  WeightMatrix<S> dw;
  bool operator==(const Products&) const = default;
};

struct Sizes {
  Image image;
  Index out;
  Kernel kernel;
  Index stride, padding, samples;
};

template <Scalar S>
struct Inputs {
  WeightMatrix<S> weight;
  Matrix<S> x, dy, bias, scales;

  explicit Inputs(const Sizes& s) {
    const detail::Patches p{s.image, s.kernel, s.stride, s.padding};
    weight = random_matrix<S>(s.out, p.length(), 1);
    x = random_matrix<S>(s.image.size(), s.samples, 2);
    dy = random_matrix<S>(s.out * p.positions(), s.samples, 3);
    bias = random_matrix<S>(s.out, 1, 4);
    scales = random_matrix<S>(s.out, 1, 5);
  }
};

template <Scalar S>
Products<S> products(const Sizes& s, const Inputs<S>& in, bool scaled) {
  const detail::Convolution<S> c({s.image, s.kernel, s.stride, s.padding}, s.out);
  const S* const scales = scaled ? in.scales.data() : nullptr;
  const auto sevens = [](Index rows, Index cols) -> Matrix<S> { return Matrix<S>::Constant(rows, cols, 7); };
  Products<S> all{sevens(in.dy.rows(), s.samples), sevens(s.out, 1), sevens(in.x.rows(), s.samples),
                  sevens(s.out, in.weight.cols())};
  c.forward(s.samples, in.weight.data(), scales, in.bias.data(), in.x.data(), all.y.data());
  c.bias_gradient(s.samples, in.dy.data(), all.db.data());
  c.weight_gradient(s.samples, in.dy.data(), in.x.data(), all.dw.data());
  c.input_gradient(s.samples, in.weight.data(), scales, in.dy.data(), all.dx.data());
  return all;
}

template <Scalar S>
void compare(const Sizes& s) {
  CAPTURE(s.image.height, s.image.width, s.image.channels, s.out, s.kernel.height, s.kernel.width, s.stride,
          s.padding, s.samples);
  using Numbers = NaiveConvolution::Numbers;
  const double close = sizeof(S) == sizeof(float) ? 2e-6 : 4e-15;
  const NaiveConvolution naive{s.image, s.out, s.kernel.height, s.kernel.width, s.stride, s.padding};
  const Inputs<S> in(s);
  const Numbers x = in.x.template cast<long double>(), dy = in.dy.template cast<long double>();
  const Index positions = naive.height() * naive.width();
  for (const bool scaled : {false, true}) {
    Numbers w = in.weight.template cast<long double>();
    if (scaled) w = in.scales.col(0).template cast<long double>().asDiagonal() * w;
    Numbers y = naive.forward(w, x), db = Numbers::Zero(s.out, 1);
    for (Index j = 0; j < s.out; ++j) {
      y.middleRows(j * positions, positions).array() += static_cast<long double>(in.bias(j));
      db(j) = dy.middleRows(j * positions, positions).sum();
    }
    const Products<S> found = products(s, in, scaled);
    CHECK(parting(found.y, y) <= close);
    CHECK(parting(found.db, db) <= close);
    CHECK(parting(found.dw, naive.weight_gradient(dy, x)) <= close);
    CHECK(parting(found.dx, naive.input_gradient(w, dy)) <= close);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("The products of a convolution are the sums that its definition says", "", float, double) {
  compare<TestType>({{5, 6, 2}, 3, {3, 3}, 1, 0, 4});
  compare<TestType>({{5, 6, 2}, 3, {3, 3}, 2, 1, 4});
  compare<TestType>({{7, 4, 3}, 2, {2, 4}, 1, 2, 3});
  compare<TestType>({{7, 4, 3}, 5, {1, 1}, 1, 0, 3});
  compare<TestType>({{7, 4, 3}, 5, {1, 1}, 3, 0, 3});
  compare<TestType>({{1, 1, 1}, 1, {1, 1}, 1, 0, 1});
  compare<TestType>({{3, 3, 1}, 40, {3, 3}, 1, 0, 50});  // one output a kernel
  compare<TestType>({{4, 4, 1}, 2, {5, 5}, 2, 3, 2});    // kernels larger than the image without padding
}

TEMPLATE_TEST_CASE("Nor do they depend on where pieces begin and end", "", float, double) {
  compare<TestType>({{9, 9, 2}, 4, {3, 3}, 1, 1, 19});  // the last piece has fewer samples
  compare<TestType>(
      {{43, 41, 2}, 3, {3, 5}, 1, 1, 2});  // a sample falls into pieces, the last of fewer lines
  compare<TestType>({{3, 700, 1}, 3, {2, 2}, 1, 0, 2});  // a line is longer than a piece
  compare<TestType>({{5, 5, 31}, 3, {3, 3}, 1, 1, 3});   // two blocks of rows, the last shorter
  compare<TestType>({{5, 5, 70}, 3, {3, 3}, 2, 1, 3});   // and three
}

TEMPLATE_TEST_CASE("The number of threads changes no convolution by a bit", "", float, double) {
  const int before = threads();
  for (const Sizes& s : {Sizes{{16, 16, 8}, 12, {3, 3}, 1, 1, 9},     // threads share the weights of kernels
                         Sizes{{28, 28, 1}, 24, {3, 3}, 1, 0, 16},    // or the kernels
                         Sizes{{50, 50, 3}, 16, {5, 5}, 2, 2, 5}}) {  // and samples in pieces
    const Inputs<TestType> in(s);
    set_threads(1);
    const Products<TestType> expected = products(s, in, false);
    for (const int n : {2, 3, 5}) {
      CAPTURE(n, s.samples);
      set_threads(n);
      CHECK(products(s, in, false) == expected);
    }
  }
  set_threads(before);
}

TEST_CASE("The outputs and gradients of a sample are the same in any batch") {
  const Sizes whole{{9, 8, 2}, 5, {3, 3}, 1, 0, 21};
  const Inputs<float> in(whole);
  const Products<float> batch = products(whole, in, false);
  for (const Index i : {0, 1, 20}) {
    Sizes one = whole;
    one.samples = 1;
    Inputs<float> alone = in;
    alone.x = in.x.col(i), alone.dy = in.dy.col(i);
    const Products<float> found = products(one, alone, false);
    CHECK(found.y.col(0) == batch.y.col(i));
    CHECK(found.dx.col(0) == batch.dx.col(i));
  }
}

TEST_CASE("A batch without samples has no gradient") {
  const Sizes none{{5, 5, 1}, 2, {3, 3}, 1, 0, 0};
  const Products<float> found = products(none, Inputs<float>(none), false);
  CHECK(found.dw == WeightMatrix<float>::Zero(2, 9));
  CHECK(found.db == Matrix<float>::Zero(2, 1));
}
