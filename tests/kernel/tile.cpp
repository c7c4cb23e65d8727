// SPDX-License-Identifier: MIT
#include "espalier/kernel/tile.hpp"

#include "../nets.hpp"

using namespace espalier;

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
