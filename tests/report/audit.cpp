// SPDX-License-Identifier: MIT
#include "espalier/report/audit.hpp"

#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

TEST_CASE("An audit prints as a table") {
  auto net = sequential<double>(Dense(2, 1, Clip{-1, 1}, MaxNorm{100}));
  Optimizer optimizer{SGD{.learning_rate = 1}};
  std::fill_n(net.gradients().begin(), 2, -5.0);
  optimizer.step(net);
  CHECK(fmt::format("{}", audit(net)) ==
        "parameter              shape    zeros dead rows       norm   row norm  policy         violation "
        "active last acted in steps (last)\n"
        "0.weight               1 x 2        0         0      1.414      1.414  Clip                   0 "
        "      100 % 1 of 1 (1)\n"
        "                                                                       MaxNorm                0 "
        "        0 % never in 1\n"
        "0.bias                 1 x 1        1                    0          0  free\n");
}

TEST_CASE("A penalty on several parameters has a line of its own") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  detail::arena(net.parameters())[0] = 2;
  Optimizer optimizer{SGD{}, ProductOfNorms{0.5}};
  optimizer.prepare(net);
  const std::string table = fmt::format("{}", audit(net));
  CHECK(
      table.ends_with("  free\n"
                      "several                                                                ProductOf"
                      "Norms                       never in 0, penalty 1\n"));
}

TEST_CASE("An audit prints why a parameter is not trained") {
  auto net = sequential<double>(Dense(1, 1, Clip{-1, 1}));
  freeze(net, "0.*");
  const std::string table = fmt::format("{}", audit(net));
  CHECK(table.find("never in 0, frozen\n") != table.npos);
  CHECK(table.ends_with("  frozen\n"));
}
