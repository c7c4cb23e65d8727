// SPDX-License-Identifier: MIT
// HalfSpace with policies of single weights is the minimum that it claims to be, in random diagonal metrics,
// and holds in exact arithmetic.
#include <cstdint>

#include "catch.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/half_space.hpp"
#include "espalier/pack/remember.hpp"
#include "espalier/testing/projection_check.hpp"
#include "optimality.hpp"
#include "rows.hpp"

using namespace espalier;
using test::Numbers, test::same_bits;

namespace {

/// One multiplier mu >= 0 with mu a_i what the problem leaves of each weight; 0 where the bound is not
/// reached. By how much there is none.
struct Problem : test::ConvexProblem {
  Numbers<double> a;
  double bound = 0;

  double failure() const {
    long double sum = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += static_cast<long double>(a[i]) * x[i];
      size += std::abs(static_cast<long double>(a[i]) * x[i]);
    }
    test::Span mu{0, sum < bound - 1e-13L * (size + std::abs(bound)) ? 0 : infinity};
    for (std::size_t i = 0; i < a.size(); ++i) {
      const test::Span r = rest(i);
      if (a[i] > 0) mu = mu.meet({r.low / a[i], r.high / a[i]});
      if (a[i] < 0) mu = mu.meet({r.high / a[i], r.low / a[i]});
    }
    const long double value = mu.low <= mu.high ? mu.low : (mu.low + mu.high) / 2;
    long double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      worst = std::max(worst, rest(i).meet({value * a[i], value * a[i]}).gap());
    return static_cast<double>(worst / scale());
  }
};

/// With a ball of this radius around it: the multiplier of the norm is found by thirds, since the failure is
/// convex in it.
struct ProblemInBall : Problem {
  double radius = 0;

  long double with(long double multiplier) {
    ball = multiplier;
    long double sum = 0, worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<long double>(a[i]) * x[i];
    test::Span mu{0, sum < bound - 1e-13L ? 0 : infinity};
    for (std::size_t i = 0; i < a.size(); ++i) {
      const test::Span r = rest(i);
      if (a[i] > 0) mu = mu.meet({r.low / a[i], r.high / a[i]});
      if (a[i] < 0) mu = mu.meet({r.high / a[i], r.low / a[i]});
      if (a[i] == 0) worst = std::max(worst, r.meet({0, 0}).gap());
    }
    return std::max(worst, mu.gap()) / scale();
  }
  double failure() {
    if (test::length(x) < radius * (1 - 1e-13)) return static_cast<double>(with(0));
    long double low = 0, high = scale() * 1000 / radius;
    for (int k = 0; k < 400; ++k) {
      const long double third = (high - low) / 3;
      if (with(low + third) <= with(high - third))
        high -= third;
      else
        low += third;
    }
    return static_cast<double>(with((low + high) / 2));
  }
};

struct Faults {
  double suboptimal = 0, narrow = 0;
  int infeasible = 0, moved_twice = 0, touched = 0, moved = 0;

  template <Scalar S, class... Ps>
  Numbers<S> look(const Pack<Ps...>& pack, const Numbers<S>& y, const Numbers<S>& t) {
    const Numbers<S> x = test::constrained(pack, y, t), z = test::projected(pack, y, t);
    infeasible += !test::contains(pack, x) + !test::contains(pack, z);
    moved_twice += !same_bits(test::projected(pack, x, t), x);
    if (test::contains(pack, y))
      touched += !same_bits(z, y);
    else
      ++moved;
    return x;
  }
};

Numbers<double> coefficients(Index n, Rng& rng) {
  Numbers<double> a = test::random_row<double>(n, 1, rng);
  for (double& value : a)
    if (rng.uniform() < 0.2) value = 0;
  return a;
}

template <class... Ps>
void check(double l1, double lo, double hi, const Ps&... policies) {
  Faults faults;
  Rng rng{31};
  for (int trial = 0; trial < 300; ++trial) {
    const Index n = 2 + rng.below(30);
    Problem problem;
    problem.a = coefficients(n, rng), problem.bound = 0.3, problem.l1 = l1, problem.lo = lo, problem.hi = hi;
    problem.y = test::random_row<double>(n, 1.5, rng);
    const Numbers<double> t = trial % 5 == 0 ? Numbers<double>{} : test::random_steps<double>(n, rng);
    problem.t = t.empty() ? Numbers<double>(problem.y.size(), 1) : t;
    const Pack pack(HalfSpace(problem.a, problem.bound), policies...);
    problem.x = faults.look(pack, problem.y, t);
    faults.suboptimal = std::max(faults.suboptimal, problem.failure());
    const Numbers<float> y(problem.y.begin(), problem.y.end()), s(t.begin(), t.end());
    const Numbers<float> x = faults.look(pack, y, s);
    const Numbers<double> wide =
        test::constrained(pack, Numbers<double>(y.begin(), y.end()), Numbers<double>(s.begin(), s.end()));
    for (std::size_t i = 0; i < x.size(); ++i)
      faults.narrow =
          std::max(faults.narrow, std::abs(static_cast<double>(x[i]) - wide[i]) / (1 + std::abs(wide[i])));
  }
  CHECK(faults.suboptimal < 1e-13);
  CHECK(faults.narrow < 40 * detail::roundoff<float>);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.moved > 200);
}

__extension__ typedef __int128 Wide;

