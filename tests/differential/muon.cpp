// SPDX-License-Identifier: MIT
// Twenty steps of Muon against a computation in 40 digits that knows no singular values (make_muon.py).
#include "espalier/optimizer/muon.hpp"

#include "catch.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "trace.hpp"

using namespace espalier;

namespace {

template <Scalar S>
void check(const std::string& name, Index rows, Index cols, const Muon& rule, double decay) {
  static const differential::Fixture expected("tests/differential/muon.txt");
  auto net = sequential<S>(Dense(cols, rows, WeightDecay{decay}));
  Optimizer optimizer{rule};
  const auto goal = [](Index k) { return std::sin(1 + 2 * static_cast<double>(k)); };
  const auto curvature = [](Index k) { return static_cast<double>(1 + k % 3); };
  const auto weight = [&](Index k) -> S& {
    return detail::arena(net.parameters())[static_cast<std::size_t>(k)];
  };
  for (Index k = 0; k < rows * cols; ++k)
    weight(k) = static_cast<S>(std::cos(3 * static_cast<double>(k)) / 2);
  std::vector<double> losses;
  for (int step = 0; step < 20; ++step) {
    net.for_each_parameter([&](const auto& p) {
      for (Index k = 0; k < p.size(); ++k)
        p.gradients[k] = static_cast<S>(curvature(k) * (static_cast<double>(p.values[k]) - goal(k)));
    });
    optimizer.step(net);
    double loss = 0;
    for (Index k = 0; k < rows * cols; ++k)
      loss += curvature(k) * std::pow(static_cast<double>(weight(k)) - goal(k), 2) / 2;
    losses.push_back(loss);
  }
  CHECK(differential::parting<S>(name, expected[name + "_losses"], losses) == "");
  CHECK(differential::parting<S>(name, expected.rows<S>(name + "_weight", rows),
                                 parameter(net, "0.weight")) == "");
  CHECK(differential::parting<S>(name, expected.rows<S>(name + "_bias", rows), parameter(net, "0.bias")) ==
        "");
}

}  // namespace

TEMPLATE_TEST_CASE("Muon makes the steps of the reference", "", float, double) {
  check<TestType>("wide", 3, 5, Muon{}, 0);
  check<TestType>("tall", 6, 2, Muon{.nesterov = false}, 0.1);
  check<TestType>("square", 4, 4, Muon{.scale = MuonScale::adam}, 0.01);
}
