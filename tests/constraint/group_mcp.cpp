// SPDX-License-Identifier: MIT
#include "espalier/constraint/group_mcp.hpp"

#include "concave_groups.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"
#include "support.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::Numbers;

static_assert(VectorPenalty<GroupMcp> && Policy<GroupMcp>);

namespace {

constexpr GroupMcp mcp{.strength = 0.3, .gamma = 2};

test::ConcaveGroup problem_of(const Numbers<double>& y, const Numbers<double>& t) {
  const double lambda = 0.3 * std::sqrt(static_cast<double>(y.size()));
  return {y, t, lambda, 0, 2 * lambda};
}

}  // namespace

TEST_CASE("A short row is zero, a long one stays, and one between is shrunk along its ray") {
  // lambda = 0.5 sqrt(2), gamma lambda = 2.1; (1 - 1 / 3) s = norm(y) - lambda
  const GroupMcp p{0.5};
  CHECK(constrained(Pack(p), Numbers<double>{0.5, -0.4}) == Numbers<double>{0, 0});
  CHECK(constrained(Pack(p), Numbers<double>{3, 4}) == Numbers<double>{3, 4});
  const auto x = constrained(Pack(p), Numbers<double>{0.6, 0.8});
  const double s = (1 - 0.5 * std::sqrt(2.0)) * 1.5;
  CHECK(x[0] == Approx(0.6 * s).epsilon(1e-14));
  CHECK(x[1] == Approx(0.8 * s).epsilon(1e-14));
}

TEST_CASE("Its value begins with slope lambda and is constant from gamma lambda on") {
  const GroupMcp p{0.5};
  const auto value = [&](double x) { return p.value(ConstRow<double>(&x, 1)); };
  CHECK(value(1e-8) == Approx(0.5e-8).epsilon(1e-7));
  CHECK(value(0.9) == Approx(0.45 - 0.81 / 6).epsilon(1e-15));
  CHECK(value(1.5) == Approx(0.375).epsilon(1e-15));
  CHECK(value(100) == value(1.5));
}

TEST_CASE("With one step size that is longer than gamma it is a hard threshold") {
  // y stays iff |y| > lambda sqrt(gamma t) = 0.3 sqrt(2 * 8) = 1.2
  CHECK(constrained(Pack(mcp), Numbers<double>{1.199}, {8}) == Numbers<double>{0});
  CHECK(constrained(Pack(mcp), Numbers<double>{1.201}, {8}) == Numbers<double>{1.201});
}

TEST_CASE("In any metric, longer than gamma or not, no search finds a better point") {
  for (const double longest : {0.5, 1.9, 5.0, 30.0}) test::check_concave(Pack(mcp), longest, problem_of);
}

TEST_CASE("Nor with L1 and NonNegative beside it") {
  for (const double longest : {1.9, 5.0})
    test::check_concave(Pack(mcp, L1{0.1}, NonNegative{}), longest, [](const auto& y, const auto& t) {
      test::ConcaveGroup problem = problem_of(y, t);
      problem.l1 = 0.1, problem.positive = true;
      return problem;
    });
}

TEST_CASE("A weight whose step size is zero stays, and holds its vector away from zero") {
  const auto x = constrained(Pack(mcp), Numbers<double>{0.1, 0.2}, {0, 1});
  CHECK(x[0] == 0.1);
  CHECK(x[1] > 0);
  CHECK(constrained(Pack(mcp), Numbers<double>{0, 0.2}, {0, 1}) == Numbers<double>{0, 0});
}

TEST_CASE("At strength 0 nothing changes, and very long and very short vectors are what they should be") {
  const Numbers<float> y{1, -2, 3};
  CHECK(constrained(Pack(GroupMcp{0}), y) == y);
  CHECK(constrained(Pack(mcp), Numbers<float>{1e30F, 2e30F}) == Numbers<float>{1e30F, 2e30F});
  CHECK(constrained(Pack(mcp), Numbers<float>{1e-30F, 2e-30F}) == Numbers<float>{0, 0});
  const auto x = constrained(Pack(GroupMcp{3e-31, 3}), Numbers<float>{6e-31F, 8e-31F});  // as y = 0.6, 0.8
  CHECK(x[0] / 6e-31F == Approx((1 - 0.3 * std::sqrt(2.0)) * 1.5).epsilon(1e-6));
  CHECK(constrained(Pack(mcp), Numbers<float>{}).empty());
}

TEST_CASE("Over inputs whole columns are zero and others are not shrunk, and numbers are checked") {
  auto net = sequential<double>(Dense(3, 2, NoBias{}, PerInput{GroupMcp{0.1}}));
  assign(net, "0.weight", Matrix<double>{{3, 0.01, -2}, {4, -0.01, 1}});
  CHECK(penalty(net) == Approx(2 * 3 * 0.02 / 2 + 0.1 * std::sqrt(2.0) * std::sqrt(2e-4) - 2e-4 / 6));
  CHECK(message_of([] { Dense(3, 2, GroupMcp{-1}); }).find("strength >= 0") != std::string::npos);
  CHECK(message_of([] { Dense(3, 2, GroupMcp{1, 0}); }).find("gamma > 0") != std::string::npos);
}