/// sum a_i x_i - bound in units of 2^-90, for whole a_i; false if a number is finer than that.
template <Scalar S>
bool exact_excess(const Numbers<double>& a, const Numbers<S>& x, double bound, double scale, Wide& sum) {
  const auto whole = [&](double value, Wide& units) {
    const double scaled = std::ldexp(value / scale, 60), high = std::floor(scaled),
                 low = std::ldexp(scaled - high, 30);
    units = (static_cast<Wide>(high) << 30) + static_cast<Wide>(low);
    return std::abs(scaled) < 0x1p85 && std::floor(low) == low;
  };
  Wide units = 0;
  bool good = whole(bound, units);
  sum = -units;
  for (std::size_t i = 0; i < x.size(); ++i) {
    good = whole(static_cast<double>(x[i]), units) && good;
    sum += static_cast<Wide>(a[i]) * units;
  }
  return good;
}

}  // namespace

TEST_CASE("HalfSpace is the minimum in any metric, with policies of single weights") {
  const auto inf = Problem::infinity;
  check(0, -static_cast<double>(inf), static_cast<double>(inf));
  check(0.2, -static_cast<double>(inf), static_cast<double>(inf), L1{0.2});
  check(0, 0, static_cast<double>(inf), NonNegative{});
  check(0.2, -0.7, 0.9, test::clip, L1{0.2});
}

TEST_CASE("A half-space in a ball is the minimum in any metric") {
  const auto in_ball = [](double l1, double lo, const auto&... policies) {
    Faults faults;
    Rng rng{33};
    int at_ball = 0;
    for (int trial = 0; trial < 150; ++trial) {
      const Index n = 2 + rng.below(20);
      ProblemInBall problem;
      for (Index i = 0; i < n; ++i)
        problem.a.push_back(rng.uniform() < 0.2 ? 0 : (rng.below(2) == 0 ? -1 : 1) * rng.uniform(0.5, 2));
      problem.radius = 0.8, problem.l1 = l1, problem.lo = lo, problem.bound = trial % 2 == 0 ? 0.3 : -0.4;
      problem.y = test::random_row<double>(n, trial % 3 == 0 ? 0.2 : 1.5, rng);
      if (problem.bound < 0) problem.a[0] = lo < 0 ? 1 : -1;  // the ball has a point of it
      const Numbers<double> t = trial % 5 == 0 ? Numbers<double>{} : test::random_steps<double>(n, rng);
      problem.t = t.empty() ? Numbers<double>(problem.y.size(), 1) : t;
      const Pack pack(HalfSpace(problem.a, problem.bound), MaxNorm{problem.radius}, policies...);
      problem.x = faults.look(pack, problem.y, t);
      at_ball += test::length(problem.x) > problem.radius * (1 - 1e-13);
      faults.suboptimal = std::max(faults.suboptimal, problem.failure());
      faults.look(pack, Numbers<float>(problem.y.begin(), problem.y.end()),
                  Numbers<float>(t.begin(), t.end()));
    }
    CHECK(faults.suboptimal < 1e-12);
    CHECK((faults.infeasible == 0 && faults.moved_twice == 0 && faults.touched == 0));
    CHECK((at_ball > 20 && faults.moved > 100));
  };
  in_ball(0, -static_cast<double>(Problem::infinity));
  in_ball(0.2, -static_cast<double>(Problem::infinity), L1{0.2});
  in_ball(0, 0, NonNegative{});
}

TEMPLATE_TEST_CASE("It holds in whole numbers, for weights of all sizes, and is the projection", "", float,
                   double) {
  Rng rng{32};
  for (const int exponent : {-97, 0, 97}) {
    const double scale = std::ldexp(1.0, exponent);
    Faults faults;
    int tried = 0, above = 0;
    for (int trial = 0; trial < 400; ++trial) {
      const Index n = 1 + rng.below(40);
      Numbers<double> a;
      for (Index i = 0; i < n; ++i) a.push_back(static_cast<double>(rng.below(9)) - 4);
      if (a[0] == 0) a[0] = 1;
      Numbers<TestType> y = test::random_row<TestType>(n, scale, rng);
      if (trial % 3 == 0)
        for (TestType& value : y)
          value = static_cast<TestType>(static_cast<double>(value) * std::pow(10, rng.uniform(-4, 1)));
      const Pack pack(HalfSpace(a, 0.25 * scale));
      const Numbers<TestType> x =
          faults.look(pack, y, trial % 2 == 0 ? Numbers<TestType>{} : test::random_steps<TestType>(n, rng));
      Wide sum = 0;
      if (!exact_excess(a, x, 0.25 * scale, scale, sum)) continue;
      ++tried, above += sum > 0;
    }
    CHECK(tried > 150);
    CHECK(above == 0);
    CHECK((faults.infeasible == 0 && faults.moved_twice == 0 && faults.touched == 0));
  }
  const Pack pack(HalfSpace({1, -2, 0, 3, 0.5}, 0.1), test::clip);
  CHECK(projection_check<TestType>(pack, Rng{1}).ok());
  CHECK(projection_check<TestType>(pack, Rng{1}, {.uneven_steps = true}).ok());
  CHECK(projection_check<TestType>(Pack(HalfSpace({1, -2, 0, 3, 0.5}, 0.1), Frozen{0, 1, 0, 0, 1}), Rng{1},
                                   {.uneven_steps = true})
            .ok());
}
