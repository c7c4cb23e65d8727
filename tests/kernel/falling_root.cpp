// SPDX-License-Identifier: MIT
#include "espalier/kernel/falling_root.hpp"

#include <algorithm>
#include <cmath>

#include "catch.hpp"

using namespace espalier;
using detail::falling_root, detail::ValueAndSlope;

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("A root is found with the right slope, with a wrong one, and far from the start") {
  for (const double root : {-3e8, -1.0, 0.25, 7e200}) {
    CAPTURE(root);
    const double scale = std::abs(root);
    const auto right = [&](double x) { return ValueAndSlope{(root - x) / scale, -1 / scale, 1e-15}; };
    const auto wrong = [&](double x) { return ValueAndSlope{(root - x) / scale, -17 / scale, 1e-15}; };
    CHECK(falling_root({0, -infinity, infinity, 1}, right) == Approx(root).epsilon(1e-12));
    // The stride is a guess of how far the root is, as its callers have it.
    CHECK(falling_root({0, -infinity, infinity, scale / 8}, wrong) == Approx(root).epsilon(1e-12));
  }
}

TEST_CASE("Kinks and plateaus are no trap") {
  const auto kinked = [](double x) {
    return ValueAndSlope{x < 2 ? 5 : 4 - 2 * x, x < 2 ? 0.0 : -2.0, 1e-15};
  };
  CHECK(falling_root({0, 0, infinity, 0.1}, kinked) == Approx(2).epsilon(1e-12));
  const auto cubic = [](double x) {
    return ValueAndSlope{-std::pow(x - 3, 3), -3 * std::pow(x - 3, 2), 1e-30};
  };
  CHECK(falling_root({100, -infinity, infinity, 1}, cubic) == Approx(3).epsilon(1e-6));
}

TEST_CASE("A root that is far smaller than the start is found, whatever the stride, and without slopes") {
  for (const double root : {-3e-30, 4e-170, -2e-300}) {
    CAPTURE(root);
    const auto kinked = [&](double x) {
      // Falls from |root| to -|root| around the root, and is flat elsewhere.
      const double size = std::abs(root);
      return ValueAndSlope{std::clamp(root - x, -size, size), std::abs(x - root) < size ? -1.0 : 0.0,
                           1e-16 * size};
    };
    for (const double start : {1e-8, -1e-8, 1e200}) {
      const double found = falling_root({start, -infinity, infinity, std::abs(root)}, kinked);
      CHECK(found == Approx(root).epsilon(1e-12));
    }
  }
  CHECK(detail::middle_of_doubles(-1, 1) == 0);
  CHECK(detail::middle_of_doubles(1e-200, 1e200) == Approx(1).epsilon(1));
  CHECK(detail::middle_of_doubles(-1e-200, 0) < -1e-260);
}
