// SPDX-License-Identifier: MIT
#include "espalier/data/csv_values.hpp"

#include "support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("numbers come back in their order, however many blocks they fill", "", float, double) {
  for (const Index samples : {0, 1, 5, 32'767, 32'768, 32'769, 100'000}) {
    detail::CsvValues<TestType> values;
    for (Index k = 0; k < 2 * samples; ++k) values.add(static_cast<TestType>(k));
    const Matrix<TestType> matrix = values.take(2, samples);
    REQUIRE(matrix.cols() == samples);
    bool right = true;
    for (Index k = 0; k < matrix.size(); ++k) right = right && matrix.data()[k] == static_cast<TestType>(k);
    CHECK(right);
    CHECK(values.take(0, samples).size() == 0);
    values.add(7);  // begins anew
    CHECK(values.take(1, 1)(0, 0) == 7);
  }
}
