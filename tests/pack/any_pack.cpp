// SPDX-License-Identifier: MIT
#include "espalier/pack/any_pack.hpp"

#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::Numbers;

namespace {

/// A set of one's own that nobody can compare.
struct AtMostOne {
  bool contains(Scalar auto w) const { return w <= 1; }
  template <Scalar S>
  S project(S w) const {
    return std::min(w, S(1));
  }
};

/// Rows x 4 numbers, seen as a block.
template <Scalar S>
struct Weights {
  Numbers<S> numbers;
  Index rows() const { return static_cast<Index>(numbers.size()) / 4; }
  Block<S> block() { return {numbers.data(), rows(), 4}; }
};

}  // namespace

TEST_CASE("Without a pack nothing is asked of a weight") {
  const AnyPack<float> none;
  CHECK(none.empty());
  CHECK(none.names().empty());
  CHECK(none == AnyPack<float>(Pack<>{}));
  Weights<float> w{{3, std::numeric_limits<float>::infinity(), 0, -7}};
  const Numbers<float> before = w.numbers;
  float gradient[4] = {1, 2, 3, 4};
  none.project(w.block());
  CHECK(w.numbers == before);
  CHECK(none.contains(w.block()));
  CHECK(none.violation(0, w.block()) == 0);
  CHECK(none.penalty(w.block()) == 0);
  CHECK(none.shrink(0.1, 0.1) == 1);
  CHECK(none.slope_bound() == 0);
  CHECK(none.add_gradient(w.block(), gradient, nullptr));
  none.add_matrix_gradient(w.block(), gradient, nullptr);
  CHECK(gradient[3] == 4);
  none.validate("here", 1, 4);
  none.record({}, nullptr, 1, 4, 0.5);
}

TEMPLATE_TEST_CASE("It does to every row of a block what its pack does to a row", "", float, double) {
  Rng rng{3};
  test::for_each_set([&](const char* name, const auto&... policies) {
    CAPTURE(name);
    const Pack pack(L1{0.05}, policies..., L2{0.3}, WeightDecay{0.2});
    const AnyPack<TestType> any(pack);
    Weights<TestType> w{test::random_row<TestType>(20, 1.5, rng)}, projected = w;
    const Numbers<TestType> t = test::random_steps<TestType>(20, rng);
    any.project(projected.block());
    std::vector<double> worst(pack.size, 0.0);
    double penalty = 0;
    bool inside = true;
    Numbers<TestType> expected, constrained;
    for (Index j = 0; j < 5; ++j) {
      const auto part = [&](const Numbers<TestType>& all) {
        return Numbers<TestType>(all.begin() + 4 * j, all.begin() + 4 * (j + 1));
      };
      const Numbers<TestType> row = part(w.numbers), steps = part(t);
      const Numbers<TestType> there = test::contains(pack, row) ? row : test::projected(pack, row);
      const Numbers<TestType> after = test::constrained(pack, row, steps, TestType(0.1));
      expected.insert(expected.end(), there.begin(), there.end());
      constrained.insert(constrained.end(), after.begin(), after.end());
      inside = inside && test::contains(pack, row);
      penalty += pack.penalty(row.data(), 4);
      for (std::size_t k = 0; k < pack.size; ++k)
        worst[k] = std::max(worst[k], pack.violation(k, row.data(), 4));
    }
    CHECK(test::same_bits(projected.numbers, expected));
    CHECK(any.contains(projected.block()));
    CHECK(any.contains(w.block()) == inside);
    CHECK(std::abs(any.penalty(w.block()) - penalty) <= 1e-5 * penalty);
    CHECK(any.penalty(w.block(), true) < any.penalty(w.block()));
    CHECK(any.shrink(0.1, 0.2) == pack.shrink(0.1, 0.2));
    CHECK(any.slope_bound() == 0.05);
    for (std::size_t k = 0; k < pack.size; ++k) CHECK(any.violation(k, w.block()) == worst[k]);
    Numbers<TestType> scratch(20);
    detail::PolicyCounts active{};
    CHECK(any.constrain(w.block(), {t.data(), TestType(0.1)}, TestType(0.1), scratch.data(), active.data()));
    CHECK(test::same_bits(w.numbers, constrained));
  });
}

