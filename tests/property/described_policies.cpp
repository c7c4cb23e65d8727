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
  CHECK(text_of(GroupLasso{2}) == "GroupLasso{strength = 2}");
  CHECK(text_of(NuclearNorm{2}) == "NuclearNorm{strength = 2}");
  CHECK(text_of(ProductOfNorms{2}) == "ProductOfNorms{strength = 2}");
  CHECK(text_of(Clip{-2, 3}) == "Clip{lo = -2, hi = 3}");
  CHECK(text_of(MaxNorm{2}) == "MaxNorm{radius = 2}");
  CHECK(text_of(L1Ball{2}) == "L1Ball{radius = 2}");
  CHECK(text_of(Simplex{2}) == "Simplex{sum = 2}");
  CHECK(text_of(SumTo{2}) == "SumTo{value = 2}");
  CHECK(text_of(HalfSpace{{1, 2}, 3}) == "HalfSpace{a = [1, 2], b = 3}");
  CHECK(text_of(SpectralBall{2}) == "SpectralBall{bound = 2}");
  CHECK(text_of(OnSingularValues{Clip{-2, 2}}) == "OnSingularValues{lo = -2, hi = 2}");
  CHECK(text_of(Mask{1, 0}) == "Mask{pattern = [1, 0]}");
  CHECK(text_of(SignPattern{1, -1}) == "SignPattern{pattern = [1, -1]}");
  CHECK(text_of(Frozen{1, 0}) == "Frozen{pattern = [1, 0]}");
  CHECK(text_of(Quantized{0.5, -1, 1}) == "Quantized{step = 0.5, lo = -1, hi = 1}");
  CHECK(text_of(QuantizedTo{-1, 0, 1}) == "QuantizedTo{levels = [-1, 0, 1]}");
  CHECK(text_of(SpectralNormalized{3}) == "SpectralNormalized{iterations = 3}");
  CHECK(text_of(LearnedBound<InfinityNorm>{}) == "LearnedBound");
  CHECK(text_of(LipschitzProduct{2}) == "LipschitzProduct{strength = 2}");
  CHECK(text_of(SoftGrid{0.5, -1, 1, 0.25}) == "SoftGrid{step = 0.5, lo = -1, hi = 1, s = 0.25}");
  CHECK(text_of(IntervalWeight{-1, 1}) == "IntervalWeight{lo = -1, hi = 1}");
  CHECK(text_of(SpectralRescaled{2, 3}) == "SpectralRescaled{n = 2, bound = 3}");
  CHECK(text_of(NonNegative{}) == "NonNegative");
  CHECK(text_of(WeightNorm{}) == "WeightNorm");
}
