// SPDX-License-Identifier: MIT
#include "espalier/kernel/definite.hpp"

#include <vector>

#include "catch.hpp"

using namespace espalier;
using Numbers = std::vector<double>;

namespace {

/// a I + b (ones): the eigenvalues are a + n b, and a otherwise.
bool proved(Index n, double a, double b, double error = 0) {
  Numbers w(static_cast<std::size_t>(n * n), b);
  for (Index i = 0; i < n; ++i) w[static_cast<std::size_t>(i * n + i)] += a;
  return detail::surely_semidefinite(w.data(), n, error);
}

}  // namespace

TEST_CASE("A negative eigenvalue is never taken for another, and those well above the roundings are proved") {
  for (const Index n : {2, 3, 16, 100}) {
    CAPTURE(n);
    CHECK(!proved(n, -0x1p-40, 1));
    CHECK(!proved(n, -0x1p-52, 1));
    CHECK(!proved(n, 0, 1));  // not surely
    CHECK(!proved(n, 1, -1));
    CHECK(proved(n, 2 * detail::cholesky_slack(n, static_cast<double>(n), 1), 1));
    CHECK(proved(n, 1, 0));
  }
  CHECK(proved(1, 1e-10, 0));
  CHECK(!proved(1, 0, 0));
  CHECK(!proved(1, -1e-300, 0));
}

TEST_CASE("An error counts") {
  CHECK(proved(4, 0.25, 1, 0.24));
  CHECK(!proved(4, 0.25, 1, 0.26));
}

TEST_CASE("No proof is made of what is not finite") {
  CHECK(!proved(3, std::nan(""), 1));
  CHECK(!proved(3, 1, std::nan("")));
  CHECK(!proved(3, HUGE_VAL, 1));
}
