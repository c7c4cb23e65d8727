// SPDX-License-Identifier: MIT
// Random numbers that do not depend on the standard library: integers and uniform() are the same everywhere,
// what is computed from them is so up to roundoff.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "espalier/core/matrix.hpp"

namespace espalier {

/// xoshiro256++ (Blackman, Vigna 2021), seeded through splitmix64. A value: copies continue alike.
class Rng {
 public:
  using result_type = std::uint64_t;

  /// `stream` gives independent sequences for one seed.
  explicit Rng(std::uint64_t seed, std::uint64_t stream = 0) {
    std::uint64_t x = seed ^ (stream * 0xD1342543DE82EF95ULL);
    for (auto& word : state_) {
      x += 0x9E3779B97F4A7C15ULL;
      std::uint64_t z = x;
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
      word = z ^ (z >> 31);
    }
  }

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }

  result_type operator()() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform on [0, 1), 53 bits.
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }

  /// Standard normal (Marsaglia's polar method; the second value is dropped, so that the state is all there
  /// is).
  double normal() {
    for (;;) {
      const double u = uniform(-1, 1), v = uniform(-1, 1), s = u * u + v * v;
      if (s > 0 && s < 1) return u * std::sqrt(-2 * std::log(s) / s);
    }
  }

  /// Uniform on 0, ..., n - 1 without bias, n >= 1.
  Index below(Index n) {
    const auto bound = static_cast<std::uint64_t>(n);
    const std::uint64_t reject = (~bound + 1) % bound;  // 2^64 mod n
    for (;;) {
      const std::uint64_t x = (*this)();
      if (x >= reject) return static_cast<Index>(x % bound);
    }
  }

  /// Fisher-Yates.
  template <class Range>
  void shuffle(Range& range) {
    for (Index i = static_cast<Index>(range.size()) - 1; i > 0; --i)
      std::swap(range[static_cast<std::size_t>(i)], range[static_cast<std::size_t>(below(i + 1))]);
  }

  bool operator==(const Rng&) const = default;

 private:
  std::array<std::uint64_t, 4> state_;
};

/// A generator of its own for one call: `initialize(net, {.seed = 42})`.
struct Seed {
  std::uint64_t seed = 0;

  Rng rng() const { return Rng(seed); }
};

}  // namespace espalier
