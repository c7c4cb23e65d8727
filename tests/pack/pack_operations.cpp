// SPDX-License-Identifier: MIT
#include "espalier/pack/pack_operations.hpp"

#include "catch.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers;

namespace {

/// At most 1, but for a row or weight beyond 9, of which it makes NaN.
struct Broken {
  bool contains(Scalar auto w) const { return w <= 1; }
  template <Scalar S>
  S project(S w) const {
    return w > 9 ? std::numeric_limits<S>::quiet_NaN() : std::min(w, S(1));
  }
};

/// W is twice the square of what is stored, so that no negative number can be given.
struct Doubled {
  template <Scalar S>
  S weight(S p) const {
    return 2 * p * p;
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::sqrt(w / 2);
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return 4 * p * dw;
  }
};

template <Scalar S, class... Ps>
struct Table {
  Pack<Ps...> pack;
  const detail::PackOperations<S>& operations = detail::pack_operations<S, Pack<Ps...>>;
  explicit Table(const Ps&... policies) : pack(policies...) {}
};

}  // namespace

TEMPLATE_TEST_CASE("What policies change is added to the counts, rows of them where they look at rows", "",
                   float, double) {
  const Table<TestType, L2, Clip, MaxNorm> table(L2{1}, Clip{-4, 9}, MaxNorm{5});
  Numbers<TestType> w{3, 4, -5, 0, 0, 20}, g(6, 0), scratch(6);
  const Block<TestType> block{w.data(), 3, 2};
  Index active[3] = {10, 20, 30};
  CHECK(table.operations.add_gradient(&table.pack, block, g.data(), active));
  CHECK(g == w);
  CHECK(active[0] == 14);
  CHECK(table.operations.constrain(&table.pack, block, {nullptr, TestType(1)}, TestType(1), scratch.data(),
                                   active));
  CHECK(active[0] == 14);
  CHECK(active[1] == 22);  // -5 and 20
  CHECK(active[2] == 31);  // (0, 20), of which Clip leaves (0, 9)
  CHECK(w == Numbers<TestType>{3, 4, -4, 0, 0, 5});

  std::array<Activity, 3> activity{};
  const Index of_a_step[3] = {3, 2, 1};
  table.operations.record(&table.pack, activity, of_a_step, 3, 2, 1);
  CHECK(activity[0].fraction == 3.0 / 6);
  CHECK(activity[1].fraction == 2.0 / 6);
  CHECK(activity[2].fraction == 1.0 / 3);
}

TEST_CASE("The violation of a block is that of its worst row, apart for each policy") {
  const Table<double, Clip, MaxNorm> table(Clip{-1, 2}, MaxNorm{4});
  Numbers<double> w{0, 1, 6, 8, -4, 3};
  const Block<const double> block{w.data(), 3, 2};
  CHECK(table.operations.violation(&table.pack, 0, block) == std::hypot(4, 6));
  CHECK(table.operations.violation(&table.pack, 1, block) == 6);
  CHECK(table.operations.violation(&table.pack, 0, block.some_rows(2, 1)) == std::hypot(3, 1));
  CHECK(table.operations.violation(&table.pack, 1, block.some_rows(0, 1)) == 0);
  CHECK_FALSE(table.operations.contains(&table.pack, block));
  CHECK(table.operations.contains(&table.pack, block.some_rows(0, 1)));
}

TEST_CASE("One row outside is enough for a block to be outside, whichever it is") {
  const Table<float, MaxNorm> table(MaxNorm{1});
  for (const std::size_t place : {0U, 5U, 11U}) {
    Numbers<float> w(12, 0.1F);
    CHECK(table.operations.contains(&table.pack, Block<const float>{w.data(), 4, 3}));
    w[place] = 1.5F;
    CHECK_FALSE(table.operations.contains(&table.pack, Block<const float>{w.data(), 4, 3}));
    table.operations.project(&table.pack, Block<float>{w.data(), 4, 3});
    CHECK(table.operations.contains(&table.pack, Block<const float>{w.data(), 4, 3}));
    for (std::size_t i = 0; i < 12; ++i)
      if (i / 3 != place / 3) CHECK(w[i] == 0.1F);
  }
}

TEMPLATE_TEST_CASE("A policy that makes NaN is told, alone and together with a ball", "", float, double) {
  const auto finite = [](const auto& table, Numbers<TestType> w) {
    Numbers<TestType> scratch(6);
    detail::PolicyCounts active{};
    return table.operations.constrain(&table.pack, {w.data(), 2, 3}, {nullptr, TestType(1)}, TestType(1),
                                      scratch.data(), active.data());
  };
  const Table<TestType, Broken> alone{Broken{}};
  const Table<TestType, Broken, MaxNorm> together(Broken{}, MaxNorm{2});
  CHECK(finite(alone, {1, 2, 3, 4, 5, 6}));
  CHECK(finite(together, {1, 2, 3, 4, 5, 6}));
  for (const std::size_t place : {0U, 2U, 5U}) {
    Numbers<TestType> w{1, 2, 3, 4, 5, 6};
    w[place] = 10;
    CHECK_FALSE(finite(alone, w));
    CHECK_FALSE(finite(together, w));
  }
}

TEST_CASE("A type is told from another of the same members") {
  struct Other {
    double strength;
    double value(double w) const { return w; }
  };
  const Table<float, L1> table(L1{2});
  CHECK(table.operations.find(&table.pack, &detail::type_tag<L1>) == &std::get<0>(table.pack.policies()));
  CHECK(table.operations.find(&table.pack, &detail::type_tag<Other>) == nullptr);
}

TEST_CASE("Decay alone makes a step shrink, L1 alone bounds its slopes") {
  const Table<double, WeightDecay, L1> table(WeightDecay{0.5}, L1{3});
  CHECK(table.operations.shrink(&table.pack, 0.1, 0.1) == table.pack.shrink(0.1, 0.1));
  CHECK(table.operations.shrink(&table.pack, 0.1, 0.1) == Catch::Approx(0.95));
  CHECK(table.operations.slope_bound(&table.pack) == 3);
  const Table<double, L2> smooth(L2{3});
  CHECK(smooth.operations.shrink(&smooth.pack, 0.1, 0.1) == 1);
  CHECK(smooth.operations.slope_bound(&smooth.pack) == 0);
}

TEMPLATE_TEST_CASE("An element map turns what is stored into the weight, and back where something gives it",
                   "", float, double) {
  const Table<TestType, Doubled> table{Doubled{}};
  Numbers<TestType> numbers{0, 1, -3, 4, 5, 6};
  table.operations.to_weight(&table.pack, {numbers.data(), 2, 3}, nullptr);
  CHECK(numbers == Numbers<TestType>{0, 2, 18, 32, 50, 72});
  CHECK(table.operations.to_stored(&table.pack, {numbers.data(), 2, 3}, nullptr));
  CHECK(numbers == Numbers<TestType>{0, 1, 3, 4, 5, 6});
  for (const std::size_t place : {0U, 5U}) {
    Numbers<TestType> impossible(6, TestType(2));
    impossible[place] = -2;
    CHECK_FALSE(table.operations.to_stored(&table.pack, {impossible.data(), 2, 3}, nullptr));
  }
}
