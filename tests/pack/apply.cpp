// SPDX-License-Identifier: MIT
#include "espalier/pack/apply.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;

namespace {

/// A policy's members on single weights, and none on lines.
template <class P>
struct OneByOne {
  P policy;
  template <Scalar S>
  S value(S w) const requires requires {
    policy.value(w);
  }
  { return policy.value(w); }
  template <Scalar S>
  S gradient(S w) const requires SmoothPenalty<P> {
    return policy.gradient(w);
  }
  template <Scalar S>
  S prox(S y, S t) const requires ProximalPenalty<P> {
    return policy.prox(y, t);
  }
  template <Scalar S>
  bool contains(S w) const requires ElementSet<P> {
    return policy.contains(w);
  }
  template <Scalar S>
  S project(S w) const requires ElementSet<P> {
    return policy.project(w);
  }
};

/// Numbers of both signs, among them zeros.
template <Scalar S>
Line<S> some_line(Rng& rng) {
  typename Line<S>::Array line;
  for (S& x : line) x = rng.uniform() < 0.2 ? S(0) : static_cast<S>(rng.normal());
  return Line<S>(line);
}

}  // namespace

TEMPLATE_TEST_CASE("Policies do to a line what they do to its weights", "", float, double) {
  using S = TestType;
  Rng rng(1);
  for (int round = 0; round < 100; ++round) {
    const Line<S> w = some_line<S>(rng), t = some_line<S>(rng).abs();
    const auto same = [&](const Line<S>& a, const Line<S>& b) { return (a.array() == b.array()).all(); };
    CHECK(
        same(detail::project_line(Clip{-0.3, 0.7}, w), detail::project_line(OneByOne<Clip>{{-0.3, 0.7}}, w)));
    CHECK(same(detail::project_line(NonNegative{}, w), detail::project_line(OneByOne<NonNegative>{}, w)));
    CHECK(same(detail::prox_of_line(L1{0.5}, w, t), detail::prox_of_line(OneByOne<L1>{{0.5}}, w, t)));
    CHECK(same(detail::gradient_of_line(L2{0.5}, w), detail::gradient_of_line(OneByOne<L2>{{0.5}}, w)));
  }
}
