// SPDX-License-Identifier: MIT
#include "espalier/kernel/tile_product.hpp"

#include <cmath>

#include "../nets.hpp"
#include "espalier/kernel/norm.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A panel holds the columns in its first places, row after row", "", float, double) {
  using S = TestType;
  constexpr Index width = detail::tile_cols<S>;
  for (const Index cols : {Index{1}, width - 1, width, width + 1, 3 * width})
    for (const Index depth : {Index{1}, width / 2, width + 3}) {
      CAPTURE(cols, depth);
      const Index panels = (cols + width - 1) / width, stride = cols + 2;
      const WeightMatrix<S> b = random_matrix<S>(depth, stride, 1);
      std::vector<S> packed(static_cast<std::size_t>(panels * depth * width + 1), S(7));
      detail::copy_panels(depth, cols, b.data(), stride, packed.data());
      for (Index k = 0; k < depth; ++k)
        for (Index j = 0; j < panels * width; ++j)
          CHECK(packed[static_cast<std::size_t>((j / width * depth + k) * width + j % width)] ==
                (j < cols ? b(k, j) : S(0)));
      CHECK(packed.back() == S(7));
    }
}

namespace {

template <detail::Layout layout, Scalar S>
void check_strips(Index rows, Index cols, Index depth) {
  constexpr Index width = detail::tile_cols<S>;
  CAPTURE(rows, cols, depth);
  const Index stride = cols + 3;
  const WeightMatrix<S> b = random_matrix<S>(depth, cols, 2);
  const Matrix<S> a = random_matrix<S>(rows, depth, 1), a_transposed = a.transpose();
  const detail::Strided<S> strided = layout == detail::Layout::columns
                                         ? detail::Strided<S>{a.data(), 1, rows}
                                         : detail::Strided<S>{a_transposed.data(), depth, 1};
  std::vector<S> panels(static_cast<std::size_t>((cols + width - 1) / width * width * depth));
  std::vector<S> strips(
      static_cast<std::size_t>((rows + Index{detail::tile_unit}) * detail::strip_pitch<layout, S>(depth)));
  detail::copy_panels(depth, cols, b.data(), cols, panels.data());
  detail::copy_strips<layout>(rows, depth, strided, strips.data());
  WeightMatrix<S> c = WeightMatrix<S>::Constant(rows + 1, stride, 7);
  const auto check = [&](S begin, bool add) {
    detail::multiply_strips<layout>(rows, depth, strips.data(), panels.data(), c.data(), stride, cols, add);
    const WeightMatrix<S> expected = (a * b).array() + begin;
    CHECK((c.topLeftCorner(rows, cols) - expected).cwiseAbs().maxCoeff() <=
          10 * std::numeric_limits<S>::epsilon());
    CHECK((c.topRightCorner(rows, 3).array() == 7).all());
    CHECK((c.row(rows).array() == 7).all());
  };
  check(0, false);
  c.topLeftCorner(rows, cols).setOnes();
  check(1, true);
}

}  // namespace

TEMPLATE_TEST_CASE("Strips write their own rows and columns and no others", "", float, double) {
  constexpr Index width = detail::tile_cols<TestType>;
  for (Index rows = 1; rows <= 2 * Index{detail::tile_rows}; ++rows)
    for (const Index cols : {Index{1}, width / 2 + 1, width, 2 * width + 1}) {
      check_strips<detail::Layout::columns, TestType>(rows, cols, 5);
      check_strips<detail::Layout::rows, TestType>(rows, cols, 5);
    }
  check_strips<detail::Layout::columns, TestType>(18 * Index{detail::tile_rows} + 1, 3, 5);
}

namespace {

template <detail::Layout layout, Scalar S>
void compare(Index m, Index n, Index depth) {
  CAPTURE(m, n, depth);
  const WeightMatrix<S> a =
      layout == detail::Layout::rows ? random_matrix<S>(m, depth, 1) : random_matrix<S>(depth, m, 1);
  const WeightMatrix<S> b = random_matrix<S>(depth, n, 2);
  using Wide = Eigen::Matrix<long double, Dynamic, Dynamic>;
  const Wide wide = a.template cast<long double>(),
             expected = (layout == detail::Layout::rows ? wide : Wide(wide.transpose())) *
                        b.template cast<long double>();
  const detail::TileProduct<layout, S> product(m, n, depth);
  std::vector<S> memory(static_cast<std::size_t>(product.room()));
  WeightMatrix<S> c = WeightMatrix<S>::Constant(m, n, 7);
  product(m, n,
          layout == detail::Layout::rows ? detail::Strided<S>{a.data(), depth, 1}
                                         : detail::Strided<S>{a.data(), 1, m},
          b.data(), c.data(), n, memory.data());
  // The k-th partial sum of normal numbers is about sqrt(k) large and is rounded by at most u: after `depth`
  // of them the root of the mean square is u sqrt(depth / 6) of the sum, and three times that is never
  // reached.
  const double bound = (2 + 3 * std::sqrt(static_cast<double>(depth) / 6)) * detail::roundoff<S>;
  CHECK((c.template cast<long double>() - expected).norm() <=
        static_cast<long double>(bound) * expected.norm());
}

}  // namespace

TEMPLATE_TEST_CASE("The product of tiles is the sums that it should be", "", float, double) {
  const auto both = [](Index m, Index n, Index depth) {
    compare<detail::Layout::rows, TestType>(m, n, depth);
    compare<detail::Layout::columns, TestType>(m, n, depth);
  };
  both(1, 1, 1);
  both(11, 37, 61);
  both(7, 40, 700);    // deeper than a panel
  both(5, 1000, 200);  // more panels than are copied at a time
  both(1100, 5, 9);    // and more strips
}
