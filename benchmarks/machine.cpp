// SPDX-License-Identifier: MIT
// What one thread of this machine can do at most: fused multiply-adds, and Adam updates.
#include <algorithm>
#include <chrono>

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

/// Products and sums in registers only: the tile of the library's own products, many at once and each depending on its
/// last.
double measure_flops() {
  using P = detail::Packet<float>;
  constexpr std::size_t chains = EIGEN_ARCH_DEFAULT_NUMBER_OF_REGISTERS >= 32 ? 24 : 12;
  constexpr int steps = 100000;
  P sum[chains], factor = detail::simd::pset1<P>(0.999F), addend = detail::simd::pset1<P>(0.001F);
  detail::unrolled<chains>([&](auto i) { sum[i] = addend; });
  const double seconds = shortest([&] {
    for (int k = 0; k < steps; ++k) {
      detail::unrolled<chains>([&](auto i) { sum[i] = detail::simd::pmadd(sum[i], factor, addend); });
      benchmark::ClobberMemory();
    }
  });
  detail::unrolled<chains>([&](auto i) { benchmark::DoNotOptimize(sum[i]); });
  return 2.0 * static_cast<double>(chains * detail::lanes<float>) * steps / seconds;
}

/// Adam on one parameter of `size` numbers, 28 bytes each.
double measure_update(Index size) {
  Sequential net{Dense(size, 1)};
  initialise(net, Rng{1});
  for (float& g : net.gradients()) g = 0.01F;
  Adam optimizer;
  optimizer.step(net);
  const int repeat = static_cast<int>(std::max<Index>(1, 4'000'000 / size));
  const double seconds = shortest([&] {
    for (int k = 0; k < repeat; ++k) optimizer.step(net);
  });
  return 28.0 * static_cast<double>(size) * repeat / seconds;
}

}  // namespace

const Machine& machine() {
  static const Machine measured{measure_flops(), measure_update(50'000), measure_update(20'000'000)};
  return measured;
}

double Machine::least(double work, double parameters) const {
  const double bytes = 28 * parameters;
  return work / flops + bytes / (bytes < 64e6 ? cache_bytes : memory_bytes);
}

}  // namespace bench
