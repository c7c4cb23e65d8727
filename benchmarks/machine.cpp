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

/// Multiply-adds in registers only: the tile of the library's own products, with both factors in the
/// first-level cache.
double measure_flops() {
  constexpr Index depth = 64, repeat = 20000;
  alignas(64) static float a[detail::tile_rows * depth], panel[detail::tile_cols<float> * depth],
      c[detail::tile_rows * detail::tile_cols<float>];
  const double seconds = shortest([&] {
    for (Index k = 0; k < repeat; ++k) {
      detail::tile<detail::tile_rows, 2>(
          depth, {a, 1, Index{detail::tile_rows}}, {panel, Index{detail::tile_cols<float>}, 0}, c,
          Index{detail::tile_cols<float>}, Index{detail::tile_cols<float>}, true);
      benchmark::ClobberMemory();
    }
  });
  return 2.0 * static_cast<double>(detail::tile_rows * detail::tile_cols<float>) * depth * repeat / seconds;
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
