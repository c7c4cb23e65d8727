// SPDX-License-Identifier: MIT
// Twenty steps of rules and transforms against NumPy and PyTorch (make_rules.py).
#include "catch.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/scion.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "trace.hpp"

using namespace espalier;

namespace {

double goal(Index k) { return std::sin(1 + 2 * static_cast<double>(k)); }
double curvature(Index k) { return static_cast<double>(1 + k % 3); }

template <Scalar S, class O>
void check(const std::string& name, O optimizer, double decay = 0) {
  static const differential::Fixture expected("tests/differential/rules.txt");
  const WeightDecay cautious{.strength = decay, .cautious = true};
  const auto check_net = [&](auto net) {
    net.for_each_parameter([&](const auto& p) {
      for (Index k = 0; k < p.size(); ++k)
        detail::arena(net.parameters())[static_cast<std::size_t>(p.offset + k)] =
            static_cast<S>(std::cos(3 * static_cast<double>(k) + static_cast<double>(p.path.size() % 3)) / 2);
    });
    std::vector<double> losses;
    for (int step = 0; step < 20; ++step) {
      net.for_each_parameter([&](const auto& p) {
        for (Index k = 0; k < p.size(); ++k)
          p.gradients[k] = static_cast<S>(curvature(k) * (static_cast<double>(p.values[k]) - goal(k)));
      });
      optimizer.step(net);
      double loss = 0;
      net.for_each_parameter([&](const auto& p) {
        for (Index k = 0; k < p.size(); ++k)
          loss += curvature(k) * std::pow(static_cast<double>(p.values[k]) - goal(k), 2) / 2;
      });
      losses.push_back(loss);
    }
    CHECK(differential::parting<S>(name, expected[name + "/losses"], losses) == "");
    for (const std::string path : {"0.weight", "0.bias", "1.weight", "1.bias"}) {
      const Index rows = parameter(net, path).rows();
      CHECK(differential::parting<S>(name + " " + path, expected.rows<S>(name + "/" + path, rows),
                                     parameter(net, path)) == "");
    }
  };
  if (decay > 0)
    check_net(sequential<S>(Dense(3, 4, cautious), Dense(4, 2, cautious)));
  else
    check_net(sequential<S>(Dense(3, 4), Dense(4, 2)));
}

constexpr SGD sgd{.learning_rate = 0.1, .momentum = 0.9};

}  // namespace

TEMPLATE_TEST_CASE("Scion makes the steps of the reference", "", float, double) {
  const auto with = [](ScionBall ball) {
    return Optimizer{Scion{.learning_rate = 0.1, .radius = 0.8, .other_radius = 0.5, .ball = ball}};
  };
  check<TestType>("scion_spectral", with(ScionBall::spectral));
  check<TestType>("scion_rows", with(ScionBall::rows));
  check<TestType>("scion_numbers", with(ScionBall::numbers));
}

TEMPLATE_TEST_CASE("Cautious decay makes the steps of the reference", "", float, double) {
  check<TestType>("cautious_sgd", Optimizer{sgd}, 0.4);
  check<TestType>("cautious_adam", Optimizer{Adam{.learning_rate = 0.05}}, 0.4);
}

TEMPLATE_TEST_CASE("Transforms of layers and neurons make the steps of the reference", "", float, double) {
  check<TestType>("centralize", Optimizer{sgd, Centralize{}});
  check<TestType>("clip_per_layer", Optimizer{sgd, ClipNormPerLayer{1.5}});
  check<TestType>("centralize_clip_per_layer", Optimizer{sgd, Centralize{}, ClipNormPerLayer{1.5}});
}
