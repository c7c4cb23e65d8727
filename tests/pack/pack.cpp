// SPDX-License-Identifier: MIT
#include "espalier/pack/pack.hpp"

#include <limits>

#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/unconstrained.hpp"
#include "espalier/constraint/weight_decay.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using test::constrained, test::contains, test::Numbers, test::projected, test::same_bits;

namespace {

constexpr L1 l1{.strength = 0.05};
constexpr L2 l2{.strength = 0.3};
constexpr WeightDecay decay{.strength = 0.2};

/// Rows on which projections go wrong: zeros of both signs, denormals, one huge entry, entries of all sizes.
template <Scalar S>
std::vector<Numbers<S>> awkward_rows(Index n) {
  using Limits = std::numeric_limits<S>;
  const auto size = static_cast<std::size_t>(n);
  std::vector<Numbers<S>> rows;
  for (const S value : {S(0), S(-0.0), Limits::denorm_min(), -Limits::denorm_min(), S(0.7), S(-0.7), S(0.9)})
    rows.emplace_back(size, value);
  for (const S huge : {S(1e30), S(-1e30), Limits::max(), Limits::lowest()})
    for (const S rest : {S(0), S(0.5), -Limits::min()}) {
      rows.emplace_back(size, rest);
      rows.back()[size / 2] = huge;
    }
  rows.emplace_back(size, S(1));
  for (std::size_t i = 0; i < size; ++i)
    rows.back()[i] = static_cast<S>(std::pow(-10, static_cast<int>(i % 60) - 30));
  return rows;
}

/// Counts what must not happen to `y` under a pack of sets.
template <Scalar S>
struct Faults {
  int infeasible = 0, not_finite = 0, moved_twice = 0, touched = 0;

  template <class PackType>
  void look(const PackType& pack, const Numbers<S>& y, const Numbers<S>& t) {
    const Numbers<S> x = projected(pack, y, t);
    infeasible += !contains(pack, x);
    for (const S value : x) not_finite += !std::isfinite(value);
    moved_twice += !same_bits(projected(pack, x, t), x);
    if (contains(pack, y)) touched += !same_bits(x, y);
  }
};

/// The same calls on two packs of the same policies in different orders; false if a bit differs.
template <class One, class Other>
bool same_results(const One& one, const Other& other, Rng rng) {
  bool same = true;
  for (const Index n : {1, 2, 5, 100})
    for (int trial = 0; trial < 10; ++trial) {
      const Numbers<float> y = test::random_row<float>(n, 1.5, rng), t = test::random_steps<float>(n, rng);
      for (const Numbers<float>& steps : {Numbers<float>{}, t})
        same = same && same_bits(constrained(one, y, steps, 0.5F), constrained(other, y, steps, 0.5F));
      Numbers<float> g = t, other_g = t;
      typename One::Counts active{};
      typename Other::Counts other_active{};
      one.add_gradient(y.data(), g.data(), n, active.data());
      other.add_gradient(y.data(), other_g.data(), n, other_active.data());
      std::sort(active.begin(), active.end());
      std::sort(other_active.begin(), other_active.end());
      same = same && active == other_active;
      same = same && same_bits(g, other_g) && one.penalty(y.data(), n) == other.penalty(y.data(), n) &&
             one.shrink(0.1, 0.2) == other.shrink(0.1, 0.2);
    }
  return same;
}

/// The pack of `policies` from the last to the first.
template <class First, class... Rest, class... Reversed>
auto reversed(std::tuple<First, Rest...> policies, const Reversed&... done) {
  return std::apply(
      [&](const First& first, const Rest&... rest) {
        if constexpr (sizeof...(Rest) == 0)
          return Pack(first, done...);
        else
          return reversed(std::tuple<Rest...>(rest...), first, done...);
      },
      policies);
}

/// Rows that sum to zero: the template of a user's set of rows.
struct OwnZeroSum {
  bool contains(const auto& row) const { return std::abs(row.template cast<double>().sum()) < 1e-5; }
  void project(auto row) const { row -= row.mean(); }
};

}  // namespace

