// SPDX-License-Identifier: MIT
#include "espalier/certify/convolution_bounds.hpp"

#include "../convolution_matrix.hpp"
#include "../searched_norms.hpp"

using namespace espalier;
using detail::Patches;

namespace {

/// Its 2-norm is at most so many times the true one.
void check(const Patches& p, Index outputs, double at_most) {
  const WeightMatrix<double> w = random_matrix<double>(outputs, p.length(), 3);
  const Matrix<double> all = matrix_of(p, w);
  const NormBounds bounds =
      detail::convolution_bounds(p, {w.rows(), w.cols(), {w.data(), w.data() + w.size()}});
  const double one = all.cwiseAbs().colwise().sum().maxCoeff(),
               infinity = all.cwiseAbs().rowwise().sum().maxCoeff(), two = two_norm(all);
  CAPTURE(p.image.height, p.kernel.height, p.stride, p.padding, bounds.two / two);
  CHECK((bounds.one >= one * (1 - 1e-15) && bounds.one <= one * (1 + 1e-12)));
  CHECK((bounds.infinity >= infinity * (1 - 1e-15) && bounds.infinity <= infinity * (1 + 1e-12)));
  CHECK((bounds.two >= two * (1 - 1e-15) && bounds.two <= two * at_most));
}

}  // namespace

TEST_CASE("The 1- and infinity-norm are those of the matrix on images, and the 2-norm is not below its own") {
  check({{6, 5, 2}, {3, 2}}, 3, 2);
  check({{6, 5, 2}, {3, 3}, 2, 1}, 3, 2);
  check({{2, 2, 1}, {4, 4}, 1, 1}, 2, 2);
  check({{5, 4, 2}, {2, 3}, 1, 2}, 2, 2);
  check({{7, 3, 1}, {3, 1}, 2, 0}, 1, 2);
}

TEST_CASE("Where patches share no pixel, the 2-norm is that of the kernels, to 1e-12") {
  check({{4, 4, 3}, {2, 2}, 2}, 5, 1 + 1e-12);
  check({{3, 3, 3}, {1, 1}}, 5, 1 + 1e-12);
  check({{3, 3, 1}, {3, 3}}, 4, 1 + 1e-12);
  check({{4, 3, 2}, {2, 2}, 3}, 2, 1 + 1e-12);
}

TEST_CASE("Errors of the weights widen all three, and zeros bound to zero") {
  const Patches p{{4, 4, 1}, {2, 2}};
  const detail::MadeWeight right{1, 4, {1, -2, 3, -4}}, off{1, 4, {1, -2, 3, -4}, 0.5},
      none{1, 4, {0, 0, 0, 0}};
  const NormBounds a = detail::convolution_bounds(p, right), b = detail::convolution_bounds(p, off);
  CHECK((b.one >= 1.5 * a.one && b.two >= 1.5 * a.two * (1 - 1e-12) && b.infinity >= 1.5 * a.infinity));
  CHECK(detail::convolution_bounds(p, none) == NormBounds{0, 0, 0});
}
