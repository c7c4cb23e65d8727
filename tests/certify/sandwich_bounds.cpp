// SPDX-License-Identifier: MIT
#include "espalier/certify/sandwich_bounds.hpp"

#include <numbers>

#include "../searched_norms.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/sandwich.hpp"
#include "espalier/layer/scale.hpp"
#include "espalier/model/access.hpp"

using namespace espalier;

TEST_CASE(
    "A Sandwich is 1-Lipschitz but for the roundings of its weights, far below the product of its two") {
  for (const std::uint64_t seed : {1U, 2U}) {
    auto net = stirred<double>(seed, Sandwich(5, 7, Tanh{}), Sandwich(7, 3));
    const LipschitzBounds bounds = checked(net);
    CHECK((bounds.two >= 1 - 1e-14 && bounds.two <= 1 + 1e-10));
    CHECK((bounds.layers.size() == 2 && bounds.layers[0].layer.starts_with("Sandwich")));
    const auto single = stirred<float>(seed, Sandwich(5, 7), Sandwich(7, 3));
    CHECK(lipschitz(single).two <= 1 + 1e-5);
  }
}

TEST_CASE("It is reached by units that are all on, between Scales that make gamma of it") {
  // A = B = I / sqrt(2) where U of P is (1 - sqrt(2)) I and V is zero: 2 A' B is the identity.
  auto net = sequential<double>(Scale{3}, Sandwich(2, 2), Scale{0.5});
  edit(net, [&](std::span<double> all) {
    std::fill(all.begin(), all.end(), 0.0);
    all[2] = all[7] = 1 - std::numbers::sqrt2;
  });
  assign(net, "1.bias", Matrix<double>{{50}, {50}});
  CHECK(checked(net, 0.99).two == Approx(1.5).epsilon(1e-10));
}

TEST_CASE("Bounds are of the numbers that the layer has, whatever its map leaves") {
  // [A B] = 2 [I I] / sqrt(2), which no Cayley transform gives, is 4-Lipschitz where [I I] / sqrt(2) is
  // 1-Lipschitz; A' B is 2 I. psi cancels, and what a float rounds of e^psi stays in the bound.
  const double a = std::numbers::sqrt2;
  const detail::MadeWeight both{2, 4, {a, 0, a, 0, 0, a, 0, a}};
  for (const double psi : {-3.0, 0.0, 0.1, 20.0}) {
    const double all[] = {psi, -psi};
    const NormBounds bounds = detail::sandwich_bounds(both, all, Slopes{0, 1});
    CHECK(bounds.two >= 4 * (1 - 1e-15));
    CHECK(bounds.two <= 4 * (1 + 1e-10));
    const float single[] = {static_cast<float>(psi), static_cast<float>(-psi)};
    const NormBounds rounded = detail::sandwich_bounds(both, single, Slopes{0, 1});
    CHECK(rounded.two == Approx(4).epsilon(1e-6));
  }
}

TEST_CASE("Slopes below 1 and zeros make it less, and numbers without end make it infinite") {
  const double a = std::numbers::sqrt2 / 2, zero[] = {0, 0};
  const detail::MadeWeight both{2, 4, {a, 0, a, 0, 0, a, 0, a}}, none{2, 4, std::vector<double>(8)};
  CHECK(detail::sandwich_bounds(both, zero, Slopes{0, 0.25}).two == Approx(0.25).epsilon(1e-10));
  CHECK(detail::sandwich_bounds(none, zero, Slopes{0, 1}) == NormBounds{0, 0, 0});
  const double high[] = {800, 0};
  CHECK(detail::sandwich_bounds(both, high, Slopes{0, 1}).two == HUGE_VAL);
}
