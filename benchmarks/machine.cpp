// SPDX-License-Identifier: MIT
// What one thread of this machine can do at most: fused multiply-adds, and Adam updates.
#include <algorithm>
#include <chrono>
#include <cmath>

#include <espalier/espalier.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using namespace espalier;

/// The shortest of several runs of f, in seconds.
template <class F>
double shortest(F&& f) {
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    const auto start = std::chrono::steady_clock::now();
    f();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// Multiply-adds in registers only, in so many chains that none waits for another.
double measure_flops() {
  using Packet = detail::Packet<float>;
  constexpr std::size_t chains = 12;
  constexpr Index repeat = 1'000'000;
  const double seconds = shortest([] {
    const Packet a = detail::simd::pset1<Packet>(0.5F);
    Packet sum[chains];
    detail::unrolled<chains>([&](auto i) __attribute__((always_inline)) { sum[i] = a; });
    for (Index k = 0; k < repeat; ++k)
      detail::unrolled<chains>([&](auto i) __attribute__((always_inline)) {
        sum[i] = detail::simd::pmadd(sum[i], a, a);
      });
    detail::unrolled<chains>([&](auto i) __attribute__((always_inline)) {
      benchmark::DoNotOptimize(detail::simd::pfirst(sum[i]));
    });
  });
  return 2.0 * static_cast<double>(chains * detail::lanes<float>) * repeat / seconds;
}

/// Adam on one parameter of `size` numbers.
Machine::Update measure_update(Index size) {
  Sequential net{Dense(size, 1)};
  initialize(net, Rng{1});
  for (float& g : net.gradients()) g = 0.01F;
  Optimizer optimizer{Adam{}};
  optimizer.step(net);
  const int repeat = static_cast<int>(std::max<Index>(1, 4'000'000 / size));
  const double seconds = shortest([&] {
    for (int k = 0; k < repeat; ++k) optimizer.step(net);
  });
  const double numbers = static_cast<double>(size);
  return {numbers, adam_bytes * numbers * repeat / seconds};
}

}  // namespace

const Machine& machine() {
  static const Machine measured = [] {
    Machine found{measure_flops(), {measure_update(50'000), measure_update(500'000)}};
    if (ESPALIER_BENCHMARKS_LARGE)
      for (const Index size : {3'000'000, 20'000'000}) found.updates.push_back(measure_update(size));
    return found;
  }();
  return measured;
}

double Machine::least(const Work& work) const {
  auto above = updates.begin();
  while (above != updates.end() && above->parameters < work.parameters) ++above;
  double rate = 0;
  if (above == updates.begin())
    rate = above->bytes;
  else if (above == updates.end())
    rate = updates.back().bytes;
  else {
    const Update& below = *(above - 1);
    const double part =
        std::log(work.parameters / below.parameters) / std::log(above->parameters / below.parameters);
    rate = below.bytes + part * (above->bytes - below.bytes);
  }
  return work.flops / flops + adam_bytes * work.parameters / rate;
}

}  // namespace bench
