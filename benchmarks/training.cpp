// SPDX-License-Identifier: MIT
// One training step (forward, loss, backward, Adam) and one inference of every net, beside the peer.
#include "problem.hpp"

namespace bench {

void add_torch(const Net& net, long batch);

namespace {

using namespace espalier;

template <class Make>
void add_net(const Net& net, long batch, const std::string& who, Make make) {
  const std::string what = "/" + net.name + "/" + std::to_string(batch) + "/" + who;
  add({"training" + what, [=](benchmark::State& state) { Problem(make(), batch).train(state); },
       net.training(batch), net.quick});
  add({"inference" + what,
       [=](benchmark::State& state) {
         const Problem problem(make(), batch);
         typename decltype(make())::Workspace_t workspace;
         problem.model.predict(problem.x, workspace);
         for (auto _ : state) benchmark::DoNotOptimize(problem.model.predict(problem.x, workspace).data());
       },
       net.inference(batch), net.quick});
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
