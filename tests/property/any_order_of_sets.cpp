// SPDX-License-Identifier: MIT
// The order in which sets and penalties are written changes no bit of what a step makes of a row: one pack
// for each theorem of docs/numerics.md.
#include "catch.hpp"
#include "espalier/espalier.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers, test::same_bits;

namespace {

Numbers<float> numbers(std::uint64_t seed, bool steps) {
  Rng rng{seed};
  return steps ? test::random_steps<float>(13, rng) : test::random_row<float>(13, 1.5, rng);
}

/// What ten rows become under a pack, one after the other, and the penalties of them.
template <class... Ps>
Numbers<float> moved(const Ps&... policies) {
  const Pack<Ps...> pack(policies...);
  Numbers<float> all;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Numbers<float> x = constrained(pack, numbers(seed, false), numbers(seed + 50, true));
    all.insert(all.end(), x.begin(), x.end());
    all.push_back(static_cast<float>(pack.penalty(x.data(), 13)));
  }
  return all;
}

template <class A, class B>
void either_way(const A& a, const B& b) {
  INFO((Pack<A, B>::names[0]));
  const Numbers<float> one = moved(a, b);
  CHECK(same_bits(one, moved(b, a)));
  CHECK_FALSE(same_bits(one, moved()));
}

template <class A, class B, class C>
void any_order(const A& a, const B& b, const C& c) {
  INFO((Pack<A, B, C>::names[0]));
  const Numbers<float> one = moved(a, b, c);
  CHECK(same_bits(one, moved(a, c, b)));
  CHECK(same_bits(one, moved(b, a, c)));
  CHECK(same_bits(one, moved(b, c, a)));
  CHECK(same_bits(one, moved(c, a, b)));
  CHECK(same_bits(one, moved(c, b, a)));
}

const Clip box{-0.4, 0.9};

}  // namespace

TEST_CASE("Sets and penalties of single weights") {
  either_way(L0{0.2}, box);
  either_way(Grid{0.25, -1, 1}, L1{0.2});
}

TEST_CASE("A norm, with policies of single weights or a penalty of vectors beside it") {
  any_order(L1{0.2}, box, MaxNorm{0.8});
  either_way(MinMaxNorm{0.5, 0.8}, NonPositive{});
  either_way(TotalVariation{0.2}, MaxNorm{0.8});
}

TEST_CASE("Bounded sums and penalties of vectors, with policies of single weights") {
  either_way(SignedSumBound{0.7}, L1{0.2});
  either_way(TopKSum{3, 0.7}, NonNegative{});
  either_way(GroupMcp{0.2}, NonNegative{});
}

TEST_CASE("Sets that select weights or tie them, with policies of single weights") {
  either_way(TopK{4}, box);
  either_way(NofM{1, 4}, L1{0.2});
  either_way(Palindromic{}, NonNegative{});
}
