// SPDX-License-Identifier: MIT
#include "espalier/kernel/norm_above.hpp"

#include <vector>

#include "../catch.hpp"
#include "../spectra.hpp"

using namespace espalier;

namespace {

using Rows = WeightMatrix<double>;

Block<const double> block(const Rows& w) { return {w.data(), w.rows(), w.cols()}; }

Rows random_rows(std::uint64_t seed, Index rows, Index cols) {
  Rng rng(seed);
  Rows w(rows, cols);
  for (Index i = 0; i < w.size(); ++i) w.data()[i] = rng.normal();
  return w;
}

/// A reflection of whole numbers over 2^k, times c: all singular values are c exactly.
Rows reflection(Index n, double c) {
  return c * (Rows::Identity(n, n) - Rows::Constant(n, n, 2 / static_cast<double>(n)));
}

}  // namespace

TEST_CASE("The 2-norm is bounded from above, within 1e-12 of the largest singular value") {
  std::uint64_t seed = 0;
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{2, 2}, {3, 50}, {50, 3}, {32, 32}, {20, 21}, {1, 9}}) {
    for (const double size : {1e-150, 1.0, 1e150}) {
      const Rows w = size * random_rows(++seed, rows, cols);
      const double right = test::two_norm(w);
      const double bound = detail::spectral_norm_above(block(w));
      CAPTURE(rows, cols, size);
      CHECK(bound >= right * (1 - 1e-14));
      CHECK(bound <= right * (1 + 1e-12));
    }
  }
}

TEST_CASE("No bound is below a norm that is known exactly") {
  for (const Index n : {2, 4, 16, 64}) {
    for (const double c : {0.7, 1.0, 1.9}) {
      const Rows w = reflection(n, c);
      CHECK(detail::spectral_norm_above(block(w)) >= c);
      CHECK(detail::spectral_norm_above(block(w)) <= c * (1 + 1e-12));
    }
    const Rows ones = Rows::Ones(n, 2 * n);
    CHECK(detail::one_norm_above(block(ones)) >= static_cast<double>(n));
    CHECK(detail::infinity_norm_above(block(ones)) >= static_cast<double>(2 * n));
    CHECK(detail::infinity_norm_above(block(ones)) <= static_cast<double>(2 * n) * (1 + 1e-13));
  }
}

TEST_CASE("Values near the largest, low ranks, and single numbers are no trouble") {
  Rows close = reflection(32, 1);
  close.row(3) *= 1 + 0x1p-30;
  const double right = test::two_norm(close);
  CHECK(detail::spectral_norm_above(block(close)) >= right * (1 - 1e-14));
  CHECK(detail::spectral_norm_above(block(close)) <= right * (1 + 1e-8));
  const Rows outer = random_rows(1, 20, 1) * random_rows(2, 1, 30);
  const double exact = outer.norm();
  CHECK(detail::spectral_norm_above(block(outer)) == Approx(exact).epsilon(1e-12));
  Rows one = Rows::Zero(5, 7);
  one(4, 6) = -3;
  CHECK(detail::spectral_norm_above(block(one)) == Approx(3).epsilon(1e-13));
  one(4, 6) = std::numeric_limits<double>::denorm_min();
  CHECK(detail::spectral_norm_above(block(one)) >= one(4, 6));
  one.setZero();
  CHECK(detail::spectral_norm_above(block(one)) == 0);
}

TEST_CASE("What is not finite, or too large for a double, has no finite bound") {
  Rows w = random_rows(1, 3, 3);
  w(1, 1) = HUGE_VAL;
  CHECK(detail::spectral_norm_above(block(w)) == HUGE_VAL);
  w.setConstant(1.7e308);
  CHECK(detail::spectral_norm_above(block(w)) == HUGE_VAL);
  CHECK(detail::infinity_norm_above(block(w)) == HUGE_VAL);
}

TEST_CASE("Lanczos finds the norm to roundoff") {
  const Rows w = random_rows(5, 30, 50);
  std::vector<double> numbers(static_cast<std::size_t>(w.size()));
  const double found = detail::estimated_norm(detail::short_rows(block(w), 1, numbers.data()));
  CHECK(found == Approx(test::two_norm(w)).epsilon(1e-13));
}
