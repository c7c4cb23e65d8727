// SPDX-License-Identifier: MIT
#include "espalier/constraint/isotonic.hpp"

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "nets.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<Isotonic> && Policy<Isotonic>);

TEST_CASE("Neighbors in the wrong order become their mean, weighted by one over the step size") {
  CHECK(constrained(Pack(Isotonic{}), Numbers<double>{3, 1, 2, 5}) == Numbers<double>{2, 2, 2, 5});
  CHECK(constrained(Pack(Isotonic{}), Numbers<double>{3, 1}, {1, 3}) == Numbers<double>{2.5, 2.5});
}

TEST_CASE("With Clip it is the regression, clipped") {
  CHECK(constrained(Pack(Isotonic{}, Clip{0, 2}), Numbers<double>{-1, 3, 1, 4}) ==
        Numbers<double>{0, 2, 2, 2});
}

TEST_CASE(
    "Bounds by place hold inside the regression: what one weight may not reach, its neighbor need not") {
  // min (x - 2)^2 + (y - 0)^2, x <= y, x <= 0 is (0, 0); the regression (1, 1), clipped, would be (0, 1)
  auto net = sequential<double>(Dense(2, 1, NoBias{}, Isotonic{}, SignPattern{-1, 0}));
  assign(net, "0.weight", Matrix<double>{{2, 0}});
  CHECK(parameter(net, "0.weight") == Matrix<double>{{0, 0}});
}

TEST_CASE("A frozen weight is a bound for those on either side, and keeps its bits") {
  auto net = sequential<float>(Dense(5, 1, NoBias{}, Isotonic{}, Frozen{0, 0, 1, 0, 0}));
  assign(net, "0.weight", Matrix<float>{{5, 1, -0.0F, -3, 7}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{0, 0, 0, 0, 7}});
  CHECK(std::signbit(parameter(net, "0.weight")(2)));
}

TEST_CASE("In training, too, rows rise and frozen weights keep their bits") {
  auto net = sequential<float>(Dense(5, 3, NoBias{}, Isotonic{}, Frozen{0, 0, 1, 0, 0}));
  initialize(net, {.seed = 3});
  const Matrix<float> start = parameter(net, "0.weight");
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  random_steps(net, optimizer, 40, 4);
  const Matrix<float> end = parameter(net, "0.weight");
  CHECK(end.col(2) == start.col(2));
  CHECK((end.leftCols(2) - start.leftCols(2)).cwiseAbs().maxCoeff() > 0.1F);
  for (Index i = 0; i < 4; ++i) CHECK((end.col(i).array() <= end.col(i + 1).array()).all());
}

TEST_CASE("Frozen weights that fall are refused, and nothing changes") {
  auto net = sequential<float>(Dense(3, 1, NoBias{}, Isotonic{}, Frozen{1, 0, 1}));
  assign(net, "0.weight", Matrix<float>{{1, 2, 3}});
  CHECK_THROWS_AS(assign(net, "0.weight", Matrix<float>{{3, 2, 1}}), ValueError);
  CHECK(parameter(net, "0.weight") == Matrix<float>{{1, 2, 3}});
}

TEST_CASE("Rows that rise are not touched; no numbers do") {
  const Numbers<float> rising{-1, 0, 0, 7};
  CHECK(constrained(Pack(Isotonic{}), rising) == rising);
  CHECK(constrained(Pack(Isotonic{}), Numbers<float>{5}) == Numbers<float>{5});
}

TEST_CASE("Means of the largest doubles are finite") {
  const double most = std::numeric_limits<double>::max();
  const auto x = constrained(Pack(Isotonic{}), Numbers<double>{most, -most / 2});
  CHECK(x[0] == Catch::Approx(most / 4));
  CHECK(x[1] == x[0]);
}
