// SPDX-License-Identifier: MIT
#include "espalier/layer/tile.hpp"

#include "../nets.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("A panel holds the columns in its first places, row after row", "", float, double) {
  using S = TestType;
  constexpr Index width = detail::tile_cols<S>;
  for (const Index cols : {Index{1}, width / 2, width - 1, width})
    for (const Index depth : {Index{1}, width / 2, width + 3}) {
      CAPTURE(cols, depth);
      const WeightMatrix<S> b = random_matrix<S>(depth, cols, 1), b_transposed = b.transpose();
      std::vector<S> panel(static_cast<std::size_t>(depth * width), S(7)), transposed = panel;
      detail::pack(depth, cols, b.data(), cols, panel.data());
      detail::pack_transposed(depth, cols, b_transposed.data(), depth, transposed.data());
      for (Index k = 0; k < depth; ++k)
        for (Index j = 0; j < cols; ++j) {
          CHECK(panel[static_cast<std::size_t>(k * width + j)] == b(k, j));
          CHECK(transposed[static_cast<std::size_t>(k * width + j)] == b(k, j));
        }
    }
}

TEMPLATE_TEST_CASE("A strip writes its own rows and columns and no others", "", float, double) {
  using S = TestType;
  constexpr Index width = detail::tile_cols<S>, depth = 5, stride = 3 * width + 2;
  const auto a =
      random_matrix<S>(depth, Index{detail::tile_rows}, 1);  // a_ik at row k: one row beside the other
  for (Index rows = 1; rows <= Index{detail::tile_rows}; ++rows)
    for (const Index cols : {Index{1}, width / 2, width / 2 + 1, width, 2 * width + 1}) {
      CAPTURE(rows, cols);
      const WeightMatrix<S> b = random_matrix<S>(depth, stride, 2);
      std::vector<S> panels(static_cast<std::size_t>(3 * depth * width), S(0));
      for (Index p = 0; p * width < cols; ++p)
        detail::pack(depth, std::min(width, cols - p * width), b.data() + p * width, stride,
                     panels.data() + p * depth * width);
      WeightMatrix<S> c = WeightMatrix<S>::Constant(rows + 1, stride, 7);
      detail::strip_of<S>(rows, depth, {a.data(), depth, 1}, {panels.data(), width, depth * width}, c.data(),
                          stride, cols, false);
      const WeightMatrix<S> product = a.leftCols(rows).transpose() * b.leftCols(cols);
      CHECK((c.topLeftCorner(rows, cols) - product).cwiseAbs().maxCoeff() <=
            10 * std::numeric_limits<S>::epsilon());
      CHECK((c.topRightCorner(rows, stride - cols).array() == 7).all());
      CHECK((c.row(rows).array() == 7).all());
    }
}
