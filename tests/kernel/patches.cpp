// SPDX-License-Identifier: MIT
#include "espalier/kernel/patches.hpp"

#include <vector>

#include "../nets.hpp"

using namespace espalier;

namespace {

/// Where row `row` of the matrix reads for output (sample, y, x); -1 for padding.
Index pixel(const detail::Patches& p, Index row, Index sample, Index y, Index x) {
  const Index kx = row % p.kernel.width, ky = row / p.kernel.width % p.kernel.height,
              channel = row / p.kernel.width / p.kernel.height;
  const Index down = y * p.stride + ky - p.padding, across = x * p.stride + kx - p.padding;
  if (down < 0 || down >= p.image.height || across < 0 || across >= p.image.width) return -1;
  return sample * p.image.size() + (channel * p.image.height + down) * p.image.width + across;
}

/// Copies and adds back some rows for some lines, and compares with the definition.
template <Scalar S>
void check_piece(const detail::Patches& p, Index first, Index count, detail::Lines lines, Index samples) {
  CAPTURE(p.image.height, p.image.width, p.kernel.height, p.kernel.width, p.stride, p.padding);
  CAPTURE(first, count, lines.begin, lines.end);
  const Index columns = (lines.end - lines.begin) * p.width(), pitch = columns + 3;
  const Matrix<S> x = random_matrix<S>(p.image.size() * samples, 1, 1);
  WeightMatrix<S> rows = WeightMatrix<S>::Constant(count + 1, pitch, 7);
  p.copy(first, count, lines, x.data(), rows.data(), pitch);
  Matrix<S> expected_dx = Matrix<S>::Ones(x.rows(), 1), dx = expected_dx;
  const WeightMatrix<S> given = random_matrix<S>(count, pitch, 2);
  WeightMatrix<S> expected = WeightMatrix<S>::Zero(count, pitch);
  for (Index row = 0; row < count; ++row)
    for (Index column = 0; column < columns; ++column) {
      const Index line = lines.begin + column / p.width();
      const Index at = pixel(p, first + row, line / p.height(), line % p.height(), column % p.width());
      if (at >= 0) expected(row, column) = x(at), expected_dx(at) += given(row, column);
    }
  CHECK(rows.topRows(count) == expected);
  CHECK((rows.row(count).array() == 7).all());
  p.add_back(first, count, lines, given.data(), pitch, dx.data());
  CHECK((dx - expected_dx).cwiseAbs().maxCoeff() <= 20 * std::numeric_limits<S>::epsilon());
}

}  // namespace

TEMPLATE_TEST_CASE("A row holds for each output the pixel under its weight, and gives its gradient back", "",
                   float, double) {
  for (const Index stride : {1, 2, 3})
    for (const Index padding : {0, 1, 4})
      for (const Kernel kernel : {Kernel{1, 1}, Kernel{3, 3}, Kernel{2, 5}, Kernel{5, 1}}) {
        const detail::Patches p{{6, 7, 2}, kernel, stride, padding};
        const Index down = p.height();
        check_piece<TestType>(p, 0, p.length(), {0, 3 * down}, 3);
        check_piece<TestType>(p, p.length() / 2, p.length() - p.length() / 2, {down, 2 * down}, 3);
        check_piece<TestType>(p, 0, p.length(), {down - 1, 2 * down + 1}, 3);
      }
}

TEST_CASE("Lines of all lengths are copied and added, and nothing beside them") {
  for (Index width = 1; width < 70; ++width) check_piece<float>({{2, width, 1}, {1, 1}}, 0, 1, {0, 2}, 1);
}

TEST_CASE("A kernel may lie on padding only") {
  check_piece<double>({{1, 1, 1}, {1, 1}, 1, 3}, 0, 1, {0, 7}, 1);
  check_piece<double>({{1, 1, 2}, {2, 2}, 4, 5}, 0, 8, {0, 3}, 1);
}
