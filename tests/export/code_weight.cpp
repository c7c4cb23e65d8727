// SPDX-License-Identifier: MIT
#include "espalier/export/code_weight.hpp"

#include "catch.hpp"

using namespace espalier;
using namespace espalier::detail;

const std::vector<double> weight{0, 1, 0, 2,  //
                                 0, 0, 0, 0,  //
                                 0, 3, 0, 0};

TEST_CASE("lines of zeros are left out of a weight") {
  const DenseWeight left = without_zero_lines(weight, 3, 4, false);
  CHECK(left.rows == std::vector<Index>{0, 2});
  CHECK(left.columns == std::vector<Index>{1, 3});
  CHECK(left.numbers == std::vector<double>{1, 2, 3, 0});
  CHECK(without_zero_lines(weight, 3, 4, true).numbers == weight);
}

TEST_CASE("blocks of rows stand column by column, the last one as high as it is") {
  const std::vector<double> w{1, 2, 3, 4, 5, 6};
  CHECK(in_blocks(w, 3, 2, 2) == std::vector<double>{1, 3, 2, 4, 5, 6});
}

TEST_CASE("the numbers that are not zero have their columns, and rows their ends") {
  const SparseWeight sparse = nonzeros(weight, 4);
  CHECK(sparse.numbers == std::vector<double>{1, 2, 3});
  CHECK(sparse.columns == std::vector<Index>{1, 3, 1});
  CHECK(sparse.ends == std::vector<Index>{2, 2, 3});
  CHECK(bytes_of(sparse, 4) == 3 * 5 + 3);
  CHECK(most_in_row(sparse) == 2);
  CHECK(most_in_row(nonzeros(std::vector<double>{0, 1, 2, 3, 4, 0}, 3)) == 2);
  CHECK(most_in_row(nonzeros(std::vector<double>{0, 0}, 2)) == 0);
}
