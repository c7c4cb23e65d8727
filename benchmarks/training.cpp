// SPDX-License-Identifier: MIT
// One training step (forward, loss, backward, Adam) and one inference of every net, beside the peer.
#include <espalier/espalier.hpp>

#include "suite.hpp"

namespace bench {

void add_torch(const Net& net, long batch);

namespace {

using namespace espalier;

template <class Model>
struct Problem {
  Model model;
  Matrix<float> x, values, gradient;
  std::vector<int> labels;

  Problem(Model m, long batch) : model(std::move(m)) {
    initialise(model, Rng{1});
    Rng rng(2);
    x = Matrix<float>::NullaryExpr(model.inputs(), batch, [&] { return static_cast<float>(rng.uniform()); });
    values = Matrix<float>::NullaryExpr(1, batch, [&] { return static_cast<float>(rng.uniform()); });
    for (long k = 0; k < batch; ++k)
      labels.push_back(static_cast<int>(rng.below(std::max<Index>(model.outputs(), 2))));
  }

  void step(auto& optimizer) {
    if (model.outputs() > 1)
      benchmark::DoNotOptimize(CrossEntropy{}(model.forward(x), labels, gradient));
    else
      benchmark::DoNotOptimize(MeanSquared{}(model.forward(x), values, gradient));
    model.backward(x, gradient);
    optimizer.step(model);
  }
};

template <class Make>
void add_net(const Net& net, long batch, const std::string& who, Make make) {
  const std::string what = "/" + net.name + "/" + std::to_string(batch) + "/" + who;
  const double update = net.parameters();
  add({"training" + what,
       [=](benchmark::State& state) {
         Problem problem(make(), batch);
         Adam optimizer{{.rate = 1e-4}};
         for (int k = 0; k < 3; ++k) problem.step(optimizer);  // plans memory, and has it mapped
         for (auto _ : state) problem.step(optimizer);
       },
       machine().least(net.training_flops(batch), update), net.quick});
  add({"inference" + what,
       [=](benchmark::State& state) {
         const Problem problem(make(), batch);
         typename decltype(make())::Workspace_t workspace;
         problem.model.predict(problem.x, workspace);
         for (auto _ : state) benchmark::DoNotOptimize(problem.model.predict(problem.x, workspace).data());
       },
       machine().least(net.inference_flops(batch), 0), net.quick});
}

const bool added = [] {
  for (const Net& net : nets())
    for (const long batch : net.batches) {
      const auto& w = net.widths;
      if (net.name == "A") {
        add_net(net, batch, "fixed sizes", [] {
          return Sequential{Dense<4, 16>{}, Tanh{}, Dense<16, 16>{}, Tanh{}, Dense<16, 1>{}};
        });
        add_net(net, batch, "espalier", [&w] {
          return Sequential{Dense(w[0], w[1]), Tanh{}, Dense(w[1], w[2]), Tanh{}, Dense(w[2], w[3])};
        });
      } else if (net.name == "B") {
        add_net(net, batch, "espalier", [&w] {
          return Sequential{Dense(w[0], w[1]), ReLU{}, Dense(w[1], w[2])};
        });
      } else if (net.name == "C") {
        add_net(net, batch, "espalier", [&w] {
          return Sequential{Dense(w[0], w[1]), ReLU{}, Dense(w[1], w[2]), ReLU{},
                            Dense(w[2], w[3]), ReLU{}, Dense(w[3], w[4])};
        });
      } else {
        add_net(net, batch, "espalier", [&w] {
          return Sequential{Dense(w[0], w[1]), ReLU{}, Dense(w[1], w[2]), ReLU{}, Dense(w[2], w[3])};
        });
      }
      add_torch(net, batch);
    }
  return true;
}();

}  // namespace
}  // namespace bench
