// SPDX-License-Identifier: MIT
#include "espalier/kernel/small_rows.hpp"

#include "../nets.hpp"

using namespace espalier;

TEST_CASE("Products by rows are those of Eigen") {
  const WeightMatrix<double> a = random_matrix<double>(5, 11, 1), b = random_matrix<double>(11, 4, 2);
  const WeightMatrix<double> c = random_matrix<double>(5, 3, 3), d = random_matrix<double>(4, 11, 4);
  WeightMatrix<double> product(5, 4), columns = WeightMatrix<double>::Ones(11, 3), rows(5, 4);
  detail::row_product(a.data(), b.data(), 5, 11, 4, product.data());
  CHECK((product - a * b).norm() <= 1e-14);
  detail::add_product_of_columns(a.data(), c.data(), 5, 11, 3, -2.0, columns.data());
  CHECK((columns.array() - 1 - (-2 * a.transpose() * c).array()).matrix().norm() <= 1e-13);
  detail::product_of_rows(a.data(), d.data(), 5, 4, 11, rows.data());
  CHECK((rows - a * d.transpose()).norm() <= 1e-14);
}

TEST_CASE("A matrix times its inverse is the identity, whatever the order of its rows") {
  for (const Index k : {1, 2, 9}) {
    const WeightMatrix<double> m = random_matrix<double>(k, k, 5);
    WeightMatrix<double> lost = m, inverse(k, k);
    detail::invert(lost.data(), k, inverse.data());
    CHECK((m * inverse - WeightMatrix<double>::Identity(k, k)).norm() <= 1e-12);
  }
  WeightMatrix<double> turned{{0, 0, 2}, {1, 0, 0}, {0, 4, 0}}, inverse(3, 3);
  detail::invert(turned.data(), 3, inverse.data());
  CHECK(inverse == WeightMatrix<double>{{0, 1, 0}, {0, 0, 0.25}, {0.5, 0, 0}});
  WeightMatrix<double> singular{{1, 2}, {2, 4}};
  detail::invert(singular.data(), 2, inverse.data());
  CHECK_FALSE((ConstArrayMap<double>(inverse.data(), 4) * 0 == 0).all());
}
