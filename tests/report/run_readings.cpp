// SPDX-License-Identifier: MIT
#include "espalier/report/run_readings.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using detail::Chart;
using detail::ParameterNumbers;

namespace {

double reading(const std::vector<detail::Reading>& all, Chart chart, const std::string& name) {
  for (const detail::Reading& r : all)
    if (r.chart == chart && r.name == name) return r.value;
  FAIL("no reading " << name);
  return 0;
}

}  // namespace

TEST_CASE("parameters are read as the audit and the model have them, in double too") {
  auto net = sequential<double>(Dense(4, 3, L1{0.05}, MaxNorm{0.5}), BatchNorm(3), Tanh{},
                                Dense(3, 2, Quantized{0.25, -1, 1}));
  initialize(net, {.seed = 1});
  freeze(net, "3.bias");
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  random_steps(net, optimizer, 5, 2);
  const std::vector<ParameterNumbers> all = detail::parameter_numbers(net);
  const Audit found = audit(net);
  REQUIRE(all.size() == found.parameters.size());
  for (std::size_t k = 0; k < all.size(); ++k) {
    const ParameterAudit& expected = found.parameters[k];
    CAPTURE(expected.parameter);
    CHECK(all[k].path == expected.parameter);
    CHECK(all[k].zeros == expected.zeros);
    CHECK(all[k].norm == expected.norm);
    CHECK(all[k].untrained == expected.untrained);
    if (all[k].kind != ParameterKind::buffer)
      CHECK(all[k].gradient == Catch::Approx(gradient(net, all[k].path).norm()));
    REQUIRE(all[k].policies.size() == expected.policies.size());
    for (std::size_t i = 0; i < expected.policies.size(); ++i) {
      CHECK(all[k].policies[i].first == expected.policies[i].policy);
      CHECK(all[k].policies[i].second.acted == expected.policies[i].acted);
      CHECK(all[k].policies[i].second.fraction == expected.policies[i].active_fraction);
    }
  }
  CHECK(all[0].policies[0].second.steps == 5);

  const auto readings = detail::readings_of({}, all, detail::layer_names(net));
  const double weight = effective_weight(net, "0.weight").norm(), bias = parameter(net, "0.bias").norm();
  CHECK(reading(readings, Chart::weight_norms, "0 Dense") == Catch::Approx(std::hypot(weight, bias)));
  CHECK(reading(readings, Chart::gradient_norms, "3 Dense") ==
        Catch::Approx(std::hypot(gradient(net, "3.weight").norm(), gradient(net, "3.bias").norm())));
  CHECK(reading(readings, Chart::zeros, "0.weight") ==
        100 * static_cast<double>((parameter(net, "0.weight").array() == 0).count()) / 12);
  CHECK(reading(readings, Chart::active, "0.weight L1") ==
        100 * found.parameters[0].policies[0].active_fraction);
  const double gain = parameter(net, "1.weight").norm(), shift = parameter(net, "1.bias").norm();
  CHECK(reading(readings, Chart::weight_norms, "1 BatchNorm") == Catch::Approx(std::hypot(gain, shift)));
}

TEST_CASE("a penalty on several parameters acts as a whole or not at all") {
  Sequential net(Dense(2, 2), Tanh{}, Dense(2, 1));
  initialize(net, {.seed = 1});
  Optimizer optimizer{SGD{}, ProductOfNorms{1e-3}};
  random_steps(net, optimizer, 2, 2);
  std::vector<detail::Reading> all;
  detail::add_joint_penalties(all, net.parameters());
  REQUIRE(all.size() == 1);
  CHECK(reading(all, Chart::active, "ProductOfNorms") == 100);
}

TEST_CASE("the numbers of fit's report are read as they are") {
  EpochReport report;
  report.loss = 1, report.penalty = 2, report.training_loss = 3, report.validation_loss = 4;
  report.validation_accuracy = 5, report.learning_rate = 6, report.seconds = 7;
  const auto all = detail::readings_of(report, {}, {});
  CHECK(reading(all, Chart::loss, "training, mean over the epoch") == 1);
  CHECK(reading(all, Chart::loss, "penalty") == 2);
  CHECK(reading(all, Chart::loss, "training, after the epoch") == 3);
  CHECK(reading(all, Chart::loss, "validation") == 4);
  CHECK(reading(all, Chart::metric, "validation accuracy") == 5);
  CHECK(reading(all, Chart::rate, "learning rate") == 6);
  CHECK(reading(all, Chart::none, "seconds") == 7);
}

TEST_CASE("a layer is named by its number and type, one inside another by its path") {
  const std::vector<std::string> names{"Dense", "ReLU"};
  CHECK(detail::layer_of("0.weight", names) == "0 Dense");
  CHECK(detail::layer_of("7.weight", names) == "7");
  CHECK(detail::layer_of("1.body.0.weight", names) == "1.body.0");
}
