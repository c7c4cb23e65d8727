// SPDX-License-Identifier: MIT
// Every set of vectors holds whatever happens to a model, and frozen weights stay.
#include "espalier/constraint/half_space.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/n_of_m.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/tied.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "kept_sets.hpp"

using namespace espalier;
using test::kept, test::kept_with_frozen;

TEST_CASE("Sets of vectors hold of averages and of what is loaded") {
  kept(L1Ball{0.8}), kept(Simplex{}), kept(SumTo{0.5});
  kept(HalfSpace({1, -2, 0.5, 0, 1, 1}, -0.1), MaxNorm{0.9});
  kept(Isotonic{}), kept(Tied{1, 2, 1, -2, 0, 1}), kept(Palindromic{}), kept(Circulant{});
  kept(TopK{2}), kept(NofM{1, 3}), kept(SignedSumBound{0.6}), kept(TopKSum{2, 0.3});
}

TEST_CASE("Frozen weights keep their bits beside other sets") {
  kept_with_frozen(), kept_with_frozen(MaxNorm{1.5}, L1{0.02});
  kept_with_frozen(L1Ball{2}), kept_with_frozen(SumTo{0.5}), kept_with_frozen(Isotonic{});
  kept_with_frozen(TopK{2}), kept_with_frozen(SignedSumBound{2});
}
