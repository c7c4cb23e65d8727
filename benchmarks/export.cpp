// SPDX-License-Identifier: MIT
// Suite "export": one sample through `predict`, and through the header that `write_header` makes of the net.
#include "export_nets.hpp"

#include "digits_net.hpp"
#include "small_net.hpp"
#include "sparse_fast_net.hpp"
#include "sparse_net.hpp"
#include "suite.hpp"
#include "wide_net.hpp"

namespace bench {
namespace {

template <class F>
void add_header(const std::string& name, F predict, espalier::Index inputs, espalier::Index outputs) {
  add({.name = "export/" + name, .run = [=](benchmark::State& state) {
         espalier::Matrix<float> x = espalier::Matrix<float>::Random(inputs, 1), y(outputs, 1);
         for ([[maybe_unused]] auto _ : state) {
           benchmark::DoNotOptimize(x.data());
           predict(x.data(), y.data());
           benchmark::ClobberMemory();
         }
       }});
}

template <class Make>
void add_predict(const std::string& name, Make make) {
  add({.name = "export/" + name + "/predict", .run = [=](benchmark::State& state) {
         const auto net = make();
         const espalier::Matrix<float> x = espalier::Matrix<float>::Random(net.inputs(), 1);
         espalier::Workspace<float> workspace;
         for ([[maybe_unused]] auto _ : state) {
           benchmark::DoNotOptimize(x.data());
           benchmark::DoNotOptimize(net.predict(x, workspace).data());
           benchmark::ClobberMemory();
         }
       }});
}

const bool added = [] {
  add_predict("4-16-16-1, tanh", small_net);
  add_header("4-16-16-1, tanh/header", ::small_net::predict, 4, 1);
  add_predict("64-128-10", digits_net);
  add_header("64-128-10/header", ::digits_net::predict, 64, 10);
  add_predict("784-128-10", wide_net);
  add_header("784-128-10/header", ::wide_net::predict, 784, 10);
  add_predict("64-128-10, half 0", sparse_net);
  add_header("64-128-10, half 0/header", ::sparse_net::predict, 64, 10);
  add_header("64-128-10, half 0/header, fastest", ::sparse_fast_net::predict, 64, 10);
  return true;
}();

}  // namespace
}  // namespace bench
