// SPDX-License-Identifier: MIT
// What each policy alone takes after a step: of the table in docs/constraints.md, the column "cost". A row
// moves a weight of 128 x 784 floats back, or of 128 x 128 where the set is of square ones, which a step of
// Adam's kind has just moved a little out of the set. What acts in forward and backward, or on several
// weights, is measured by a whole training step of a layer of that size, beside one without.
#include <fmt/format.h>

#include <algorithm>
#include <espalier/espalier.hpp>

#include "problem.hpp"

namespace bench {
namespace {

using namespace espalier;

constexpr Index rows = 128, cols = 784;

struct Weight {
  Index width;
  std::vector<float> stepped{}, steps{}, now{}, scratch{}, kept{};
  std::vector<double> room{};

  Block<float> block() { return {now.data(), rows, width, {kept.data(), rows * width}}; }
};

/// A step of about 1 % of the weights, with step sizes a factor of e apart.
Weight weight_for(const AnyPack<float>& pack, Index width) {
  Weight w{width};
  Rng rng(1);
  w.now.resize(static_cast<std::size_t>(rows * width));
  for (float& x : w.now) x = static_cast<float>(0.05 * rng.normal());
  w.kept.resize(w.now.size() * static_cast<std::size_t>(pack.traits().memories));
  pack.remember(w.block(), w.kept.data(), rows * width, detail::Remember::started);
  pack.project(w.block());
  pack.remember(w.block(), w.kept.data(), rows * width, detail::Remember::settled);
  w.stepped = w.now;
  for (float& x : w.stepped) {
    w.steps.push_back(static_cast<float>(1e-3 * std::exp(rng.normal())));
    x += w.steps.back() * static_cast<float>(0.5 * rng.normal());
  }
  const detail::ScratchSize size = detail::scratch_size<float>(pack.traits(), rows, width);
  w.scratch.resize(static_cast<std::size_t>(size.numbers));
  w.room.resize(static_cast<std::size_t>(size.room));
  return w;
}

template <class P>
void add_policy(const std::string& who, const P& policy, Index width = cols) {
  add({fmt::format("constraints/{}x{}/{}", rows, width, who),
       [policy, width](benchmark::State& state) {
         const AnyPack<float> pack{Pack<P>(policy)};
         Weight w = weight_for(pack, width);
         for (auto _ : state) {
           std::copy(w.stepped.begin(), w.stepped.end(), w.now.begin());
           detail::PolicyCounts active{};
           benchmark::DoNotOptimize(pack.constrain(w.block(), {w.steps.data(), 1e-3F}, 1e-3F,
                                                   {w.scratch.data(), w.room.data()}, active.data()));
           benchmark::ClobberMemory();
         }
       },
       {},
       false});
}

/// A training step with Adam and these transforms of gradients.
template <class... Transforms>
void add_step(const std::string& who, const auto& layer, const Transforms&... transforms) {
  constexpr long batch = 32;
  add({fmt::format("constraints/step of {}x{}, batch {}/{}", rows, cols, batch, who),
       [=](benchmark::State& state) {
         Problem problem(Sequential{layer}, batch);
         Optimizer optimizer{Adam{.learning_rate = 1e-4}, transforms...};
         for (int k = 0; k < 3; ++k) problem.step(optimizer);
         for (auto _ : state) problem.step(optimizer);
       },
       {},
       false});
}

/// The squares of all weights are at most `most`: what AugmentedLagrangian keeps to.
struct SumOfSquares {
  double most;

