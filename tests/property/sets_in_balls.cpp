// SPDX-License-Identifier: MIT
// Sets of vectors inside a ball, with all policies of single weights, are the minimum that they claim to be,
// in random diagonal metrics: there is a multiplier of the norm with which the set's own conditions hold.
#include "catch.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "optimality.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers, test::same_bits;

namespace {

constexpr double radius = 0.8;
constexpr MaxNorm ball{radius};
constexpr SumTo fixed_sum{1.1};
constexpr Simplex simplex{1.2};
constexpr L1Ball diamond{1.6};
constexpr Isotonic rising{};
constexpr L1 l1{.strength = 0.2};

/// What the policies of a pack say of the problem, and by how much its conditions fail at x.
struct Conditions : test::ConvexProblem {
  enum class Kind { sum, sizes, isotonic } kind = Kind::sum;

  void meet(const Clip& p) { lo = std::max<long double>(lo, p.lo), hi = std::min<long double>(hi, p.hi); }
  void meet(const NonNegative&) { lo = std::max(lo, 0.0L); }
  void meet(const L1& p) { l1 = p.strength; }
  void meet(const MaxNorm&) {}
  void meet(const SumTo&) {}
  void meet(const Simplex&) { lo = std::max(lo, 0.0L); }
  void meet(const L1Ball&) { kind = Kind::sizes; }
  void meet(const Isotonic&) { kind = Kind::isotonic; }

  long double with(long double multiplier) {
    ball = multiplier;
    return kind == Kind::sum     ? sum()
           : kind == Kind::sizes ? sum_of_sizes(diamond.radius, 1e-13L * diamond.radius)
                                 : isotonic();
  }
  /// With the best multiplier; it is 0 where the norm is below the radius.
  double failure() {
    long double squares = 0;
    for (const double value : x) squares += static_cast<long double>(value) * value;
    if (std::sqrt(squares) < radius * (1 - 1e-13L)) return static_cast<double>(with(0) / scale());
    return static_cast<double>((kind == Kind::isotonic ? best_of_blocks() : best_of_all()) / scale());
  }

 private:
  /// By thirds: the failure is convex in the multiplier.
  long double best_of_all() {
    long double low = 0, high = scale() * 1000 / radius;
    for (int k = 0; k < 400; ++k) {
      const long double third = (high - low) / 3;
      if (with(low + third) <= with(high - third))
        high -= third;
      else
        low += third;
    }
    return with((low + high) / 2);
  }
  /// Each block of equal weights that no bound holds says what the multiplier is: its conditions add up to
  /// one equation.
  long double best_of_blocks() {
    long double best = with(0);
    for (std::size_t first = 0, end; first < size(); first = end) {
      long double sum = 0, weights = 0;
      ball = 0;
      for (end = first; end < size() && x[end] == x[first]; ++end) sum += rest(end).low, weights += x[end];
      if (std::isfinite(sum / weights) && sum / weights >= 0) best = std::min(best, with(sum / weights));
    }
    return best;
  }
};

/// How often, and by how much, a pack was not what it should be.
struct Faults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, at_ball = 0;

  template <class... Ps>
  void look(const Numbers<double>& y, const Numbers<double>& t, const Ps&... policies) {
    const Pack<Ps...> pack(policies...);
    const Numbers<double> x = constrained(pack, y, t);
    at_ball += test::length(x) > radius * (1 - 1e-13);
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
      narrow = std::max(narrow, std::abs(static_cast<double>(narrow_x[i]) - wide[i]));
  }

 private:
  template <Scalar S, class PackType>
  void hold(const PackType& pack, const Numbers<S>& y, const Numbers<S>& t, const Numbers<S>& x) {
    infeasible += !test::contains(pack, x);
    moved_twice += !same_bits(test::projected(pack, x, t), x);
    const Numbers<S> inside = test::projected(pack, y, t);
    infeasible += !test::contains(pack, inside);
    if (test::contains(pack, y)) touched += !same_bits(inside, y);
  }
};

template <class... Ps>
void check_one(const char* name, const Ps&... policies) {
  Faults faults;
  Rng rng{11};
  for (int trial = 0; trial < 60; ++trial) {
    const Index n = 4 + rng.below(30);  // fewer have no such sum in the ball
    const Numbers<double> y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
    faults.look(y, trial % 5 == 0 ? Numbers<double>{} : test::random_steps<double>(n, rng), policies...);
  }
  CAPTURE(name, sizeof...(policies), Pack(policies...).names[sizeof...(policies) - 1]);
  CHECK(faults.suboptimal < 1e-12);
  CHECK(faults.narrow < 100 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.at_ball > 5);
}

template <class P>
void check(const char* name, const P& set) {
  check_one(name, set, ball);
  check_one(name, ball, set, l1);
  check_one(name, set, test::clip, ball, l1);
  check_one(name, NonNegative{}, set, ball);
}

}  // namespace

TEST_CASE("SumTo in a ball") { check("SumTo", fixed_sum); }
TEST_CASE("Simplex in a ball") { check("Simplex", simplex); }
TEST_CASE("L1Ball in a ball") { check("L1Ball", diamond); }
TEST_CASE("Isotonic in a ball") { check("Isotonic", rising); }
