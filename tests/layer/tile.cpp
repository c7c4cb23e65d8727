// SPDX-License-Identifier: MIT
#include "espalier/layer/tile.hpp"

#include "../nets.hpp"

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
      detail::pack(depth, cols, b.data(), stride, packed.data());
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
  detail::pack(depth, cols, b.data(), cols, panels.data());
  WeightMatrix<S> c = WeightMatrix<S>::Constant(rows + 1, stride, 7);
  const auto check = [&](S begin, bool add) {
    detail::strips<layout>(rows, depth, strided, panels.data(), c.data(), stride, cols, add);
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
}

TEMPLATE_TEST_CASE("Dots are the products of rows with rows", "", float, double) {
  using S = TestType;
  constexpr Index rows = detail::dot_rows, cols = detail::dot_cols;
  for (Index depth = 1; depth <= 3 * Index{detail::lanes<S>} + 1; ++depth) {
    CAPTURE(depth);
    // Numbers behind a row's end must not matter.
    Matrix<S> a = random_matrix<S>(depth + 1, rows, 1), b = random_matrix<S>(depth + 1, cols, 2);
    a.row(depth).setConstant(std::numeric_limits<S>::quiet_NaN());
    b.row(depth).setConstant(std::numeric_limits<S>::quiet_NaN());
    std::array<const S*, detail::dot_rows> from_a;
    std::array<const S*, detail::dot_cols> from_b;
    for (Index i = 0; i < rows; ++i) from_a[static_cast<std::size_t>(i)] = &a(0, i);
    for (Index j = 0; j < cols; ++j) from_b[static_cast<std::size_t>(j)] = &b(0, j);
    std::array<S, detail::dot_rows * detail::dot_cols + detail::lanes<S>> sums;
    detail::dots<detail::dot_rows, detail::dot_cols>(depth, from_a, from_b, sums.data());
    const Matrix<S> expected = a.topRows(depth).transpose() * b.topRows(depth);
    for (Index i = 0; i < rows; ++i)
      for (Index j = 0; j < cols; ++j)
        CHECK(std::abs(sums[static_cast<std::size_t>(j * rows + i)] - expected(i, j)) <=
              20 * std::numeric_limits<S>::epsilon());
  }
}

TEMPLATE_TEST_CASE("The sums of the lanes stand in the order of their registers", "", float, double) {
  using S = TestType;
  using P = detail::Packet<S>;
  constexpr std::size_t n = detail::lanes<S>;
  P v[n];
  S numbers[n];
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) numbers[k] = static_cast<S>(100 * i + k);
    v[i] = detail::simd::ploadu<P>(numbers);
  }
  detail::add_lanes<n, S>(v);
  detail::simd::pstoreu(numbers, v[0]);
  for (std::size_t i = 0; i < n; ++i) CHECK(numbers[i] == static_cast<S>(100 * i * n + n * (n - 1) / 2));
}