TEMPLATE_TEST_CASE("awkward rows become feasible in one projection and then stay", "", float, double) {
  test::for_each_set([](const char* name, const auto&... policies) {
    const Pack pack(policies..., l1, l2, decay);
    Faults<TestType> faults;
    Rng rng{1};
    for (const Index n : {1, 2, 5, 784})
      for (const Numbers<TestType>& y : awkward_rows<TestType>(n)) {
        faults.look(pack, y, {});
        faults.look(pack, y, test::random_steps<TestType>(n, rng));
      }
    CAPTURE(name);
    CHECK(faults.infeasible == 0);
    CHECK(faults.not_finite == 0);
    CHECK(faults.moved_twice == 0);
    CHECK(faults.touched == 0);
  });
}

TEMPLATE_TEST_CASE("the sets hold after every step, whatever penalties come with them", "", float, double) {
  test::for_each_set([](const char* name, const auto&... policies) {
    const Pack pack(policies..., l1, l2, decay);
    int infeasible = 0;
    Rng rng{2};
    Numbers<TestType> w = projected(pack, test::random_row<TestType>(20, 1, rng));
    for (int step = 0; step < 1000; ++step) {
      const Numbers<TestType> t = test::random_steps<TestType>(20, rng);
      for (std::size_t i = 0; i < w.size(); ++i) w[i] -= t[i] * static_cast<TestType>(rng.normal());
      w = constrained(pack, w, step % 3 == 0 ? Numbers<TestType>{} : t, TestType(0.1));
      infeasible += !contains(pack, w);
    }
    CAPTURE(name);
    CHECK(infeasible == 0);
  });
}

TEST_CASE("the order in which the policies are written does not matter, in no bit") {
  test::for_each_set([](const char* name, const auto&... policies) {
    CAPTURE(name);
    CHECK(same_results(Pack(policies..., l1, l2, decay), reversed(std::tuple(policies..., l1, l2, decay)),
                       Rng{3}));
  });
  // bounds that are, or round to, the negative zero
  const Numbers<float> row{-1, -0.0F, 0, 1};
  for (const Clip box : {Clip{-0.0, 1}, Clip{-1e-50, 0.5}, Clip{-1, -0.0}})
    CHECK(same_bits(constrained(Pack(box, NonNegative{}), row), constrained(Pack(NonNegative{}, box), row)));
}

TEST_CASE("float results are the double results, rounded") {
  test::for_each_set([](const char* name, const auto&... policies) {
    const Pack pack(policies..., l1, l2, decay);
    double worst = 0;
    Rng rng{4};
    for (const Index n : {1, 2, 5, 784})
      for (int trial = 0; trial < 20; ++trial) {
        const Numbers<float> y = test::random_row<float>(n, 1.5, rng), t = test::random_steps<float>(n, rng);
        const Numbers<float> x = constrained(pack, y, t);
        const Numbers<double> precise =
            constrained(pack, Numbers<double>(y.begin(), y.end()), Numbers<double>(t.begin(), t.end()));
        for (std::size_t i = 0; i < x.size(); ++i)
          worst = std::max(worst, std::abs(static_cast<double>(x[i]) - precise[i]));
      }
    CAPTURE(name);
    CHECK(worst < 4 * detail::roundoff<float>);
  });
}

TEST_CASE("a learning rate of zero moves nothing that is feasible, and makes the rest feasible") {
  const Pack pack(L1{100}, Clip{-1, 1}, MaxNorm{1.2});
  const Numbers<double> inside{0.5, -0.25, 0}, outside{3, 0.8, -0.1};
  for (const Numbers<double>& t : {Numbers<double>{}, Numbers<double>{0, 0, 0}}) {
    CHECK(same_bits(constrained(pack, inside, t, 0.0), inside));
    CHECK(same_bits(constrained(pack, outside, t, 0.0), projected(pack, outside)));
    CHECK(same_bits(constrained(Pack(L1{100}), inside, t, 0.0), inside));
  }
}

TEST_CASE("the counts say how many weights or rows each policy moved") {
  const Pack pack(L1{0.5}, MaxNorm{1}, NonNegative{}, l2);
  Numbers<double> w{3, -2, 0, 0.25}, scratch(4);
  decltype(pack)::Counts active{};
  pack.constrain(w.data(), 4, detail::Steps<double>{nullptr, 1}, 1.0, scratch.data(), active);
  CHECK(active == decltype(pack)::Counts{3, 1, 1, 0});
  CHECK(w == Numbers<double>{1, 0, 0, 0});

  std::array<Activity, 4> activity{};
  pack.record(activity, active.data(), 2, 4, 1);
  CHECK(activity[0].fraction == 3.0 / 8);
  CHECK(activity[1].fraction == 1.0 / 2);
  CHECK(activity[2].fraction == 1.0 / 8);
  CHECK(activity[3].acted == 0);

  std::array<Activity, 1> always{};
  const Index none[] = {0};
  Pack(decay).record(always, none, 2, 4, 0.9);
  CHECK(always[0].fraction == 1);
}

