// SPDX-License-Identifier: MIT
// Every legal pack of the policies that look at single weights and at vectors is the minimum that it claims
// to be, in random diagonal metrics: by the conditions of optimality, not by a second algorithm.
#include "catch.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "optimality.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers, test::same_bits;

namespace {

constexpr MaxNorm ball{0.8};
constexpr SumTo fixed_sum{0.4};
constexpr Simplex simplex{0.7};
constexpr L1Ball diamond{1.1};
constexpr Isotonic rising{};
constexpr L1 l1{.strength = 0.2};
constexpr GroupLasso lasso{.strength = 0.15};

/// What the policies of a pack say of the problem, and by how much its conditions fail at x.
struct Conditions : test::ConvexProblem {
  enum class Kind { free, sum, sizes, norm, isotonic } kind = Kind::free;
  long double bound = infinity;

  void meet(const Clip& p) { lo = std::max<long double>(lo, p.lo), hi = std::min<long double>(hi, p.hi); }
  void meet(const NonNegative&) { lo = std::max(lo, 0.0L); }
  void meet(const L1& p) { l1 = p.strength; }
  void meet(const MaxNorm& p) { kind = Kind::norm, bound = p.radius; }
  void meet(const GroupLasso& p) {
    kind = Kind::norm, group = p.strength * std::sqrt(static_cast<long double>(x.size()));
  }
  void meet(const SumTo&) { kind = Kind::sum; }
  void meet(const Simplex&) { kind = Kind::sum, lo = std::max(lo, 0.0L); }
  void meet(const L1Ball& p) { kind = Kind::sizes, bound = p.radius; }
  void meet(const Isotonic&) { kind = Kind::isotonic; }

  double failure() const {
    const long double unit = 1e-13L * bound;
    const long double by = kind == Kind::sum        ? sum()
                           : kind == Kind::sizes    ? sum_of_sizes(bound, unit)
                           : kind == Kind::norm     ? norm(bound, unit)
                           : kind == Kind::isotonic ? isotonic()
                                                    : free();
    return static_cast<double>(by / scale());
  }
};

/// How often, and by how much, a pack was not what it should be.
struct Faults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, not_finite = 0;

  template <class... Ps>
  void look(const Numbers<double>& y, const Numbers<double>& t, const Ps&... policies) {
    const Pack<Ps...> pack(policies...);
    const Numbers<double> x = constrained(pack, y, t);
    Conditions at;
    at.y = y, at.t = t.empty() ? Numbers<double>(y.size(), 1) : t, at.x = x;
    (at.meet(policies), ...);
    suboptimal = std::max(suboptimal, at.failure());
    hold<double>(pack, y, t, x);

    const Numbers<float> narrow_y(y.begin(), y.end()), narrow_t(t.begin(), t.end());
    const Numbers<float> narrow_x = constrained(pack, narrow_y, narrow_t);
    hold<float>(pack, narrow_y, narrow_t, narrow_x);
    const Numbers<double> wide = constrained(pack, Numbers<double>(narrow_y.begin(), narrow_y.end()),
                                             Numbers<double>(narrow_t.begin(), narrow_t.end()));
    for (std::size_t i = 0; i < x.size(); ++i)
      narrow =
          std::max(narrow, std::abs(static_cast<double>(narrow_x[i]) - wide[i]) / (1 + std::abs(wide[i])));
  }

 private:
  template <Scalar S, class PackType>
  void hold(const PackType& pack, const Numbers<S>& y, const Numbers<S>& t, const Numbers<S>& x) {
    infeasible += !test::contains(pack, x);
    for (const S value : x) not_finite += !std::isfinite(value);
    moved_twice += !same_bits(test::projected(pack, x, t), x);
    const Numbers<S> inside = test::projected(pack, y, t);
    infeasible += !test::contains(pack, inside);
    if (test::contains(pack, y)) touched += !same_bits(inside, y);
  }
};

template <class F, class... Ps>
void with_elements(const F& f, const Ps&... ps) {
  f(ps...);
  f(ps..., l1);
  f(ps..., test::clip);
  f(ps..., test::clip, l1);
  f(ps..., NonNegative{});
  f(ps..., NonNegative{}, l1);
  f(ps..., NonNegative{}, test::clip, l1);
}

template <class... Vectors>
void check(const char* name, const Vectors&... vectors) {
  with_elements(
      [&](const auto&... policies) {
        Faults faults;
        Rng rng{11};
        for (int trial = 0; trial < 150; ++trial) {
          const Index n = 1 + rng.below(40);
          // simplex and sum are out of reach of a clipped weight alone
          const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
          faults.look(y, trial % 5 == 0 ? Numbers<double>{} : test::random_steps<double>(n, rng),
                      policies...);
        }
        CAPTURE(name, sizeof...(policies), Pack(policies...).names[sizeof...(policies) - 1]);
        CHECK(faults.suboptimal < 1e-13);
        CHECK(faults.narrow < 40 * detail::roundoff<float>);
        CHECK(faults.infeasible == 0);
        CHECK(faults.moved_twice == 0);
        CHECK(faults.touched == 0);
        CHECK(faults.not_finite == 0);
      },
      vectors...);
}

}  // namespace

TEST_CASE("single weights") {
  with_elements([](const auto&... policies) {
    if constexpr (sizeof...(policies) > 0) {
      Faults faults;
      Rng rng{12};
      for (int trial = 0; trial < 50; ++trial)
        faults.look(test::random_row<double>(9, 1.5, rng), test::random_steps<double>(9, rng), policies...);
      CHECK(faults.suboptimal < 1e-15);
    }
  });
}
TEST_CASE("MaxNorm, with all policies of single weights") { check("MaxNorm", ball); }
TEST_CASE("SumTo, with all policies of single weights") { check("SumTo", fixed_sum); }
TEST_CASE("Simplex, with all policies of single weights") { check("Simplex", simplex); }
TEST_CASE("L1Ball, with all policies of single weights") { check("L1Ball", diamond); }
TEST_CASE("Isotonic, with all policies of single weights") { check("Isotonic", rising); }
TEST_CASE("GroupLasso, with all policies of single weights") { check("GroupLasso", lasso); }
TEST_CASE("GroupLasso and MaxNorm, with all policies of single weights") {
  check("GroupLasso, MaxNorm", lasso, ball);
}

namespace {

template <class One, class Other>
int different(const One& one, const Other& other) {
  int count = 0;
  Rng rng{13};
  for (int trial = 0; trial < 60; ++trial) {
    const Index n = 1 + rng.below(40);
    const Numbers<float> y = test::random_row<float>(n, 1.5, rng), t = test::random_steps<float>(n, rng);
    count += !same_bits(constrained(one, y, t), constrained(other, y, t));
    count += !same_bits(test::projected(one, y), test::projected(other, y));
  }
  return count;
}

}  // namespace

TEST_CASE("The order in which policies are written changes no bit") {
  using test::clip;
  const NonNegative positive;
  CHECK(different(Pack(fixed_sum, clip, l1), Pack(l1, clip, fixed_sum)) == 0);
  CHECK(different(Pack(simplex, clip, l1), Pack(clip, l1, simplex)) == 0);
  CHECK(different(Pack(diamond, positive, clip, l1), Pack(clip, l1, positive, diamond)) == 0);
  CHECK(different(Pack(rising, positive, l1), Pack(l1, positive, rising)) == 0);
  CHECK(different(Pack(lasso, ball, positive, l1), Pack(l1, positive, ball, lasso)) == 0);
}
