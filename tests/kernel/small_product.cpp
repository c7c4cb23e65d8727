// SPDX-License-Identifier: MIT
#include "espalier/kernel/small_product.hpp"

#include "../nets.hpp"
#include "espalier/kernel/row_product.hpp"
#include "espalier/kernel/tile_product.hpp"

using namespace espalier;

namespace {

/// Bit for bit, apart from the sign of zero.
template <class A, class B>
bool equal(const A& a, const B& b) {
  return (a.array() == b.array()).all();
}

template <detail::Layout layout, Scalar S>
void multiply_tiles(Index m, Index n, Index depth, detail::Strided<S> a, const S* b, S* c) {
  const detail::TileProduct<layout, S> product(m, n, depth);
  std::vector<S> memory(static_cast<std::size_t>(product.room()));
  product(m, n, a, b, c, n, memory.data());
}

/// The small products of some extents beside the large ones.
template <Scalar S, class In, class Out>
void compare(In in, Out out, Index n) {
  CAPTURE(Index{in}, Index{out}, n);
  const WeightMatrix<S> weight = random_matrix<S>(out, in, 1);
  const Matrix<S> x = random_matrix<S>(in, n, 2), dy = random_matrix<S>(out, n, 3);
  const Vector<S> bias = random_matrix<S>(out, 1, 4);

  Matrix<S> y = Matrix<S>::Constant(out, n, 7), expected_y = bias.replicate(1, n);
  const detail::RowProduct<S> product(in, n);
  std::vector<S> memory(static_cast<std::size_t>(product.room()));
  product(out, n, weight.data(), x.data(), expected_y.data(), out, true, memory.data());
  detail::small_forward(in, out, n, weight.data(), x.data(), bias.data(), y.data());
  CHECK(equal(y, expected_y));
  product(out, n, weight.data(), x.data(), expected_y.data(), out, false, memory.data());
  detail::small_forward<S>(in, out, n, weight.data(), x.data(), nullptr, y.data());
  CHECK(equal(y, expected_y));

  Matrix<S> dx = Matrix<S>::Constant(in, n, 7), expected_dx = dx;
  multiply_tiles<detail::Layout::rows, S>(n, in, out, {dy.data(), out, 1}, weight.data(), expected_dx.data());
  detail::small_multiply(n, in, out, detail::Strided<S>{dy.data(), out, 1}, weight.data(), dx.data());
  CHECK(equal(dx, expected_dx));

  WeightMatrix<S> gradient = WeightMatrix<S>::Constant(out, in, 7), expected_gradient = gradient;
  multiply_tiles<detail::Layout::columns, S>(out, in, n, {dy.data(), 1, out}, x.data(),
                                             expected_gradient.data());
  detail::small_multiply(out, in, n, detail::Strided<S>{dy.data(), 1, out}, x.data(), gradient.data());
  CHECK(equal(gradient, expected_gradient));
}

}  // namespace

TEMPLATE_TEST_CASE("Small products are the large ones, bit for bit", "", float, double) {
  for (const Index in : {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31})
    for (const Index out : {1, 2, 3, 4, 6, 8, 10, 16, 19})
      for (const Index n : {1, 2, 3, 4, 5, 9, 33}) compare<TestType>(in, out, n);
  compare<TestType>(Index{512}, Index{1}, 20);
  compare<TestType>(Index{3}, Index{100}, 20);
}

TEMPLATE_TEST_CASE("Extents known to the compiler change no bit of a small product", "", float, double) {
  using detail::extent;
  for (const Index n : {1, 3, 6, 40}) {
    compare<TestType>(extent<4>(4), extent<16>(16), n);
    compare<TestType>(extent<16>(16), extent<16>(16), n);
    compare<TestType>(extent<16>(16), extent<1>(1), n);
    compare<TestType>(extent<7>(7), Index{5}, n);
  }
}

TEST_CASE("Small is what is not worth panels") {
  CHECK(detail::is_small<float>(32, 32, 32));
  CHECK(!detail::is_small<float>(32, 33, 1));
  CHECK(!detail::is_small<double>(32, 32, 1));
  CHECK(!detail::is_small<float>(32, 32, 300));
}
