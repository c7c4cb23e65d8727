// SPDX-License-Identifier: MIT
#include "espalier/constraint/l2.hpp"

#include <limits>

#include "central_difference.hpp"
#include "espalier/pack/pack.hpp"
#include "support.hpp"

using namespace espalier;

static_assert(SmoothPenalty<L2> && Policy<L2>);

TEST_CASE("the gradient is the derivative of the value") {
  const Pack pack(L2{.strength = 0.3});
  const Matrix<double> w = (Matrix<double>(2, 3) << 1, -2, 0.5, 3, -0.1, 0).finished();
  const Matrix<double> numeric =
      central_difference([&](const Matrix<double>& at) { return pack.penalty(at.data(), at.size()); }, w);
  Matrix<double> gradient = Matrix<double>::Zero(2, 3);
  Index active = 0;
  CHECK(pack.add_gradient(w.data(), gradient.data(), 6, &active));
  CHECK(active == 5);
  CHECK((gradient - numeric).norm() <= 1e-6 * numeric.norm());
}

TEST_CASE("half the strength times the square, so that the gradient is strength times the weight") {
  CHECK(L2{3}.value(2.0) == 6);
  CHECK(L2{3}.gradient(2.0) == 6);
  CHECK(L2{3}.gradient(-2.0F) == -6);
}

TEST_CASE("the gradient joins that of the loss, and is counted") {
  const Pack pack(L2{.strength = 0.5});
  Line<float>::Array weights = Line<float>::Array::Zero();
  weights.head(3) << 2, 0, -4;
  const Line<float> w(weights);
  Line<float> g = 1.0F;
  const auto lines = pack.on_lines<float>();
  Pack<L2>::Lines<float>::Counts active{};
  lines.add_gradient(w, g, active);
  CHECK((g.array().head(4) == Line<float>::Array::Map(std::array<float, 16>{2, 1, -1, 1}.data()).head(4))
            .all());
  CHECK(active[0].sum() == 2);
}

TEST_CASE("the strength of L2 must be a number that is not negative") {
  CHECK_NOTHROW(L2{0}.validate());
  CHECK(message_of([] { L2{-1}.validate(); }) == "L2: expected strength >= 0 and finite, found -1");
  CHECK_THROWS_AS(L2{std::numeric_limits<double>::infinity()}.validate(), ValueError);
  CHECK_THROWS_AS(L2{std::numeric_limits<double>::quiet_NaN()}.validate(), ValueError);
}
