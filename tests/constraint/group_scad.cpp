// SPDX-License-Identifier: MIT
#include "espalier/constraint/group_scad.hpp"

#include "concave_groups.hpp"
#include "espalier/constraint/group_lasso.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::Numbers;

static_assert(VectorPenalty<GroupScad> && Policy<GroupScad>);

namespace {

constexpr GroupScad scad{.strength = 0.3, .gamma = 3};

test::ConcaveGroup problem_of(const Numbers<double>& y, const Numbers<double>& t) {
  const double lambda = 0.3 * std::sqrt(static_cast<double>(y.size()));
  return {y, t, lambda, lambda, 3 * lambda};
}

}  // namespace

TEST_CASE("Rows up to lambda are those of GroupLasso, long ones stay, and between it goes over") {
  const GroupScad p{0.5};
  const Numbers<double> y{0.6, 0.7}, t{0.5, 1};
  const auto x = constrained(Pack(p), y, t), lasso = constrained(Pack(GroupLasso{0.5}), y, t);
  for (std::size_t i = 0; i < 2; ++i) CHECK(x[i] == Approx(lasso[i]).epsilon(1e-14));
  CHECK(constrained(Pack(p), Numbers<double>{3, 4}) == Numbers<double>{3, 4});
  // of one weight: soft(y, gamma lambda / (gamma - 1)) / (1 - 1 / (gamma - 1))
  const double s = (1.5 - 3.7 * 0.5 / 2.7) / (1 - 1 / 2.7);
  CHECK(constrained(Pack(p), Numbers<double>{-1.5})[0] == Approx(-s).epsilon(1e-14));
}

TEST_CASE("Its value is lambda s, then a parabola, then constant, with no jump") {
  const GroupScad p{0.5, 3};
  const auto value = [&](double x) { return p.value(ConstRow<double>(&x, 1)); };
  CHECK(value(0.4) == Approx(0.2).epsilon(1e-15));
  CHECK(value(1) == Approx((2 * 3 * 0.5 - 1 - 0.25) / 4).epsilon(1e-15));
  CHECK(value(9) == Approx(0.5).epsilon(1e-15));
  CHECK(value(0.5 + 1e-9) == Approx(value(0.5)).epsilon(1e-8));
  CHECK(value(1.5 - 1e-9) == Approx(value(1.5)).epsilon(1e-8));
}

TEST_CASE(
    "Under GroupScad no search finds a better point in any metric, with L1 and NonNegative or without") {
  for (const double longest : {0.5, 1.9, 4.0, 30.0}) test::check_concave(Pack(scad), longest, problem_of);
  for (const double longest : {1.9, 4.0})
    test::check_concave(Pack(scad, L1{0.1}, NonNegative{}), longest, [](const auto& y, const auto& t) {
      test::ConcaveGroup problem = problem_of(y, t);
      problem.l1 = 0.1, problem.positive = true;
      return problem;
    });
}

TEST_CASE("At strength 0 nothing changes, nor where step sizes are zero") {
  const Numbers<float> y{0.1F, -0.2F, 0.3F};
  CHECK(constrained(Pack(GroupScad{0}), y) == y);
  CHECK(constrained(Pack(GroupScad{1}), y, Numbers<float>{0, 0, 0}) == y);
}
