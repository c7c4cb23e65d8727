// SPDX-License-Identifier: MIT
#include "espalier/constraint/symmetric.hpp"

#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/testing/projection_check.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorSet<Symmetric> && Policy<Symmetric> && VectorSet<Circulant> && Policy<Circulant>);

TEST_CASE("A symmetric weight has the weighted mean of both sides, and its diagonal stays") {
  auto net = sequential<double>(Dense(3, 3, NoBias{}, Symmetric{}));
  assign(net, "0.weight", Matrix<double>{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  CHECK(parameter(net, "0.weight") == Matrix<double>{{1, 3, 5}, {3, 5, 7}, {5, 7, 9}});
  CHECK(constrained(Pack(Symmetric{}), Numbers<double>{1, 3, 1, 1}, {1, 1, 3, 1}) ==
        Numbers<double>{1, 2.5, 2.5, 1});
}

TEST_CASE("A circulant weight has the mean of each diagonal, which goes around") {
  auto net = sequential<double>(Dense(3, 3, NoBias{}, Circulant{}));
  assign(net, "0.weight", Matrix<double>{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  CHECK(parameter(net, "0.weight") == Matrix<double>{{5, 5, 5}, {5, 5, 5}, {5, 5, 5}});
  assign(net, "0.weight", Matrix<double>{{3, 0, 6}, {0, 6, 0}, {0, 0, 6}});
  CHECK(parameter(net, "0.weight") == Matrix<double>{{5, 0, 2}, {2, 5, 0}, {0, 2, 5}});
}

TEMPLATE_TEST_CASE("Both are projections, in any metric, and with bounds beside them", "", float, double) {
  for (const bool uneven : {false, true}) {
    const ProjectionTrials trials{.trials = 50, .length = 16, .uneven_steps = uneven};
    CHECK(projection_check<TestType>(Symmetric{}, Rng{1}, trials).ok());
    CHECK(projection_check<TestType>(Circulant{}, Rng{1}, trials).ok());
    CHECK(projection_check<TestType>(Pack(Symmetric{}, Whole{MaxNorm{2}}, test::clip), Rng{1}, trials).ok());
  }
}

TEST_CASE("A weight that is not square is refused") {
  CHECK(message_of([] { Dense(3, 2, Symmetric{}); }).find("as many rows as columns, found one of 2 x 3") !=
        std::string::npos);
  CHECK(message_of([] { Dense(3, 2, Circulant{}); }).find("Circulant") != std::string::npos);
}
