// SPDX-License-Identifier: MIT
// Weights under a penalty that is infinite outside a set are inside it wherever they come from, as those
// under a set are.
#include "data/files.hpp"
#include "espalier/espalier.hpp"
#include "espalier/io.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

auto net_with(double hierarchy) {
  return sequential<float>(Dense(5, 8 + 1, LassoNet{.strength = 0.05, .hierarchy = hierarchy}),
                           SkipConnection(ReLU{}, Dense(8, 1)));
}

template <class M>
bool holds(const M& net) {
  const auto& e = net.parameters().at("0.weight");
  return e.pack.contains(net.parameters().values_of(e)) && audit(net).violation() == 0 &&
         std::isfinite(penalty(net));
}

}  // namespace

TEST_CASE("A model under LassoNet is in its domain from initialization on, and so is its average") {
  auto net = net_with(0.5);
  initialize(net, {.seed = 1});
  CHECK(holds(net));
  const Matrix<float> x = random_matrix<float>(5, 64, 2), t = x.row(0).array() * x.row(1).array();
  Optimizer optimizer{Adam{.learning_rate = 0.1}};
  ExponentialAverage average{.decay = 0.5};
  for (int step = 0; step < 20; ++step) {
    Matrix<float> error = net.forward(x) - t;
    net.backward(x, error);
    optimizer.step(net);
    CHECK(holds(net));
    average.add(net);
    CHECK(holds(average.averaged(net)));
  }
}

TEST_CASE(
    "Weights that are assigned, and those under another LassoNet than before, are moved into its domain") {
  auto net = net_with(0.5);
  const Matrix<float> outside = random_matrix<float>(9, 5, 3);
  assign(net, "0.weight", outside);
  CHECK(parameter(net, "0.weight") != outside);
  CHECK(holds(net));
  const Matrix<float> inside = parameter(net, "0.weight");
  assign(net, "0.weight", inside);
  CHECK(parameter(net, "0.weight") == inside);
  edit_policy<LassoNet>(net, "0.weight", [](LassoNet& policy) { policy.hierarchy = 0.25; });
  CHECK(parameter(net, "0.weight") != inside);
  CHECK(holds(net));
}

TEST_CASE("A file with weights outside LassoNet's domain is refused, or moved into it by option") {
  const TemporaryDirectory folder;
  auto wide = net_with(100), narrow = net_with(0.5);
  initialize(wide, {.seed = 1}), initialize(narrow, {.seed = 2});
  save(wide, folder / "net.safetensors");
  const auto before = narrow;
  CHECK_THROWS_AS(load(narrow, folder / "net.safetensors"), ValueError);
  CHECK(narrow == before);
  const Loaded loaded = load(narrow, folder / "net.safetensors", {.outside = Outside::project});
  REQUIRE(loaded.projected.size() == 1);
  CHECK(loaded.projected[0].policy == "LassoNet");
  CHECK(holds(narrow));
}
