// SPDX-License-Identifier: MIT
#include "espalier/certify/audit.hpp"

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"

using namespace espalier;

TEST_CASE("an audit shows zeros, norms and violations of the weights as they are") {
  Sequential net{Dense(2, 2, MaxNorm{.radius = 5})};
  Matrix<float> weight(2, 2);
  weight << 3, 4, 0, 1;
  assign(net, 1, "weight", weight);
  Audit report = audit(net);
  REQUIRE(report.parameters.size() == 2);
  const ParameterAudit& line = report.parameters[0];
  CHECK(line.parameter == "layer 1 weight");
  CHECK(line.zeros == 1);
  CHECK(line.largest_row_norm == 5);
  CHECK(line.norm == Catch::Approx(std::sqrt(26.0)));
  CHECK(report.violation() == 0);
  net.values()[0] = 6, net.values()[1] = 8;  // norm 10, behind the library's back
  report = audit(net);
  CHECK(report.violation() == Catch::Approx(5).epsilon(1e-6));
  CHECK(report.parameters[0].policies[0].violation == report.violation());
  CHECK(report.parameters[1].violation() == 0);
}

TEST_CASE("an audit tells which policies acted, and which never did") {
  Sequential net{Dense(1, 1, Clip{-1, 1}, L1{0.1}, MaxNorm{.radius = 100}, NoBias{})};
  SGD optimizer{{.rate = 1}};
  step_with(net, optimizer, -0.5);  // 0.5, then 0.4 by L1
  step_with(net, optimizer, -5);    // to 5.4, clipped
  step_with(net, optimizer, 0);     // 0.9
  const auto policies = audit(net).parameters[0].policies;
  REQUIRE(policies.size() == 3);
  CHECK(policies[0].policy == "Clip");
  CHECK(policies[0].acted == 1);
  CHECK(policies[0].last_acted == 2);
  CHECK(policies[0].active_fraction == 0);
  CHECK(policies[1].acted == 3);
  CHECK(policies[1].active_fraction == 1);
  CHECK(policies[2].acted == 0);
  CHECK(policies[2].steps == 3);
}

TEST_CASE("with the optimizer, an audit shows its default pack on the weights that take it") {
  Sequential net{Dense(1, 1), Dense(1, 1, Clip{})};
  initialise(net, Rng{1});
  SGD optimizer{{.rate = 1}, MaxNorm{.radius = 0.5}};
  random_steps(net, optimizer, 5, 2);
  const Audit report = audit(net, optimizer);
  REQUIRE(report.parameters.size() == 4);
  REQUIRE(report.parameters[0].policies.size() == 1);
  CHECK(report.parameters[0].policies[0].policy == "MaxNorm");
  CHECK(report.parameters[0].policies[0].steps == 5);
  CHECK(report.parameters[0].policies[0].acted > 0);
  CHECK(report.parameters[1].policies.empty());  // biases are free
  CHECK(report.parameters[2].policies[0].policy == "Clip");
  CHECK(report.violation() == 0);
  const std::string text = fmt::format("{}", report);
  CHECK(text.find("layer 1 weight") != std::string::npos);
  CHECK(text.find("MaxNorm") != std::string::npos);
  CHECK(text.find("free") != std::string::npos);
}
