// SPDX-License-Identifier: MIT
#include "espalier/pack/set_in_ball.hpp"

#include "../support.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

namespace {

/// The norm is 8 units of roundoff short, at least.
void check_near(const Numbers<double>& x, const Numbers<double>& expected) {
  REQUIRE(x.size() == expected.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(x[i] == Catch::Approx(expected[i]).epsilon(1e-13).margin(1e-14));
}

}  // namespace

TEST_CASE("The nearest row of a set in a ball, computed by hand") {
  const double half = std::sqrt(0.5);
  check_near(constrained(Pack(SumTo{0}, MaxNorm{1}), Numbers<double>{3, -3}), {half, -half});
  check_near(constrained(Pack(Isotonic{}, MaxNorm{1}), Numbers<double>{3, 1}), {half, half});
  // x1 + x2 = 1 with norm 1 at most: from (0, 1) to (1, 0). (5, 2) is nearer to (1, 0) in the Euclidean norm,
  // 16 + 4 to 25 + 1, and to (0, 1) with a tenth of the step for x2, 16 + 40 to 25 + 10.
  check_near(constrained(Pack(SumTo{1}, MaxNorm{1}), Numbers<double>{5, 2}), {1, 0});
  check_near(constrained(Pack(SumTo{1}, MaxNorm{1}), Numbers<double>{5, 2}, {1, 0.1}), {0, 1});
  // The set alone is in the ball.
  check_near(constrained(Pack(L1Ball{0.5}, MaxNorm{1}), Numbers<double>{2, 0.1}), {0.5, 0});
}

TEST_CASE("Rows in both are not touched; each policy counts what it moved") {
  const Pack pack(Isotonic{}, MaxNorm{1});
  const Numbers<float> inside{-0.5F, 0.25F, 0.75F};
  CHECK(constrained(pack, inside) == inside);
  Numbers<float> row{0.1F, 2, 3}, copies(3), long_row{2, 0.1F, 3};
  Numbers<double> room(static_cast<std::size_t>(3 * pack.room));
  decltype(pack)::Counts counts{};
  pack.constrain(row.data(), 3, {nullptr, 1.0F}, 1.0F, {copies.data(), room.data()}, counts);
  CHECK(counts == decltype(pack)::Counts{0, 1});
  pack.constrain(long_row.data(), 3, {nullptr, 1.0F}, 1.0F, {copies.data(), room.data()}, counts);
  CHECK(counts == decltype(pack)::Counts{1, 2});
}

TEST_CASE("A weight whose step size is zero stays, as far as it can") {
  const auto x = constrained(Pack(Isotonic{}, MaxNorm{1}), Numbers<double>{0.5, 2, 3}, {0, 1, 1});
  CHECK(x[0] == Catch::Approx(0.5).epsilon(1e-12));
  CHECK(test::length(x) <= 1);
  CHECK(x[1] <= x[2]);
}

TEST_CASE("What is not finite is not repaired") {
  const auto x = constrained(Pack(Isotonic{}, MaxNorm{1}), Numbers<double>{0.5, std::nan(""), 3});
  CHECK(!std::isfinite(x[1]));
}

TEST_CASE("A set without a vector in the ball is refused") {
  const Pack pack(Simplex{1}, MaxNorm{0.4});
  CHECK(message_of([&] { pack.validate("0.weight", 4); }) ==
        "0.weight: expected constraint sets that have a point in common, found an empty intersection of "
        "Simplex, "
        "MaxNorm");
  CHECK_NOTHROW(pack.validate("0.weight", 7));  // 1 / sqrt(7) < 0.4
  CHECK_NOTHROW(Pack(Isotonic{}, MaxNorm{0.4}).validate("0.weight", 4));
}

TEST_CASE("Where both sets hardly meet, the row that they have in common is found") {
  // In four dimensions the simplex of sum 2 has the norm 1 at its middle, and nowhere less.
  for (const auto& y : {Numbers<float>{3, 1, 0, 0}, Numbers<float>{-1, 5, 2, 2}}) {
    const auto x = constrained(Pack(Simplex{2}, MaxNorm{1}), y);
    CHECK(x == Numbers<float>{0.5F, 0.5F, 0.5F, 0.5F});
  }
}
