// SPDX-License-Identifier: MIT
#include "espalier/kernel/row_product.hpp"

#include "../nets.hpp"
#include "espalier/kernel/norm.hpp"

using namespace espalier;

namespace {

/// Into a part of a larger matrix, of which nothing else changes.
template <Scalar S>
void compare(Index depth, Index m, Index n) {
  CAPTURE(depth, m, n);
  const WeightMatrix<S> a = random_matrix<S>(m, depth, 1);
  const Matrix<S> b = random_matrix<S>(depth, n, 2);
  const Matrix<double> expected = a.template cast<double>() * b.template cast<double>();
  const detail::RowProduct<S> product(depth, n);
  std::vector<S> memory(static_cast<std::size_t>(product.room()));
  for (const bool add : {false, true}) {
    Matrix<S> c = Matrix<S>::Constant(m + 3, n, 7);
    product(m, n, a.data(), b.data(), c.data() + 1, m + 3, add, memory.data());
    const double distance =
        (c.middleRows(1, m).template cast<double>().array() - expected.array() - (add ? 7 : 0))
            .matrix()
            .norm();
    CHECK(distance <=
          8 * detail::roundoff<S> * (expected.norm() + 7 * std::sqrt(static_cast<double>(m * n))));
    CHECK((c.row(0).array() == 7).all());
    CHECK((c.bottomRows(2).array() == 7).all());
  }
}

}  // namespace

TEMPLATE_TEST_CASE("The product of rows is the sums that it should be, and writes no others", "", float,
                   double) {
  compare<TestType>(1, 1, 1);
  compare<TestType>(64, 9, 8);       // in place
  compare<TestType>(61, 37, 11);     // few rows of b
  compare<TestType>(61, 37, 26);     // copies: more than a block of each
  compare<TestType>(1100, 37, 100);  // in parts of the depth
  compare<TestType>(2048, 5, 600);   // and more rows of b than are copied at a time
}
