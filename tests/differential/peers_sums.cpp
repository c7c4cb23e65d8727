// SPDX-License-Identifier: MIT
// Bounds on sums against optax and PyTorch (make_peers.py): the same but for roundings, and what ours do
// otherwise on purpose, which stands here as a number.
#include "catch.hpp"
#include "espalier/constraint/half_space.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "peers.hpp"

using namespace espalier;
using Catch::Approx;
using namespace peers;

namespace {

Numbers<double> coefficients(Index n) { return expected()["coefficients/" + std::to_string(n)]; }

template <class P>
P policy_of(const Case& at, Index n) {
  if constexpr (std::same_as<P, HalfSpace>)
    return HalfSpace(coefficients(n), at.radius);
  else
    return P{at.radius};
}

/// Ours of `P` in S are theirs up to the roundings of theirs, of sums of n numbers of the input's size, and
/// of ours: one number may take the roundings of all, half a unit in the last place each, so that the sum
/// holds. What is in the set is not touched. `check(row)` for more.
template <class P, Scalar S>
void compare(const std::string& peer, const auto& check) {
  for_each_row<S>(
      peer,
      [](const Numbers<S>& y, const Case& at) {
        return test::projected(Pack(policy_of<P>(at, static_cast<Index>(y.size()))), y);
      },
      [&](const Compared<S>& row) {
        const double n = static_cast<double>(row.y.size());
        const Pack pack(policy_of<P>(row.at, static_cast<Index>(row.y.size())));
        CHECK(apart(row.ours, row.theirs) <=
              2 * unit<double> * n * std::max(largest(row.y), row.at.radius) +
                  (1 + n / 2) * unit<S> * std::max(largest(row.ours), row.at.radius / n));
        CHECK(test::contains(pack, row.ours));
        if (test::contains(pack, row.y)) CHECK(test::same_bits(row.ours, row.y));
        check(row);
      });
}
constexpr auto nothing = [](const auto&) {};

long double sum_of(const auto& row) {
  long double sum = 0;
  for (const auto x : row) sum += static_cast<long double>(x);
  return sum;
}
long double sum_of_sizes(const auto& row) {
  long double sum = 0;
  for (const auto x : row) sum += std::abs(static_cast<long double>(x));
  return sum;
}

template <class P>
auto ours(const P& policy) {
  return [=](const Numbers<float>& y) { return test::projected(Pack(policy), y); };
}

}  // namespace

TEMPLATE_TEST_CASE("L1Ball is optax's projection_l1_ball", "", float, double) {
  long double outside = 0;
  compare<L1Ball, TestType>("optax_l1_ball", [&](const Compared<TestType>& row) {
    outside = std::max(outside, (sum_of_sizes(row.theirs) - row.at.radius) / row.at.radius);
  });
  CHECK(outside > 0);  // theirs, by roundings; ours never
  CHECK(outside < 1e-14L);
}

TEMPLATE_TEST_CASE("Simplex is optax's projection_simplex", "", float, double) {
  long double off = 0;
  compare<Simplex, TestType>("optax_simplex", [&](const Compared<TestType>& row) {
    off = std::max(off, std::abs(sum_of(row.theirs) - row.at.radius) / row.at.radius);
    const long double last = static_cast<long double>(unit<TestType>) * largest(row.ours);
    CHECK(std::abs(sum_of(row.ours) - static_cast<long double>(row.at.radius)) <= last);
  });
  CHECK(static_cast<double>(off) ==
        Approx(5.066e-7).epsilon(1e-3));  // of weights of 1e8; ours by one unit at most
}

TEMPLATE_TEST_CASE("SumTo is optax's projection_hyperplane with coefficients of one", "", float, double) {
  long double off = 0;
  compare<SumTo, TestType>("optax_hyperplane", [&](const Compared<TestType>& row) {
    off = std::max(off, std::abs(sum_of(row.theirs) - row.at.radius) / row.at.radius);
  });
  CHECK(static_cast<double>(off) == Approx(2.782e-7).epsilon(1e-3));
}

TEMPLATE_TEST_CASE("HalfSpace is optax's projection_halfspace", "", float, double) {
  compare<HalfSpace, TestType>("optax_halfspace", nothing);
}

