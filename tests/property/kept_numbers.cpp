// SPDX-License-Identifier: MIT
// Every set of single weights and of norms holds whatever happens to a model.
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/min_max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/non_positive.hpp"
#include "espalier/constraint/relative_clip.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/constraint/symmetric.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "kept_sets.hpp"

using namespace espalier;
using test::kept;

TEST_CASE("Sets of single weights hold of averages and of what is loaded") {
  kept(Clip{-0.1, 0.3}), kept(NonNegative{}), kept(NonPositive{}), kept(SignPattern{1, -1, 0, 1, 1, -1});
  kept(Mask{1, 0, 1, 1, 0, 1}), kept(RelativeClip{0.5});
  kept(Grid{.step = 0.125, .lo = -0.5, .hi = 0.5}), kept(Levels{-0.4, -0.1, 0, 0.2});
}

TEST_CASE("Sets of norms hold of averages and of what is loaded") {
  kept(MaxNorm{0.7}), kept(MinMaxNorm{0.6, 0.8}), kept(UnitNorm{});
  kept(TopK{3}, MaxNorm{0.7, Metric::euclidean}), kept(Symmetric{}, Whole{UnitNorm{}});
}
