// SPDX-License-Identifier: MIT
#include "espalier/data/array_view.hpp"

#include "support.hpp"

using namespace espalier;

TEST_CASE("a matrix is viewed as samples of features, and labels as one dimension") {
  const Matrix<double> matrix = Matrix<double>::Ones(3, 2);
  const ArrayView wide(matrix);
  CHECK(wide.bytes() == 48);
  CHECK(detail::npy_header(wide, "a").find("'<f8', 'fortran_order': False, 'shape': (2, 3), }") !=
        std::string::npos);
  const std::vector<int> labels{1, 2, 3};
  const ArrayView flat(labels);
  CHECK(flat.bytes() == 12);
  CHECK(detail::npy_header(flat, "a").find("'<i4', 'fortran_order': False, 'shape': (3,), }") !=
        std::string::npos);
  CHECK(detail::npy_header(flat, "a").size() % 64 == 0);
}

TEST_CASE("no numbers are refused with the name of the file") {
  CHECK(message_of([] { detail::npy_header(Matrix<float>(3, 0), "a.npy"); }) ==
        "a.npy: expected at least one number to write, found none");
}
