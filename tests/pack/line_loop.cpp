// SPDX-License-Identifier: MIT
#include "espalier/pack/line_loop.hpp"

#include <cmath>

#include "../rows.hpp"
#include "catch.hpp"
#include "espalier/constraint/l2.hpp"

using namespace espalier;

namespace {

/// No set: its projection errs.
struct SquareRoot {
  template <Scalar S>
  bool contains(S) const {
    return false;
  }
  template <Scalar S>
  S project(S w) const {
    return std::sqrt(w);
  }
};

}  // namespace

TEMPLATE_TEST_CASE("Loops over lines do to each weight what its policies do to it alone, and count it", "",
                   float, double) {
  using S = TestType;
  Rng rng(1);
  const L1 l1{0.3};
  const Clip clip{-0.7, 0.9};
  const Pack pack(l1, clip);
  for (const Index n : {1, 7, 16, 33, 100}) {
    CAPTURE(n);
    const auto w = test::random_row<S>(n, 1, rng), t = test::random_steps<S>(n, rng);
    auto moved = w, expected = w;
    std::array<Index, 2> active{}, counted{};
    for (std::size_t i = 0; i < w.size(); ++i) {
      const S shrunk = l1.prox(w[i], t[i]);
      expected[i] = clip.project(shrunk);
      counted[0] += shrunk != w[i];
      counted[1] += expected[i] != shrunk;
    }
    const auto lines = pack.template on_lines<S>();
    const detail::Steps<S> steps{t.data(), 1};
    CHECK(detail::constrain_lines<true, true, false>(lines, moved.data(), n, steps, active.data()).finite);
    CHECK(moved == expected);
    CHECK(active == counted);

    // For policies of vectors it keeps what was there, and says how long the result is.
    auto before = std::vector<S>(w.size() + 1, S(-7));
    moved = w;
    const auto of_vector = detail::constrain_lines<true, true, true>(lines, moved.data(), n, steps,
                                                                     active.data(), before.data());
    CHECK(of_vector.finite);
    CHECK(moved == expected);
    CHECK(std::vector<S>(before.begin(), before.end() - 1) == std::vector<S>(w.begin(), w.end()));
    CHECK(before.back() == -7);
    double squares = 0;
    for (const S x : expected) squares += static_cast<double>(x) * static_cast<double>(x);
    CHECK(static_cast<double>(of_vector.squares) == Catch::Approx(squares));
  }
}

TEST_CASE("Gradients of penalties are added to what is there; what is not finite or too large is told") {
  const Pack pack(L2{2});
  std::vector<float> w(20, 3), g(20, 1);
  w[17] = 0;
  Index active = 0;
  CHECK(detail::add_gradient(pack.on_lines<float>(), w.data(), g.data(), 20, &active));
  CHECK(g[0] == 7);
  CHECK(g[17] == 1);
  CHECK(active == 19);
  g[18] = 1e30F;
  CHECK_FALSE(detail::add_gradient(pack.on_lines<float>(), w.data(), g.data(), 20, &active));
}

TEST_CASE("A number that a policy of one's own makes not finite is told, wherever it stands") {
  const auto lines = Pack(SquareRoot{}).on_lines<float>();
  for (std::size_t i = 0; i < 70; ++i) {
    CAPTURE(i);
    std::vector<float> w(70, 3);
    w[i] = -1;
    Index active = 0;
    CHECK_FALSE(
        detail::constrain_lines<false, true, false>(lines, w.data(), 70, {nullptr, 1.0F}, &active).finite);
  }
}