TEST_CASE("The policies can be asked for by their types, and have names in the order written") {
  const AnyPack<double> pack(Pack(MaxNorm{3}, L1{0.5}));
  CHECK_FALSE(pack.empty());
  REQUIRE(pack.find<MaxNorm>());
  CHECK(pack.find<MaxNorm>()->radius == 3);
  CHECK(pack.find<L1>()->strength == 0.5);
  CHECK(pack.find<L2>() == nullptr);
  CHECK(AnyPack<double>().find<L1>() == nullptr);
  CHECK(std::vector<std::string_view>(pack.names().begin(), pack.names().end()) ==
        std::vector<std::string_view>{"MaxNorm", "L1"});
}

TEST_CASE("Packs of equal policies are equal, wherever they were made") {
  const AnyPack<float> pack(Pack(Clip{-1, 1}, L1{0.5}));
  CHECK(pack == AnyPack<float>(Pack(Clip{-1, 1}, L1{0.5})));
  CHECK(pack != AnyPack<float>(Pack(Clip{-1, 2}, L1{0.5})));
  CHECK(pack != AnyPack<float>(Pack(Clip{-1, 1})));
  CHECK(pack != AnyPack<float>());
  const AnyPack<float> copy = pack;
  CHECK(copy == pack);
  CHECK(copy.find<Clip>() == pack.find<Clip>());  // shared
}

TEST_CASE("Policies that nobody can compare are equal to their copies only") {
  const AnyPack<float> pack{Pack(AtMostOne{})}, copy = pack;
  CHECK(copy == pack);
  CHECK(pack != AnyPack<float>(Pack(AtMostOne{})));
}

TEST_CASE("A pack outlives what it was made of") {
  AnyPack<float> pack;
  {
    const AnyPack<float> first(Pack(MaxNorm{2}));
    pack = first;
  }
  Weights<float> w{{6, 0, 8, 0, 0, 1, 0, 0}};
  pack.project(w.block());
  CHECK(w.numbers[0] == Catch::Approx(1.2));
  CHECK(w.numbers[5] == 1);
  CHECK(pack.contains(w.block()));
}

TEST_CASE("Nonsense is refused where the parameter stands, and depends on the length of its rows") {
  const AnyPack<float> pack(Pack(Clip{0.5, 3}, MaxNorm{1}));
  pack.validate("0.weight", 1, 4);
  CHECK(
      message_of([&] { pack.validate("0.weight", 1, 5); }) ==
      "0.weight: expected constraint sets that have a point in common, found an empty intersection of Clip, "
      "MaxNorm");
  CHECK(
      message_of([] { AnyPack<double>(Pack(L1{-1})).validate("1.bias", 1, 1); }).starts_with("1.bias: L1: "));
}

TEST_CASE("Reparametrizations change no stored number, and are told") {
  const AnyPack<float> pack{Pack(WeightNorm{})};
  CHECK(pack.traits().scales_rows);
  Weights<float> w{{3, 4, 0, 0}};
  const Numbers<float> before = w.numbers;
  pack.project(w.block());
  pack.to_weight(w.block());
  CHECK(pack.to_stored(w.block()));
  CHECK(w.numbers == before);
  CHECK(pack.penalty(w.block()) == 0);
}

TEST_CASE("The policies say their numbers, with the words that say on what and when") {
  const AnyPack<float> any(Pack(L1{1e-3}, PerInput{MaxNorm{2}}, Every{10, Clip{-1, 0.5}}));
  CHECK(any.text(0) == "L1{strength = 0.001}");
  CHECK(any.text(1) == "MaxNorm per input{radius = 2}");
  CHECK(any.text(2) == "Clip every n steps{n = 10, lo = -1, hi = 0.5}");
  CHECK(AnyPack<double>(Pack(NonNegative{})).text(0) == "NonNegative");
}
