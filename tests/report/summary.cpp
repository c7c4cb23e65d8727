// SPDX-License-Identifier: MIT
#include "espalier/report/summary.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

TEST_CASE("A summary prints as a table, and says what is frozen and tied") {
  Sequential net(Dense(4, 3, L1{1e-3}, MaxNorm{2}), ReLU{}, Dense(3, 3), Dense(3, 3, NoBias{}));
  freeze(net, "2.bias");
  tie(net, "2.weight", "3.weight");
  CHECK(fmt::format("{}", summary(net)) ==
        "layer              outputs  parameter              shape   numbers  policies\n"
        "0 Dense                  3  0.weight               3 x 4        12  L1, MaxNorm\n"
        "                            0.bias                 3 x 1         3\n"
        "1 ReLU                   3\n"
        "2 Dense                  3  2.weight               3 x 3         9\n"
        "                            2.bias                 3 x 1         3  frozen\n"
        "3 Dense                  3  3.weight               3 x 3         9  tied to 2.weight\n"
        "4 inputs, 3 outputs, 27 numbers to learn, 24 of them trained\n");
}
