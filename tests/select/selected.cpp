// SPDX-License-Identifier: MIT
#include "espalier/select/selected.hpp"

#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "support.hpp"

using namespace espalier;

TEMPLATE_TEST_CASE("The inputs that are read are the columns that are not all zero", "", float, double) {
  auto net = sequential<TestType>(Dense(4, 2), ReLU{}, Dense(2, 4));
  CHECK(selected(net).empty());
  assign(net, "0.weight",
         Matrix<TestType>{{0, std::numeric_limits<TestType>::denorm_min(), 0, 1}, {0, 0, TestType(-0.0), 2}});
  CHECK(selected(net) == std::vector<Index>{1, 3});
  CHECK(static_cast<Index>(selected(net).size()) == 4 - weight_facts(net.parameters()).front().unread);
}

TEST_CASE("What counts is the weight that multiplies") {
  auto net = sequential<double>(Dense(2, 2, WeightNorm{}));
  assign(net, "0.weight", Matrix<double>{{0, 1}, {0, 2}});
  CHECK(selected(net) == std::vector<Index>{1});
}

TEST_CASE("A first layer that shares weights between inputs is refused") {
  const Sequential net{Conv2D(Image{4, 4}, 2, Kernel{3, 3})};
  CHECK_THROWS_WITH(selected(net), Catch::Contains("a column for each of 16 inputs"));
}
