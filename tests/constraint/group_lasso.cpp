// SPDX-License-Identifier: MIT
#include "espalier/constraint/group_lasso.hpp"

#include <cmath>

#include "../nets.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/core/group.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers;

static_assert(VectorPenalty<GroupLasso> && Policy<GroupLasso>);

TEST_CASE("A row shrinks in length by strength times the root of its size, or is zero") {
  const double length = 5 - 0.5 * std::sqrt(2.0);
  const auto x = constrained(Pack(GroupLasso{0.5}), Numbers<double>{3, 4});
  CHECK(x[0] == Approx(0.6 * length).epsilon(1e-14));
  CHECK(x[1] == Approx(0.8 * length).epsilon(1e-14));
  CHECK(constrained(Pack(GroupLasso{4}), Numbers<double>{3, 4}) == Numbers<double>{0, 0});
  CHECK(GroupLasso{0.5}.value(ConstRow<double>(Numbers<double>{3, 4}.data(), 2)) ==
        Approx(0.5 * std::sqrt(2.0) * 5));
}

TEST_CASE("In a metric the condition of the minimum holds") {
  // (x_i - y_i) / t_i + lambda x_i / norm(x) = 0
  const Numbers<double> y{3, -1, 0.5}, t{1, 0.25, 2};
  const auto x = constrained(Pack(GroupLasso{0.4}), y, t);
  const double lambda = 0.4 * std::sqrt(3.0), norm = std::hypot(x[0], x[1], x[2]);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK((x[i] - y[i]) / t[i] + lambda * x[i] / norm == Approx(0).margin(1e-13));
}

TEST_CASE("Over inputs it makes whole columns exactly zero, and the model counts them") {
  auto net = sequential<double>(Dense(3, 2, NoBias{}, PerInput{GroupLasso{1}}));
  assign(net, "0.weight", Matrix<double>{{3, 0.1, -2}, {4, -0.1, 1}});
  Optimizer optimizer{SGD{.learning_rate = 1}};
  optimizer.step(net);  // gradients are 0: the prox alone
  const Matrix<double> w = parameter(net, "0.weight");
  CHECK(w.col(1).isZero(0));
  CHECK(w.col(0).norm() == Approx(5 - std::sqrt(2.0)).epsilon(1e-14));
  CHECK(w(0, 0) / w(1, 0) == Approx(0.75).epsilon(1e-14));
  CHECK(w.col(2).norm() == Approx(std::sqrt(5.0) - std::sqrt(2.0)).epsilon(1e-14));
  CHECK(penalty(net) == Approx(std::sqrt(2.0) * (w.col(0).norm() + w.col(2).norm())).epsilon(1e-12));
}
