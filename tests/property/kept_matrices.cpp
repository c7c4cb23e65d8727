// SPDX-License-Identifier: MIT
// Every set of matrices, and every bound that sets itself, holds whatever happens to a model.
#include "espalier/constraint/conditioned.hpp"
#include "espalier/constraint/induced_norm.hpp"
#include "espalier/constraint/low_rank.hpp"
#include "espalier/constraint/nuclear_ball.hpp"
#include "espalier/constraint/orthonormal.hpp"
#include "espalier/constraint/positive_semidefinite.hpp"
#include "espalier/constraint/self_bounded.hpp"
#include "espalier/constraint/skew_symmetric.hpp"
#include "kept_sets.hpp"

using namespace espalier;
using test::kept;

TEST_CASE("Sets of matrices hold of averages and of what is loaded") {
  kept(SpectralBall{0.8}), kept(OnSingularValues{Clip{-0.8, 0.8}}), kept(NuclearBall{2}), kept(LowRank{2});
  kept(Conditioned{0.5, 1.5}), kept(Orthonormal{}), kept(SkewSymmetric{});
  kept(PositiveSemidefinite{}), kept(OnEigenvalues{Clip{-0.5, 1}});
  kept(InfinityNorm{0.8}), kept(OneNorm{0.8});
}

TEST_CASE("Bounds that set themselves hold of averages and of what is loaded") {
  kept(MaxNormFrom{initial(0.9)}), kept(L1BallFrom{initial(0.9)}), kept(SpectralBallFrom{initial(0.9)});
  kept(MaxNormFrom{warm_start(9)}), kept(L1BallFrom{warm_start(9)}), kept(SpectralBallFrom{inflection(9)});
}
