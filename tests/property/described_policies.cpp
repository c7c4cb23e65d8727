// SPDX-License-Identifier: MIT
// Every policy of the library that has numbers says all of them.
#include "espalier/core/description.hpp"
#include "espalier/espalier.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

template <class P>
std::string text_of(const P& policy) {
  detail::Description text;
  detail::describe(policy, text);
  return text.with(policy_name<P>());
}

}  // namespace

TEST_CASE("Policies say their numbers") {
  CHECK(text_of(L1{2}) == "L1{strength = 2}");
  CHECK(text_of(L2{2}) == "L2{strength = 2}");
  CHECK(text_of(L2ToStart{2}) == "L2ToStart{strength = 2}");
  CHECK(text_of(WeightDecay{2}) == "WeightDecay{strength = 2}");
  CHECK(text_of(WeightDecay{2, true, true}) ==
        "WeightDecay{strength = 2, schedule_only = true, cautious = true}");
  CHECK(text_of(GroupLasso{2}) == "GroupLasso{strength = 2}");
  CHECK(text_of(GroupMcp{2, 4}) == "GroupMcp{strength = 2, gamma = 4}");
  CHECK(text_of(GroupScad{2, 4}) == "GroupScad{strength = 2, gamma = 4}");
  CHECK(text_of(LassoNet{2, 4, 3}) == "LassoNet{strength = 2, hierarchy = 4, skips = 3}");
  CHECK(text_of(TotalVariation{2}) == "TotalVariation{strength = 2}");
  CHECK(text_of(Tied{1, -1, 0}) == "Tied{classes = [1, -1, 0]}");
  CHECK(text_of(NuclearNorm{2}) == "NuclearNorm{strength = 2}");
  CHECK(text_of(ProductOfNorms{2}) == "ProductOfNorms{strength = 2, pattern = '*'}");
  CHECK(text_of(Clip{-2, 3}) == "Clip{lo = -2, hi = 3}");
  CHECK(text_of(MaxNorm{2}) == "MaxNorm{radius = 2}");
  CHECK(text_of(MinMaxNorm{2, 3}) == "MinMaxNorm{lo = 2, hi = 3}");
  CHECK(text_of(MaxNormFrom{initial(2)}) == "MaxNormFrom{from = initial, factor = 2}");
  CHECK(text_of(MaxNormFrom{warm_start(9)}) == "MaxNormFrom{from = warm_start, steps = 9}");
  CHECK(text_of(L1BallFrom{initial(2)}) == "L1BallFrom{from = initial, factor = 2}");
  CHECK(text_of(SpectralBallFrom{warm_start(9)}) == "SpectralBallFrom{from = warm_start, steps = 9}");
  CHECK(text_of(MaxNormFrom{inflection()}) == "MaxNormFrom{from = inflection, steps = 600}");
  CHECK(AnyPack<float>(Pack(Every{2, per_block<4>(MaxNorm{3})})).text(0) ==
        "MaxNorm per block every n steps{n = 2, block = 4, radius = 3}");
  CHECK(text_of(L1Ball{2}) == "L1Ball{radius = 2}");
  CHECK(text_of(Simplex{2}) == "Simplex{sum = 2}");
  CHECK(text_of(SumTo{2}) == "SumTo{value = 2}");
  CHECK(text_of(HalfSpace{{1, 2}, 3}) == "HalfSpace{a = [1, 2], b = 3}");
  CHECK(text_of(SpectralBall{2}) == "SpectralBall{bound = 2}");
  CHECK(text_of(OnSingularValues{Clip{-2, 2}}) == "OnSingularValues{lo = -2, hi = 2}");
  CHECK(text_of(NuclearBall{2}) == "NuclearBall{bound = 2}");
  CHECK(text_of(OnSingularValues{L1Ball{2}}) == "OnSingularValues{radius = 2}");
  CHECK(text_of(LowRank{2}) == "LowRank{rank = 2}");
  CHECK(text_of(Conditioned{0.5, 2}) == "Conditioned{lo = 0.5, hi = 2}");
  CHECK(text_of(Orthonormal{}) == "Orthonormal");
  CHECK(text_of(Orthogonality{2}) == "Orthogonality{strength = 2}");
  CHECK(text_of(OnEigenvalues{Clip{-2, 3}}) == "OnEigenvalues{lo = -2, hi = 3}");
  CHECK(text_of(PositiveSemidefinite{}) == "PositiveSemidefinite");
  CHECK(text_of(SkewSymmetric{}) == "SkewSymmetric");
  CHECK(text_of(InfinityNorm{2}) == "InfinityNorm{bound = 2}");
  CHECK(text_of(OneNorm{2}) == "OneNorm{bound = 2}");
  CHECK(text_of(Mask{1, 0}) == "Mask{pattern = [1, 0]}");
  CHECK(text_of(SignPattern{1, -1}) == "SignPattern{pattern = [1, -1]}");
  CHECK(text_of(Frozen{1, 0}) == "Frozen{pattern = [1, 0]}");
  CHECK(text_of(Quantized{0.5, -1, 1}) == "Quantized{step = 0.5, lo = -1, hi = 1}");
  CHECK(text_of(QuantizedTowardZero{0.5, -1, 1}) == "QuantizedTowardZero{step = 0.5, lo = -1, hi = 1}");
  CHECK(text_of(QuantizedTo{-1, 0, 1}) == "QuantizedTo{levels = [-1, 0, 1]}");
  CHECK(text_of(SignedSumBound{2}) == "SignedSumBound{bound = 2}");
  CHECK(text_of(TopKSum{3, 2}) == "TopKSum{k = 3, bound = 2}");
  CHECK(text_of(TopK{3}) == "TopK{k = 3}");
  CHECK(text_of(NofM{1, 3}) == "NofM{n = 1, m = 3}");
  CHECK(text_of(L0{2}) == "L0{strength = 2}");
  CHECK(text_of(RelativeClip{2}) == "RelativeClip{kappa = 2}");
  CHECK(text_of(LowerBounds{1, -1}) == "LowerBounds{pattern = [1, -1]}");
  CHECK(text_of(UpperBounds{1, -1}) == "UpperBounds{pattern = [1, -1]}");
  CHECK(text_of(Grid{0.5, -1, 1}) == "Grid{step = 0.5, lo = -1, hi = 1}");
  CHECK(text_of(Levels{1, 0, -1}) == "Levels{levels = [-1, 0, 1]}");
  CHECK(text_of(NonPositive{}) == "NonPositive");
  CHECK(text_of(SpectralNormalized{3}) == "SpectralNormalized{iterations = 3}");
  CHECK(text_of(LearnedBound<InfinityNorm>{}) == "LearnedBound");
  CHECK(text_of(LipschitzProduct{2}) == "LipschitzProduct{strength = 2}");
  CHECK(text_of(SoftGrid{0.5, -1, 1, 0.25}) == "SoftGrid{step = 0.5, lo = -1, hi = 1, s = 0.25}");
  CHECK(text_of(IntervalWeight{-1, 1}) == "IntervalWeight{lo = -1, hi = 1}");
  CHECK(text_of(SpectralRescaled{2, 3}) == "SpectralRescaled{n = 2, bound = 3}");
  CHECK(text_of(NonNegative{}) == "NonNegative");
  CHECK(text_of(WeightNorm{}) == "WeightNorm");
}
