// SPDX-License-Identifier: MIT
#include "espalier/report/certificates.hpp"

#include "../nets.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

TEST_CASE("Certificates print alone, and under an audit") {
  auto net = sequential<double>(Dense(1, 1, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{-0.5}});
  const std::string text = fmt::format("{}", certificates(net));
  CHECK(text.substr(0, 10) == "Lipschitz ");
  CHECK(
      text ==
      fmt::format("{}", lipschitz(net)) +
          "inputs 1: 0 never read, 0 with which no output falls, 1 with which none rises\n"
          "0.weight 1 x 1: 0 zeros, largest 0.5, not positive, 1 levels from -0.5 to -0.5 in steps of 0.5\n");
  CHECK(fmt::format("{}", audit(net, CertifyOptions{})) == fmt::format("{}", audit(net)) + text);
}
