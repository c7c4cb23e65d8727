// SPDX-License-Identifier: MIT
// One training step (forward, loss, backward, Adam) and one inference of every net, beside the peer.
#include "problem.hpp"

namespace bench {

void add_torch(const Net& net, long batch);

namespace {

using namespace espalier;

/// The number of threads while a row is measured; all others have one, which `main` sets.
struct Threads {
  explicit Threads(int n) { set_threads(n); }
  ~Threads() { set_threads(1); }
};

template <class Make>
void add_rows(const Net& net, long batch, const std::string& name, int threads, Make make) {
  const bool one = threads == 1;  // as the limits are
  add({"training/" + name,
       [=](benchmark::State& state) {
         const Threads set(threads);
         Problem(make(), batch).train(state);
       },
       one ? net.training(batch) : Work(), net.quick});
  add({"inference/" + name,
       [=](benchmark::State& state) {
         const Threads set(threads);
         const Problem problem(make(), batch);
         typename decltype(make())::workspace_type workspace;
         problem.model.predict(problem.x, workspace);
         for (auto _ : state) benchmark::DoNotOptimize(problem.model.predict(problem.x, workspace).data());
       },
       one ? net.inference(batch) : Work(), net.quick});
}

/// On one thread; then, as a case of their own, on two, and on one again to be compared with.
template <class Make>
void add_net(const Net& net, long batch, const std::string& who, Make make) {
  add_rows(net, batch, net.with(batch, 1) + "/" + who, 1, make);
  if (!net.shared_out) return;
  add_rows(net, batch, net.with(batch, 2) + "/" + who, 2, make);
  add_rows(net, batch, net.with(batch, 2) + "/" + who + ", 1 thread", 1, make);
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
