// SPDX-License-Identifier: MIT
#include "espalier/kernel/eigenvectors.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;

namespace {

using Numbers = std::vector<double>;

Numbers eigenvectors(Numbers matrix, Index n) {
  Numbers vectors(matrix.size()), diagonal(static_cast<std::size_t>(n)), beside(diagonal.size());
  detail::SymmetricEigenvectors(matrix.data(), n, diagonal.data(), beside.data())(vectors.data());
  return vectors;
}

/// The largest number by which Z Z' differs from I, and Z A Z' from a diagonal matrix, Z the eigenvectors.
struct Errors {
  double orthogonal = 0, diagonal = 0;
};
Errors errors(const Numbers& a, Index n) {
  const Numbers z = eigenvectors(a, n);
  const auto at = [&](const Numbers& m, Index i, Index j) { return m[static_cast<std::size_t>(i * n + j)]; };
  Errors worst;
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      double product = i == j ? -1 : 0, image = 0;
      for (Index k = 0; k < n; ++k) {
        product += at(z, i, k) * at(z, j, k);
        for (Index l = 0; l < n; ++l) image += at(z, i, k) * at(a, k, l) * at(z, j, l);
      }
      worst.orthogonal = std::max(worst.orthogonal, std::abs(product));
      if (i != j) worst.diagonal = std::max(worst.diagonal, std::abs(image));
    }
  return worst;
}

}  // namespace

TEST_CASE("Rows are orthonormal and make a symmetric matrix diagonal") {
  Rng rng{1};
  for (const Index n : {1, 2, 3, 4, 7, 16, 33}) {
    Numbers a(static_cast<std::size_t>(n * n));
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j <= i; ++j)
        a[static_cast<std::size_t>(i * n + j)] = a[static_cast<std::size_t>(j * n + i)] = rng.normal();
    const Errors found = errors(a, n);
    CAPTURE(n);
    CHECK(found.orthogonal < 1e-14);
    CHECK(found.diagonal < 1e-13);
  }
}

TEST_CASE("Matrices without a direction of their own have eigenvectors too") {
  for (const double value : {0.0, 1.0}) {
    Numbers a(25, 0);
    for (std::size_t i = 0; i < 5; ++i) a[6 * i] = value;
    CHECK(errors(a, 5).orthogonal == 0);
    const Numbers ones(25, value);
    CHECK(errors(ones, 5).orthogonal < 1e-15);
    CHECK(errors(ones, 5).diagonal < 1e-14);
  }
}
