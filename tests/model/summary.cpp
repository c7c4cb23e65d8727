// SPDX-License-Identifier: MIT
#include "espalier/model/summary.hpp"

#include "../nets.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/residual.hpp"

using namespace espalier;

namespace {

/// A layer of one's own.
struct Sine {
  void forward(const auto& x, auto&& y) const { y.array() = x.array().sin(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * x.array().cos();
  }
};

}  // namespace

TEST_CASE("A summary has every layer with its width, and every parameter with what holds for it") {
  Sequential net(Dense(4, 3, L1{1e-3}, MaxNorm{2}), Sine{}, Residual(Dense(3, 3), ReLU{}), BatchNorm(3),
                 Dense(3, 3), Dense<3, 2>());
  freeze(net, "0.bias");
  tie(net, "2.body.0.weight", "4.weight");
  const Summary s = summary(net);
  CHECK(s.inputs == 4);
  CHECK(s.outputs == 2);
  CHECK(s.count == count(net));
  CHECK(s.trained == count(net) - 3);
  std::vector<std::string> names, paths;
  std::vector<Index> outputs;
  for (const LayerSummary& layer : s.layers) {
    names.push_back(layer.path + " " + layer.name);
    outputs.push_back(layer.outputs);
    for (const ParameterSummary& p : layer.parameters) paths.push_back(p.path);
  }
  CHECK(names ==
        std::vector<std::string>{"0 Dense", "1 Sine", "2 Residual", "3 BatchNorm", "4 Dense", "5 Dense"});
  CHECK(outputs == std::vector<Index>{3, 3, 3, 3, 3, 2});
  std::vector<std::string> all;
  for (const auto& e : net.parameters().entries()) all.push_back(e.path);
  CHECK(paths == all);
  CHECK(s.layers[0].parameters[0].policies == std::vector<std::string>{"L1", "MaxNorm"});
  CHECK(s.layers[0].parameters[0].size() == 12);
  CHECK(s.layers[0].parameters[1].frozen);
  CHECK(s.layers[4].parameters[0].tied_to == "2.body.0.weight");
  CHECK(s.layers[3].parameters[2].kind == ParameterKind::buffer);
}

TEST_CASE("A layer of more than ten has its own parameters only") {
  Sequential net(Dense(1, 1), Dense(1, 1), Dense(1, 1), Dense(1, 1), Dense(1, 1), Dense(1, 1), Dense(1, 1),
                 Dense(1, 1), Dense(1, 1), Dense(1, 1), Dense(1, 1));
  CHECK(summary(net).layers[1].parameters.size() == 2);
  CHECK(summary(net).layers[10].parameters[0].path == "10.weight");
}
