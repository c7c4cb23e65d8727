// SPDX-License-Identifier: MIT
#include "espalier/optimizer/adjust_momentum.hpp"

#include <array>
#include <vector>

#include "../catch.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

using Two = std::array<double, 2>;
constexpr detail::Steps<double> ones{nullptr, 1};
constexpr auto one = [](Index) { return 1.0; };

detail::HeldBack<double> held_back(Two& momentum, const Two& before, const Two& y, const Two& x) {
  return {momentum.data(), before.data(), y.data(), x.data(), 2};
}

/// What a choice makes of the momentum of one weight that went from `before` to `y` and back to `x`, where a
/// momentum of one moves it by `scale`.
double adjusted(AtBound choice, double momentum, double before, double y, double x, double scale = 1) {
  detail::adjust_momentum(detail::HeldBack<double>{&momentum, &before, &y, &x, 1}, choice,
                          [&](Index) { return scale; });
  return momentum;
}

}  // namespace

TEST_CASE("The tangent choice takes from the momentum its outward part and no more") {
  // On the circle of radius 5 at (3, 4): the step went to (6, 8) and was pulled back along (3, 4). The
  // momentum's step -m = (1, 7) has 31/25 of (3, 4) in it.
  const Two before{3, 3}, y{6, 8}, x{3, 4};
  Two m{-1, -7};
  detail::project_momentum(held_back(m, before, y, x), false, one, ones);
  CHECK(m[0] == Approx(-1 + 31.0 / 25 * 3));
  CHECK(m[1] == Approx(-7 + 31.0 / 25 * 4));
  CHECK(m[0] * 3 + m[1] * 4 == Approx(0).margin(1e-12));
  Two inwards{1, 7};
  detail::project_momentum(held_back(inwards, before, y, x), false, one, ones);
  CHECK(inwards == Two{1, 7});
}

TEST_CASE("In an uneven metric the tangent choice leaves a momentum whose step stays on the tangent") {
  // y = x + T n for the outward normal n = (3, 4) of the circle and step sizes T = diag(2, 1).
  const Two before{3, 3}, x{3, 4}, y{3 + 6, 4 + 4}, t{2, 1};
  Two m{-1, -7};
  detail::project_momentum(held_back(m, before, y, x), false,
                           [&](Index i) { return t[static_cast<std::size_t>(i)]; }, {t.data(), 1});
  CHECK(t[0] * m[0] * 3 + t[1] * m[1] * 4 == Approx(0).margin(1e-12));
}

TEST_CASE("On a sphere the tangent choice also takes an inward part, which leaves the set as well") {
  const Two before{3, 3}, y{1.5, 2}, x{3, 4};
  Two m{1, 7};
  detail::project_momentum(held_back(m, before, y, x), true, one, ones);
  CHECK(m[0] * 3 + m[1] * 4 == Approx(0).margin(1e-12));
}

TEST_CASE("A row that nothing held back, or that does not move, keeps its momentum") {
  const Two before{3, 3}, y{6, 8}, x{3, 4};
  Two m{-1, -7};
  detail::project_momentum(held_back(m, before, y, y), true, one, ones);
  CHECK(m == Two{-1, -7});
  detail::project_momentum(held_back(m, before, y, x), false, [](Index) { return 0.0; }, {nullptr, 0});
  CHECK(m == Two{-1, -7});
}

TEST_CASE(
    "Single weights: zero forgets, tangent keeps what points inwards, displacement tells the step made") {
  // From 0 the step went to 3 and was held at 1: a momentum of -3 moved it, at a scale of 1.
  CHECK(adjusted(AtBound::zero, -3, 0, 3, 1) == 0);
  CHECK(adjusted(AtBound::tangent, -3, 0, 3, 1) == 0);
  CHECK(adjusted(AtBound::displacement, -3, 0, 3, 1) == -1);
  CHECK(adjusted(AtBound::displacement, -3, 0, 3, 1, 0.5) == -2);
  // From outside, at 9, the step came in to 3.
  CHECK(adjusted(AtBound::tangent, 6, 9, 3, 1) == 6);
  CHECK(adjusted(AtBound::zero, 6, 9, 3, 1) == 0);
  CHECK(adjusted(AtBound::displacement, 6, 9, 3, 1) == 8);
  // A weight that no momentum moves has no momentum to tell.
  CHECK(adjusted(AtBound::displacement, -3, 0, 3, 1, 0) == -3);
}

TEST_CASE("Of many weights only those that were held back are adjusted, below as above") {
  std::vector<double> m{-5, -5, 5, 5};
  const std::vector<double> before{0, 0, 0, 0}, y{5, 5, -5, -5}, x{5, 2, -5, -2};
  detail::adjust_momentum(detail::HeldBack<double>{m.data(), before.data(), y.data(), x.data(), 4},
                          AtBound::tangent, one);
  CHECK(m == std::vector<double>{-5, 0, 5, 0});
}

TEST_CASE("A row of many is where its numbers stand") {
  std::vector<double> m(6), before(6), y(6), x(6);
  const detail::HeldBack<double> all{m.data(), before.data(), y.data(), x.data(), 6};
  const auto row = all.group(2, 3, 1);
  CHECK(row.momentum == m.data() + 2);
  CHECK(row.before == before.data() + 2);
  CHECK(row.y == y.data() + 2);
  CHECK(row.x == x.data() + 2);
  CHECK(row.n == 3);
}
