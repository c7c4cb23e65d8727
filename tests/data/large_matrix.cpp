// SPDX-License-Identifier: MIT
#include "espalier/data/large_matrix.hpp"

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("a matrix of any size can be written and read, with a large page in it or not") {
  for (const std::size_t rows : {1U, 1000U, 3000U}) {
    Matrix<double> x = detail::large_matrix<double>(rows, 500);
    CHECK(x.rows() == static_cast<Index>(rows));
    CHECK(x.cols() == 500);
    x.setConstant(2);
    CHECK(x.sum() == 1000.0 * static_cast<double>(rows));
  }
}

TEST_CASE("what surrounds the large pages stays as it is") {
  std::vector<char> bytes(std::size_t{6} << 20, 'x');
  detail::prefer_large_pages(bytes.data() + 1, bytes.size() - 2);
  CHECK(std::count(bytes.begin(), bytes.end(), 'x') == static_cast<std::ptrdiff_t>(bytes.size()));
  detail::prefer_large_pages(nullptr, 0);
}
