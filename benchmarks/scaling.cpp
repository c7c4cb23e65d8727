// SPDX-License-Identifier: MIT
// Is the cost of a step linear in parameters and batch, and is memory four arrays: weights, gradients, and
// Adam's two moments?
#include <cmath>

#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "problem.hpp"

namespace bench {
namespace {

using namespace espalier;

/// Bytes in use on the heap, large blocks included; 0 where the C library does not tell.
double heap() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const auto info = mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
#else
  return 0;
#endif
}

/// A net of two square layers with about so many parameters.
void add_size(const std::string& size, double parameters, long batch) {
  const long width = std::lround(std::sqrt(parameters / 2));
  const Net net{"", {width, width, width}, Activation::relu, {}, parameters <= 1e5 && batch <= 32, false};
  const Work work = net.training(batch);
  add({"scaling/batch " + std::to_string(batch) + "/" + size,
       [=](benchmark::State& state) {
         const double nothing = heap();
         const auto model = Sequential{Dense(width, width), ReLU{}, Dense(width, width)};
         const double own = heap() - nothing;
         Problem problem(model, batch);
         Optimizer optimizer{Adam{.learning_rate = 1e-4}};
         problem.backward();
         const double before = heap();
         optimizer.step(problem.model);
         const double moments = heap() - before;
         for (auto _ : state) problem.step(optimizer);
         using benchmark::Counter;
         state.counters["ns/weight"] =
             Counter(work.parameters * 1e-9, Counter::kIsIterationInvariantRate | Counter::kInvert);
         if (own > 0) state.counters["bytes/weight"] = (own + moments) / work.parameters;
       },
       work, net.quick});
}

const bool added = [] {
  for (const long batch : {1, 8, 32, 128, 512}) {
    add_size("1e3", 1e3, batch);
    add_size("1e4", 1e4, batch);
    add_size("1e5", 1e5, batch);
    add_size("1e6", 1e6, batch);
    add_size("1e7", 1e7, batch);
    add_size("1e8", 1e8, batch);
  }
  return true;
}();

}  // namespace
}  // namespace bench
