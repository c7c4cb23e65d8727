// SPDX-License-Identifier: MIT
#include "espalier/constraint/l1_ball.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<L1Ball> && Policy<L1Ball>);

TEST_CASE("The nearest row of the ball is soft-thresholded, in the metric by the step size") {
  CHECK(constrained(Pack(L1Ball{1}), Numbers<double>{2, -1.5, 0.25}) == Numbers<double>{0.75, -0.25, 0});
  // (3 - mu) + (1 - mu / 2) = 1 gives mu = 2, where the second is 0: (1, 0).
  CHECK(constrained(Pack(L1Ball{1}), Numbers<double>{3, 1}, {1, 0.5}) == Numbers<double>{1, 0});
}

TEST_CASE("Rows in the ball are not touched; those at its bound hold exactly") {
  const Numbers<float> inside{0.5F, -0.5F};
  CHECK(constrained(Pack(L1Ball{1}), inside) == inside);
  Rng rng(1);
  for (int k = 0; k < 200; ++k) {
    const auto x = constrained(Pack(L1Ball{0.7}), test::random_row<float>(9, 1, rng));
    long double sum = 0;
    for (const float w : x) sum += std::abs(static_cast<long double>(w));
    CHECK(sum <= 0.7);
    CHECK(sum >= 0.7L * (1 - 1e-6L));
  }
}

TEST_CASE("The radius must be positive, also as a float") {
  CHECK_THROWS_AS(L1Ball{0}.validate(), ValueError);
  CHECK_THROWS_AS(L1Ball{1e-60}.validate(), ValueError);
}

TEMPLATE_TEST_CASE("It holds exactly where all that gives way is tiny beside weights at their bounds", "",
                   float, double) {
  // Two halves take all of the ball: nothing is left for the third weight.
  const Pack pack(L1Ball{1}, Clip{-0.5, 0.5});
  for (const double size : {1e-3, 1e-10, 1e-20, 1e-30}) {
    const auto tiny = static_cast<TestType>(size);
    CHECK(constrained(pack, Numbers<TestType>{1, -1, tiny}) == Numbers<TestType>{0.5, -0.5, 0});
    CHECK(test::contains(pack, constrained(pack, Numbers<TestType>{1, tiny, 1}, {1, tiny, 2})));
  }
}

TEST_CASE("Rows far outside, of which only the difference of neighboring doubles stays, come to the bound") {
  const auto distance = [](const Numbers<double>& x, const Numbers<double>& y) {
    double largest = 0;
    for (std::size_t i = 0; i < y.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]));
    return largest;
  };
  for (const double s : {1e3, 1e8, 1e15, 1e16, 3e16, 1e17, 1e18}) {
    CAPTURE(s);
    const Numbers<double> y{s, s, -s / 2};
    CHECK(distance(constrained(Pack(L1Ball{1.2}), y), {0.6, 0.6, 0}) < 1e-12);
    // In the smaller ball the row only becomes shorter: its magnitudes are then 5/3 of its norm together.
    CHECK(distance(constrained(Pack(L1Ball{1.2}, MaxNorm{0.6}), y), {0.4, 0.4, -0.2}) < 1e-12);
  }
}

TEST_CASE("Weights with a step size of zero share alike what they must give") {
  // The third moves first, to zero.
  CHECK(constrained(Pack(L1Ball{1}), Numbers<double>{3, 3, -4}, {0, 0, 1e-3}) ==
        Numbers<double>{0.5, 0.5, 0});
  CHECK(constrained(Pack(L1Ball{8}), Numbers<double>{3, 3, -4}, {0, 0, 1e-3}) == Numbers<double>{3, 3, -2});
}