  static constexpr std::string_view name = "SumOfSquares";
  double value(const auto& parameters) const {
    double sum = -most;
    for (const double w : parameters.values()) sum += w * w;
    return sum;
  }
  void add_gradient(auto& parameters, double factor) const {
    for (std::size_t i = 0; i < parameters.values().size(); ++i)
      parameters.gradients()[i] += static_cast<float>(2 * factor) * parameters.values()[i];
  }
};

void add_steps() {
  const auto layer = [](const auto&... policies) { return Dense(cols, rows, policies...); };
  add_step("free", layer());
  add_step("WeightNorm", layer(WeightNorm{}));
  add_step("UnitNormalized", layer(UnitNormalized{}));
  add_step("SoftplusWeight", layer(SoftplusWeight{}));
  add_step("IntervalWeight", layer(IntervalWeight{-1, 1}));
  add_step("Quantized", layer(Quantized{1.0 / 64, -1, 1}));
  add_step("QuantizedTo", layer(QuantizedTo{-1, 0, 1}));
  add_step("QuantizedTowardZero", layer(QuantizedTowardZero{1.0 / 64, -1, 1}));
  add_step("SoftGrid", layer(SoftGrid{1.0 / 64, -1, 1, 0.5}));
  add_step("SpectralRescaled", layer(SpectralRescaled{1, 1}));
  add_step("Cayley", layer(Cayley{}));
  add_step("LearnedBound", layer(LearnedBound<InfinityNorm>{}));
  add_step("SpectralNormalized", layer(SpectralNormalized{1}));
  add_step("ProductOfNorms", layer(), ProductOfNorms{1e-3});
  add_step("LearnedBound, LipschitzProduct", layer(LearnedBound<InfinityNorm>{}), LipschitzProduct{1e-3});
  add_step("AugmentedLagrangian", layer(), AugmentedLagrangian{SumOfSquares{1}});
}

const bool added = [] {
  const Matrix<double> every_other =
      Matrix<double>::NullaryExpr(rows, cols, [](Index, Index i) { return static_cast<double>(i % 2); });
  std::vector<int> pairs;
  for (int i = 0; i < cols; ++i) pairs.push_back(i / 2 + 1);
  if constexpr (ESPALIER_BENCHMARKS_LARGE) {
    add_policy("Unconstrained (the copy)", Unconstrained{});
    add_policy("Clip", Clip{-0.05, 0.05});
    add_policy("NonNegative", NonNegative{});
    add_policy("SignPattern", SignPattern(every_other));
    add_policy("Mask", Mask(every_other));
    add_policy("Frozen", Frozen(every_other));
    add_policy("Grid", Grid{1.0 / 64, -1, 1});
    add_policy("NonPositive", NonPositive{});
    add_policy("RelativeClip", RelativeClip{1.4});
    add_policy("LowerBounds", LowerBounds(every_other));
    add_policy("Levels", Levels{-0.1, -0.05, 0, 0.05, 0.1});
    add_policy("L1", L1{1e-2});
    add_policy("L0", L0{1e-2});
    add_policy("MaxNorm", MaxNorm{1});
    add_policy("UnitNorm", UnitNorm{});
    add_policy("L1Ball", L1Ball{10});
    add_policy("Simplex", Simplex{1});
    add_policy("SumTo", SumTo{1});
    add_policy("HalfSpace", HalfSpace(std::vector<double>(cols, 1.0), 0));
    add_policy("Isotonic", Isotonic{});
    add_policy("TopK", TopK{78});
    add_policy("NofM", NofM{2, 4});
    add_policy("SignedSumBound", SignedSumBound{5});
    add_policy("TopKSum", TopKSum{32, 2});
    add_policy("GroupLasso", GroupLasso{1e-2});
    add_policy("GroupLasso, per input", PerInput{GroupLasso{1e-2}});
    add_policy("GroupMcp", GroupMcp{5e-2});
    add_policy("GroupScad", GroupScad{5e-2});
    add_policy("TotalVariation", TotalVariation{1e-2});
    add_policy("MinMaxNorm", MinMaxNorm{0.5, 1});
    add_policy("MaxNormFrom", MaxNormFrom{initial(1)});
    add_policy("L1BallFrom", L1BallFrom{initial(1)});
    add_policy("SpectralBallFrom", SpectralBallFrom{initial(1)});
    add_policy("LassoNet", LassoNet{.strength = 1e-2});
    add_policy("Tied", Tied(pairs));
    add_policy("Palindromic", Palindromic{});
    add_policy("InfinityNorm", InfinityNorm{10});
    add_policy("OneNorm", OneNorm{2});
    add_policy("SpectralBall", SpectralBall{1});
    add_policy("NuclearBall", NuclearBall{50});
    add_policy("NuclearNorm", NuclearNorm{1e-2});
    add_policy("LowRank", LowRank{16});
    add_policy("Conditioned", Conditioned{0.5, 2});
    add_policy("Orthonormal", Orthonormal{});
    add_policy("Symmetric", Symmetric{}, rows);
    add_policy("SkewSymmetric", SkewSymmetric{}, rows);
    add_policy("Circulant", Circulant{}, rows);
    add_policy("PositiveSemidefinite", PositiveSemidefinite{}, rows);
    add_policy("OnEigenvalues", OnEigenvalues{Clip{-1, 1}}, rows);
    add_steps();
  }
  return true;
}();

}  // namespace
}  // namespace bench