TEST_CASE("penalties are summed, and those with a gradient can be asked for alone") {
  const double w[] = {1, -2};
  CHECK(Pack(L1{3}, L2{4}).penalty(w, 2) == 9 + 10);
  CHECK(Pack(L1{3}, L2{4}).penalty<true>(w, 2) == 10);
  CHECK(Pack(Clip{}, decay).penalty(w, 2) == 0);
}

TEMPLATE_TEST_CASE("the gradient of smooth penalties joins that of the loss, and counts where it is not 0",
                   "", float, double) {
  for (const std::size_t n : {1U, 7U, 16U, 40U}) {  // parts of lines, and whole ones
    const Pack pack(L1{3}, L2{4});
    Numbers<TestType> w(n, TestType(0.5)), g(n, TestType(1));
    w[0] = 0;
    Index active[2] = {100, 100};
    CHECK(pack.add_gradient(w.data(), g.data(), static_cast<Index>(n), active));
    CHECK(g[0] == 1);
    for (std::size_t i = 1; i < n; ++i) CHECK(g[i] == 3);
    CHECK(active[0] == 100);
    CHECK(active[1] == 100 + static_cast<Index>(n) - 1);
  }
}

TEMPLATE_TEST_CASE("a gradient is told that is not finite with its penalties, or whose square is not", "",
                   float, double) {
  const Pack pack(L2{1});
  const TestType most = std::numeric_limits<TestType>::max(),
                 nan = std::numeric_limits<TestType>::quiet_NaN();
  for (const std::size_t place : {0U, 15U, 16U, 18U})
    for (const TestType bad : {most, -most, most / 1000, nan, std::numeric_limits<TestType>::infinity()}) {
      Numbers<TestType> w(19, TestType(0)), g(19, TestType(1)), other_w = w, other_g = g;
      w[place] = g[place] = other_w[place] = bad;
      Index active[1] = {};
      CHECK_FALSE(pack.add_gradient(w.data(), g.data(), 19, active));
      CHECK_FALSE(pack.add_gradient(other_w.data(), other_g.data(), 19, active));
    }
}

TEST_CASE("the violation is asked for policy by policy") {
  const Pack pack(L1{3}, Clip{-1, 2}, MaxNorm{4});
  const double row[] = {-4, 3};
  CHECK(pack.violation(0, row, 2) == 0);
  CHECK(pack.violation(1, row, 2) == std::hypot(3, 1));
  CHECK(pack.violation(2, row, 2) == 1);
  CHECK(pack.violation(1, row + 1, 1) == 1);
  CHECK(pack.violation(2, row + 1, 1) == 0);
}

TEST_CASE("a user's set of rows is a policy like any other") {
  const Pack pack(OwnZeroSum{});
  const Numbers<double> w{3, 1, -1}, zero_sum{3, -1, -2};
  CHECK(constrained(pack, w) == Numbers<double>{2, 0, -2});
  CHECK(same_bits(constrained(pack, zero_sum), zero_sum));
  CHECK_NOTHROW(pack.validate("here", 3));
}

TEMPLATE_TEST_CASE("a weight that is not a number is never feasible and never repaired", "", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  test::for_each_set([&](const char* name, const auto&... policies) {
    const Pack pack(policies..., l1, l2, decay);
    CAPTURE(name);
    for (const Numbers<TestType>& t : {Numbers<TestType>{}, Numbers<TestType>{1, 2, 3}}) {
      const Numbers<TestType> x = constrained(pack, {1, nan, -2}, t);
      CHECK_FALSE(contains(pack, x));
      CHECK(std::isnan(x[1]));
    }
  });
}

TEST_CASE("packs are values: equal if their policies are") {
  CHECK(Pack(Clip{-1, 1}, l2) == Pack(Clip{-1, 1}, l2));
  CHECK_FALSE(Pack(Clip{-1, 1}, l2) == Pack(Clip{-1, 2}, l2));
  CHECK(std::get<0>(Pack(Clip{-1, 2}).policies()).hi == 2);
}
