// SPDX-License-Identifier: MIT
#include "espalier/constraint/tied.hpp"

#include "../property/optimality.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/testing/projection_check.hpp"
#include "rows.hpp"
#include "support.hpp"

using namespace espalier;
using Catch::Approx;
using test::constrained, test::Numbers, test::same_bits;

static_assert(VectorSet<Tied> && Policy<Tied> && VectorSet<Palindromic> && Policy<Palindromic>);

namespace {

/// Is x the minimum over vectors with these ties? In sum over a class, with their signs, what is left of the
/// slopes is zero.
struct Conditions : test::ConvexProblem {
  std::vector<int> classes;
  double radius = infinity;

  void meet(const Tied& p) { classes = p.classes(); }
  void meet(const Clip& p) { lo = p.lo, hi = p.hi; }
  void meet(const NonNegative&) { lo = std::max(lo, 0.0L); }
  void meet(const L1& p) { l1 = p.strength; }
  void meet(const MaxNorm& p) { radius = p.radius; }

  double failure() {
    if (test::length(x) < radius * (1 - 1e-13)) return static_cast<double>(worst() / scale());
    long double best = infinity;
    for (std::size_t i = 0; i < size(); ++i) {  // a class that nothing else holds says the multiplier
      ball = 0;
      ball = sum_of_class(i).low / size_of_class(i);
      if (std::isfinite(ball) && ball >= 0) best = std::min(best, worst());
    }
    return static_cast<double>(best / scale());
  }

 private:
  bool together(std::size_t i, std::size_t j) const {
    return i == j || (classes[i] != 0 && std::abs(classes[i]) == std::abs(classes[j]));
  }
  test::Span sum_of_class(std::size_t i) const {
    test::Span sum{0, 0};
    for (std::size_t j = 0; j < size(); ++j)
      if (together(i, j)) sum = sum + ((classes[j] < 0) == (classes[i] < 0) ? rest(j) : -rest(j));
    return sum;
  }
  long double size_of_class(std::size_t i) const {
    long double sum = 0;
    for (std::size_t j = 0; j < size(); ++j) sum += together(i, j) ? x[i] : 0;
    return sum;
  }
  long double worst() const {
    long double most = 0;
    for (std::size_t i = 0; i < size(); ++i) most = std::max(most, sum_of_class(i).meet({0, 0}).gap());
    return most;
  }
};

Tied random_ties(Index n, Rng& rng, bool opposite) {
  std::vector<int> classes;
  for (Index i = 0; i < n; ++i)
    classes.push_back(static_cast<int>(rng.below(n / 2 + 1)) * (opposite && rng.below(2) == 0 ? -1 : 1));
  return Tied(classes);
}

template <class... Ps>
void check(bool opposite, const Ps&... policies) {
  Rng rng{29};
  double worst = 0;
  int infeasible = 0, moved_twice = 0;
  for (int trial = 0; trial < 150; ++trial) {
    const Index n = 1 + rng.below(20);
    const Tied tied = random_ties(n, rng, opposite);
    const Pack pack(tied, policies...);
    Conditions at;
    at.y = test::random_row<double>(n, 1.5, rng), at.t = test::random_steps<double>(n, rng);
    at.x = constrained(pack, at.y, at.t);
    at.meet(tied), (at.meet(policies), ...);
    worst = std::max(worst, at.failure());
    infeasible += !test::contains(pack, at.x);
    moved_twice += !same_bits(test::projected(pack, at.x, at.t), at.x);
    const Numbers<float> y(at.y.begin(), at.y.end()), t(at.t.begin(), at.t.end()),
        x = constrained(pack, y, t);
    infeasible += !test::contains(pack, x);
    moved_twice += !same_bits(test::projected(pack, x, t), x);
  }
  CHECK(worst < 1e-12);
  CHECK(infeasible == 0);
  CHECK(moved_twice == 0);
}

}  // namespace

TEST_CASE("Tied weights go to their mean, weighted by one over the step sizes, with their signs") {
  CHECK(constrained(Pack(Tied{1, 2, 1, -2, 0}), Numbers<double>{1, 3, 2, -1, 7}) ==
        Numbers<double>{1.5, 2, 1.5, -2, 7});
  CHECK(constrained(Pack(Tied{4, -4}), Numbers<double>{3, 1}, {1, 3}) == Numbers<double>{2, -2});
}

TEST_CASE("With any policies of single weights, and in a ball, it is the minimum, exactly feasible") {
  check(true);
  check(true, test::clip, L1{0.2});
  check(false, NonNegative{}, L1{0.2});
  check(true, test::clip, L1{0.1}, MaxNorm{0.8});
}

TEMPLATE_TEST_CASE("It is the projection, at all scales", "", float, double) {
  for (const double scale : {1e-30, 1.0, 1e30})
    for (const bool uneven : {false, true}) {
      const ProjectionTrials trials{.trials = 50, .length = 5, .scale = scale, .uneven_steps = uneven};
      CHECK(projection_check<TestType>(Tied{1, -1, 2, 2, 1}, Rng{1}, trials).ok());
      CHECK(projection_check<TestType>(Palindromic{}, Rng{1}, trials).ok());
    }
}

TEST_CASE("A palindrome reads the same from both ends") {
  CHECK(constrained(Pack(Palindromic{}), Numbers<float>{1, 2, 3, 4, 9}) == Numbers<float>{5, 3, 3, 3, 5});
  CHECK(constrained(Pack(Palindromic{}), Numbers<float>{1, 3}) == Numbers<float>{2, 2});
  const Numbers<float> one{3}, none;
  CHECK(constrained(Pack(Palindromic{}), one) == one);
  CHECK(constrained(Pack(Palindromic{}), none) == none);
}

TEST_CASE("A masked weight makes all that are tied to it zero, and a frozen one gives them its value") {
  auto net = sequential<double>(
      Dense(6, 1, NoBias{}, Tied{1, 1, -2, 2, 3, 3}, Mask{0, 1, 1, 1, 1, 1}, Frozen{0, 0, 0, 0, 1, 0}));
  assign(net, "0.weight", Matrix<double>{{5, 6, 1, 3, 8, 9}});
  CHECK(parameter(net, "0.weight") == Matrix<double>{{0, 0, -1, 1, 8, 8}});
}

TEST_CASE("With ties, too, the order in which policies are written changes no bit") {
  Rng rng{4};
  const Numbers<float> y = test::random_row<float>(40, 1, rng), t = test::random_steps<float>(40, rng);
  const Palindromic mirror;
  CHECK(same_bits(constrained(Pack(mirror, test::clip, L1{0.1}, MaxNorm{0.8}), y, t),
                  constrained(Pack(MaxNorm{0.8}, L1{0.1}, mirror, test::clip), y, t)));
}

TEST_CASE("What is not a number stays so, and feasible rows keep their bits") {
  const auto x = constrained(Pack(Tied{1, 1, 0}, L1{0.5}), Numbers<double>{NAN, 1, 2});
  CHECK((std::isnan(x[0]) && std::isnan(x[1]) && x[2] == 1.5));
  const Numbers<float> feasible{0.0F, -0.0F, 0.1F};
  CHECK(same_bits(test::projected(Pack(Tied{1, 1, 0}), feasible), feasible));
}

TEST_CASE("Numbers for another length are refused, and opposite weights that are both to be positive") {
  CHECK(message_of([] {
          Pack(Tied{1, 1}).validate("w", 3);
        }).find("a Tied with 3 numbers") != std::string::npos);
  CHECK(message_of([] {
          Dense(2, 2, Tied{1, -1}, Clip{1, 2});
        }).find("point in common") != std::string::npos);
}
