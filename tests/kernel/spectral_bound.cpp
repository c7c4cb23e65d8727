// SPDX-License-Identifier: MIT
#include "espalier/kernel/spectral_bound.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using Numbers = std::vector<double>;

namespace {

bool proved(const Numbers& w, Index rows, Index cols, double bound) {
  Numbers room(2 * w.size());
  const auto y = detail::short_rows(Block<const double>{w.data(), rows, cols}, 1, room.data());
  return detail::surely_shorter_than(y, bound, room.data() + w.size());
}

/// c Q with the orthogonal Q = I - 2 v v' / v'v of small whole numbers, whose entries are multiples of 1 /
/// v'v = 1 / 2^k: exact, so that the 2-norm is c exactly.
Numbers reflection(Index n, double c) {
  Numbers w(static_cast<std::size_t>(n * n));
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      w[static_cast<std::size_t>(i * n + j)] = c * ((i == j ? 1 : 0) - 2 / static_cast<double>(n));
  return w;
}

}  // namespace

TEST_CASE("A 2-norm above the bound is never taken for one below, and those below are proved") {
  for (const Index n : {1, 2, 4, 16, 64, 128}) {
    const double slack = detail::spectral_slack(n, n);
    CAPTURE(n);
    for (const double bound : {1.0, 1.5, 1.999}) {
      CHECK(!proved(reflection(n, bound), n, n, bound * (1 - 0x1p-52)));
      CHECK(!proved(reflection(n, bound), n, n, bound * (1 - 0x1p-30)));
      CHECK(proved(reflection(n, bound * (1 - 2 * slack)), n, n, bound));
      CHECK(proved(reflection(n, bound * 0.99), n, n, bound));
    }
  }
}

TEST_CASE("Nothing is proved of what is not finite") {
  CHECK(!proved({std::nan(""), 0, 0, 0.1}, 2, 2, 1));
  CHECK(!proved({0.1, std::nan(""), 0, 0.1}, 2, 2, 1));
  CHECK(!proved({HUGE_VAL, 0, 0, 0.1}, 2, 2, 1));
  CHECK(proved({0, 0, 0, 0}, 2, 2, 1));
}

TEST_CASE("Far inside is a look at each number: by the Frobenius norm, or by rows and columns") {
  const Numbers w{0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.9};
  Numbers sums(3);
  const Block<const double> block{w.data(), 3, 3};
  CHECK(detail::surely_far_inside(block, 0.91, sums.data()));  // rows and columns: 0.9
  CHECK(!detail::surely_far_inside(block, 0.9, sums.data()));  // not surely
  const Numbers flat(16, 0.2);                                 // Frobenius 0.8, rows 0.8
  Numbers four(4);
  CHECK(detail::surely_far_inside(Block<const double>{flat.data(), 4, 4}, 0.81, four.data()));
  CHECK(!detail::surely_far_inside(Block<const double>{flat.data(), 4, 4}, 0.79, four.data()));
  const Numbers bad{std::nan("")};
  CHECK(!detail::surely_far_inside(Block<const double>{bad.data(), 1, 1}, 1, four.data()));
}
