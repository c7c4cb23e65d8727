// SPDX-License-Identifier: MIT
#include "espalier/core/rng.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "catch.hpp"

using namespace espalier;

TEST_CASE("the numbers are those of xoshiro256++ after four of splitmix64") {
  // from a separate implementation, checked with the outputs 41943041, 58720359, 3588806011781223 of the
  // state 1, 2, 3, 4 and 6457827717110365317, 3203168211198807973 of splitmix64 from 1234567
  auto first = [](Rng rng) { return std::array<std::uint64_t, 3>{rng(), rng(), rng()}; };
  CHECK(first(Rng{0}) ==
        std::array<std::uint64_t, 3>{0x53175d61490b23df, 0x61da6f3dc380d507, 0x5c0fdf91ec9a7bfc});
  CHECK(first(Rng{42}) ==
        std::array<std::uint64_t, 3>{0xd0764d4f4476689f, 0x519e4174576f3791, 0xfbe07cfb0c24ed8c});
  CHECK(first(Rng{1234567}) ==
        std::array<std::uint64_t, 3>{0x0610e053dd55ab68, 0x70c979e26e27fbac, 0xfb95f99f9f6bb2de});
  CHECK(first(Rng{42, 3}) ==
        std::array<std::uint64_t, 3>{0x1c360d5357a513f9, 0xd8279e48fa279d1c, 0xb9f9fca66ccd9804});
  CHECK(Rng{42}.uniform() == 0.8143051451229099);
}

TEST_CASE("a copy continues alike, and a stream is another sequence") {
  Rng rng{7};
  rng.normal();
  Rng copy = rng;
  CHECK(copy == rng);
  CHECK(copy() == rng());
  CHECK(Rng{7, 0} == Rng{7});
  CHECK(Rng{7, 1} != Rng{7});
}

TEST_CASE("uniform and normal numbers have the moments of their distributions") {
  constexpr int n = 200000;
  Rng rng{3};
  double sum = 0, squares = 0, least = 1, most = 0, normal_sum = 0, normal_squares = 0, normal_fourth = 0;
  int beyond_two = 0;
  for (int k = 0; k < n; ++k) {
    const double u = rng.uniform(), z = rng.normal();
    sum += u, squares += u * u, least = std::min(least, u), most = std::max(most, u);
    normal_sum += z, normal_squares += z * z, normal_fourth += z * z * z * z;
    beyond_two += std::abs(z) > 2;
  }
  // four standard errors
  CHECK(std::abs(sum / n - 0.5) < 4 * std::sqrt(1.0 / 12 / n));
  CHECK(std::abs(squares / n - 1.0 / 3) < 4 * std::sqrt(4.0 / 45 / n));
  CHECK(least >= 0);
  CHECK(least < 1e-4);
  CHECK(most < 1);
  CHECK(most > 1 - 1e-4);
  CHECK(std::abs(normal_sum / n) < 4 * std::sqrt(1.0 / n));
  CHECK(std::abs(normal_squares / n - 1) < 4 * std::sqrt(2.0 / n));
  CHECK(std::abs(normal_fourth / n - 3) < 4 * std::sqrt(96.0 / n));
  CHECK(std::abs(beyond_two / static_cast<double>(n) - 0.0455) < 4 * std::sqrt(0.0455 * 0.9545 / n));
  CHECK(rng.uniform(-3, -2) < -2);
  CHECK(rng.uniform(-3, -2) >= -3);
}

TEST_CASE("below gives each number equally often") {
  constexpr int n = 60000;
  Rng rng{4};
  std::array<int, 6> counts{};
  for (int k = 0; k < n; ++k) ++counts[static_cast<std::size_t>(rng.below(6))];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - n / 6.0) * (count - n / 6.0) / (n / 6.0);
  CHECK(chi_squared < 20.5);  // 99.9 % at 5 degrees of freedom
  CHECK(rng.below(1) == 0);
}

TEST_CASE("below has no bias where 2^64 is no multiple of the bound") {
  // A third of 2^64, and more: a mere remainder would give the lower half twice as often as the upper.
  constexpr Index bound = (Index{3} << 61);
  constexpr int n = 20000;
  Rng rng{5};
  int lower = 0;
  for (int k = 0; k < n; ++k) lower += rng.below(bound) < bound / 2;
  CHECK(std::abs(lower / static_cast<double>(n) - 0.5) < 4 * std::sqrt(0.25 / n));
}

TEST_CASE("a shuffle is a permutation, and every permutation comes up") {
  Rng rng{6};
  std::vector<int> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 0);
  std::vector<int> shuffled = hundred;
  rng.shuffle(shuffled);
  CHECK(shuffled != hundred);
  CHECK(std::is_permutation(shuffled.begin(), shuffled.end(), hundred.begin()));

  std::array<int, 27> counts{};
  constexpr int n = 24000;
  for (int k = 0; k < n; ++k) {
    std::vector<std::size_t> three{0, 1, 2};
    rng.shuffle(three);
    ++counts[three[0] * 9 + three[1] * 3 + three[2]];
  }
  int permutations = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    ++permutations;
    CHECK(std::abs(count - n / 6) < 4 * std::sqrt(n * 5.0 / 36));
  }
  CHECK(permutations == 6);

  std::vector<int> none;
  rng.shuffle(none);
  CHECK(none.empty());
}
