// SPDX-License-Identifier: MIT
#include "espalier/kernel/norm.hpp"

#include <cstdint>
#include <vector>

#include "catch.hpp"
#include "espalier/core/flush.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::norm;

namespace {

template <Scalar S>
double norm_of(const std::vector<S>& x) {
  return norm(x.data(), static_cast<Index>(x.size()));
}

}  // namespace

TEMPLATE_TEST_CASE("the norm is the root of the sum of squares", "", float, double) {
  using Numbers = std::vector<TestType>;
  CHECK(norm_of(Numbers{}) == 0);
  CHECK(norm_of(Numbers{0, -0.0, 0}) == 0);
  CHECK(norm_of(Numbers{-3}) == 3);
  CHECK(norm_of(Numbers{3, -4}) == 5);
  for (std::size_t n = 1; n < 20; ++n) {
    Numbers count;
    for (std::size_t i = 1; i <= n; ++i) count.push_back(static_cast<TestType>(i));
    CHECK(norm_of(count) == std::sqrt(static_cast<double>(n * (n + 1) * (2 * n + 1)) / 6));
  }
}

TEST_CASE("the norm of floats is accumulated in double, and does not depend on where they stand") {
  Rng rng{1};
  std::vector<float> x(785), moved(786);
  double exact = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(rng.normal());
    moved[i + 1] = x[i];
    exact += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  }
  CHECK(norm_of(x) == Catch::Approx(std::sqrt(exact)).epsilon(1e-14));
  CHECK(norm(moved.data() + 1, 785) == norm_of(x));
}

TEST_CASE("the squares of doubles are summed as if in twice the precision") {
  const double small = 0x1p-28;  // its square is lost beside 1 in plain double
  std::vector<double> x(1 << 10, small);
  x[0] = 1;
  CHECK(detail::sum_of_squares(x.data(), 1 << 10) == 1 + 1023 * small * small);
  // whole numbers of 30 bits, whose squares are no doubles: the sum is the exact one, rounded once
  Rng rng{2};
  int wrong = 0;
  for (int trial = 0; trial < 500; ++trial) {
    std::uint64_t exact = 0;
    x.resize(8);
    for (double& value : x) {
      const auto whole = static_cast<std::uint64_t>(rng.below(1 << 30));
      value = static_cast<double>(whole);
      exact += whole * whole;
    }
    wrong += detail::sum_of_squares(x.data(), 8) != static_cast<double>(exact);
  }
  CHECK(wrong == 0);
}

TEST_CASE("squares that overflow or vanish do not hurt") {
  for (const double scale : {0x1p660, 0x1p-570, 0x1p-1060, 0x1p1020}) {
    CAPTURE(scale);
    CHECK(norm_of(std::vector<double>{3 * scale, -4 * scale}) == 5 * scale);
  }
  CHECK(norm_of(std::vector<double>{1e-170, 1e-300, 0}) == 1e-170);
  CHECK(norm_of(std::vector<float>{3e38F, 3e38F}) == Catch::Approx(std::sqrt(18.0) * 1e38).epsilon(1e-7));
  CHECK(norm_of(std::vector<float>{3e-45F, -4e-45F}) == Catch::Approx(5e-45).epsilon(0.2));
  const double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(norm_of(std::vector<double>{smallest}) == smallest);
  // the norm itself has no double
  CHECK(std::isinf(norm_of(std::vector<double>(4, std::numeric_limits<double>::max()))));
}

TEMPLATE_TEST_CASE("a row that is not finite has no finite norm", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  for (const TestType bad : {Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()})
    for (const TestType other : {TestType(0), TestType(1), Limits::max()}) {
      CHECK_FALSE(std::isfinite(norm_of(std::vector<TestType>{bad, other})));
      CHECK_FALSE(std::isfinite(norm_of(std::vector<TestType>{other, bad})));
    }
}

TEMPLATE_TEST_CASE("a row without a direction has the inverse norm zero", "", float, double) {
  const std::vector<TestType> four{0, 4}, zero{0, 0},
      denormal{0, std::numeric_limits<TestType>::denorm_min()};
  CHECK(detail::inverse_norm(four.data(), 2) == 0.25);
  CHECK(detail::inverse_norm(zero.data(), 2) == 0);
  CHECK(detail::inverse_norm(denormal.data(), 2) == 0);
}

TEST_CASE("Floats are scaled by a double, each product rounded once") {
  for (const Index n : {0, 1, 3, 4, 17, 40}) {
    Rng rng(1);
    std::vector<float> x, scaled;
    for (Index i = 0; i < n; ++i) x.push_back(static_cast<float>(rng.normal()));
    scaled = x;
    detail::scale(scaled.data(), n, 1 / 3.0);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(scaled[i] == static_cast<float>(static_cast<double>(x[i]) * (1 / 3.0)));
  }
}

TEST_CASE("the norm of the largest doubles is found inside a step too") {
  const detail::FlushDenormals flush;
  CHECK(norm_of(std::vector<double>{1e308, 5e307}) == Catch::Approx(std::sqrt(1.25) * 1e308).epsilon(1e-15));
  CHECK(norm_of(std::vector<double>{1.7e308}) == 1.7e308);
  CHECK(norm_of(std::vector<double>{3e307, 4e307}) == Catch::Approx(5e307).epsilon(1e-15));
  CHECK(norm_of(std::vector<double>{3e-300, -4e-300}) / 5e-300 == Catch::Approx(1).epsilon(1e-15));
}