TEST_CASE(
    "In float, sums of rows of 10^8 come to 0.75; that of optax's projection_hyperplane is off by up to 31") {
  const auto off = [](const auto& row) { return static_cast<double>(std::abs(sum_of(row) - 0.75L)); };
  double ball = 0, simplex = 0, sum = 0;
  for (Index k = 0; k < 8; ++k) {
    const Numbers<float> y = row_of<float>("rows/5", 5, k, cases[3].size);
    CHECK(sum_of_sizes(test::projected(Pack(L1Ball{0.75}), y)) <= 0.75L);
    CHECK(off(test::projected(Pack(Simplex{0.75}), y)) <= unit<float>);
    CHECK(test::contains(Pack(SumTo{0.75}), test::projected(Pack(SumTo{0.75}), y)));
    const Numbers<double> theirs = row_of<double>("far/optax_l1_ball", 5, k);
    ball = std::max(ball, static_cast<double>(sum_of_sizes(theirs)) - 0.75);
    simplex = std::max(simplex, off(row_of<double>("far/optax_simplex", 5, k)));
    sum = std::max(sum, off(row_of<double>("far/optax_hyperplane", 5, k)));
  }
  CHECK(ball < 1e-7);
  CHECK(simplex < 1e-7);
  CHECK(sum == 31.25);
}

TEST_CASE("torch.renorm in the 1-norm rescales, which is up to 9 % further than the nearest row") {
  double most = 1, least = 10;
  for_each_row<double>(
      "torch_renorm_of_sums",
      [](const Numbers<double>& y, const Case& at) { return test::projected(Pack(L1Ball{at.radius}), y); },
      [&](const Compared<double>& row) {
        if (test::same_bits(row.ours, row.y)) return;
        const double ratio = std::sqrt(cost(row.theirs, row.y, Numbers<double>(row.y.size(), 1)) /
                                       cost(row.ours, row.y, Numbers<double>(row.y.size(), 1)));
        most = std::max(most, ratio), least = std::min(least, ratio);
      },
      "middle");
  CHECK(least >= 1 - 1e-12);
  CHECK(most == Approx(1.0882943).epsilon(1e-6));
}

TEST_CASE("Of 1,000 rows in float none of ours is outside, of theirs 73 to 291 are") {
  const auto one = [](const Numbers<float>& row) { return std::abs(sum_of(row) - 1); };
  const auto last = [](const Numbers<float>& row) {
    const auto most = static_cast<float>(largest(row));
    return static_cast<long double>(std::nextafter(most, 1e30F)) - static_cast<long double>(most);
  };
  CHECK(theirs_outside("optax_l1_ball") == 291);
  CHECK(ours_outside(ours(L1Ball{1}), [](const auto& row) { return sum_of_sizes(row) <= 1; }) == 0);
  CHECK(theirs_outside("optax_simplex") == 73);
  CHECK(ours_outside(ours(Simplex{1}), [&](const auto& row) { return one(row) <= last(row); }) == 0);
  CHECK(theirs_outside("optax_hyperplane") == 172);
  CHECK(ours_outside(ours(SumTo{1}), [&](const auto& row) { return one(row) <= last(row); }) == 0);
  CHECK(theirs_outside("optax_halfspace") == 218);
  const Numbers<double> a = coefficients(trial_length);
  CHECK(ours_outside(ours(HalfSpace(a, 0.25)), [&](const Numbers<float>& row) {
          long double sum = 0;
          for (std::size_t i = 0; i < row.size(); ++i)
            sum += static_cast<long double>(a[i]) * static_cast<long double>(row[i]);
          return sum <= 0.25L;
        }) == 0);
}

TEST_CASE("In the metric of uneven steps Euclidean projections cost more than ours, and never less") {
  const CostRatio ball =
      cost_ratio<L1Ball>("optax_l1_ball", [](const Case& at) { return L1Ball{at.radius}; });
  CHECK(ball.most == Approx(2.9623386).epsilon(1e-6));
  CHECK(ball.less == 0);
  const CostRatio simplex =
      cost_ratio<Simplex>("optax_simplex", [](const Case& at) { return Simplex{at.radius}; });
  CHECK(simplex.most == Approx(2.1060847).epsilon(1e-6));
  CHECK(simplex.less == 0);
  const CostRatio sum =
      cost_ratio<SumTo>("optax_hyperplane", [](const Case& at) { return SumTo{at.radius}; });
  CHECK(sum.most == Approx(7.3250501).epsilon(1e-6));
  CHECK(sum.less == 0);
}
