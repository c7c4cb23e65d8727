// SPDX-License-Identifier: MIT
// Sums and sums of magnitudes hold in exact arithmetic, whatever the sizes of weights and steps, and stay.
#include <cstdint>
#include <limits>

#include "catch.hpp"
#include "espalier/constraint/group_lasso.hpp"
#include "espalier/constraint/isotonic.hpp"
#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/simplex.hpp"
#include "espalier/constraint/sum_to.hpp"
#include "espalier/testing/projection_check.hpp"
#include "rows.hpp"

using namespace espalier;
using test::constrained, test::Numbers, test::projected, test::same_bits;

namespace {

/// sum w, or sum |w|, without rounding: whole numbers of units that are fine enough for floats of these
/// sizes.
template <Scalar S>
std::int64_t in_units(const Numbers<S>& w, bool magnitudes, int unit) {
  std::int64_t sum = 0;
  for (const S x : w) {
    const double scaled = std::ldexp(static_cast<double>(x), -unit);
    const auto whole = static_cast<std::int64_t>(scaled);
    REQUIRE(static_cast<double>(whole) == scaled);
    sum += magnitudes && whole < 0 ? -whole : whole;
  }
  return sum;
}

/// Rows of one size, of all sizes, with a huge number, with equal ones, and of zeros.
template <Scalar S>
Numbers<S> awkward_row(Index n, int kind, double scale, Rng& rng) {
  Numbers<S> row = test::random_row<S>(n, scale, rng);
  if (kind == 1)
    for (S& x : row) x = static_cast<S>(static_cast<double>(x) * std::pow(10, rng.uniform(-8, 8)));
  if (kind == 2) row[static_cast<std::size_t>(rng.below(n))] = static_cast<S>(1e6 * scale);
  if (kind == 3) std::fill(row.begin(), row.end(), row[0]);
  if (kind == 4) std::fill(row.begin(), row.end(), S(0));
  return row;
}

template <Scalar S>
struct Faults {
  int infeasible = 0, moved_twice = 0, touched = 0, not_finite = 0;

  template <class PackType>
  void look(const PackType& pack, const Numbers<S>& y, const Numbers<S>& t) {
    const Numbers<S> x = constrained(pack, y, t), z = projected(pack, y, t);
    infeasible += !test::contains(pack, x) + !test::contains(pack, z);
    for (const S value : x) not_finite += !std::isfinite(value);
    moved_twice += !same_bits(projected(pack, x, t), x);
    if (test::contains(pack, y)) touched += !same_bits(z, y);
  }
};

template <Scalar S, class... Ps>
void check(double scale, const Ps&... policies) {
  const Pack<Ps...> pack(policies...);
  Faults<S> faults;
  Rng rng{7};
  for (const Index n : {1, 2, 3, 17, 784})
    for (int kind = 0; kind < 5; ++kind)
      for (int trial = 0; trial < 6; ++trial) {
        Numbers<S> t;
        if (trial > 0) t = test::random_steps<S>(n, rng);
        if (trial > 3)
          for (S& step : t) step = static_cast<S>(std::pow(10, rng.uniform(-9, 1)));
        if (trial == 5) t[static_cast<std::size_t>(rng.below(n))] = 0;
        faults.look(pack, awkward_row<S>(n, kind, scale, rng), t);
      }
  CAPTURE(scale, pack.names[0], pack.names[sizeof...(Ps) - 1]);
  CHECK(faults.infeasible == 0);
  CHECK(faults.moved_twice == 0);
  CHECK(faults.touched == 0);
  CHECK(faults.not_finite == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("Sums hold at every scale, with all kinds of rows and step sizes", "", float, double) {
  using S = TestType;
  for (const double scale : {1e-30, 1e-8, 1.0, 1e9, 1e25}) {
    check<S>(scale, SumTo{0.7 * scale});
    check<S>(scale, SumTo{0});
    check<S>(scale, SumTo{-scale}, L1{0.1});
    check<S>(scale, Simplex{scale});
    check<S>(scale, L1Ball{0.9 * scale});
    check<S>(scale, L1Ball{3 * scale}, NonNegative{}, L1{0.1});
    check<S>(scale, SumTo{0.5}, Clip{-1, 2});
    check<S>(scale, Simplex{0.5}, Clip{-1, 0.5});
    check<S>(scale, L1Ball{900}, Clip{1.0 / 3, 7});
    check<S>(scale, Isotonic{});
    check<S>(scale, Isotonic{}, Clip{-1, 0.3}, L1{0.01});
    check<S>(scale, GroupLasso{0.1 * scale}, NonNegative{});
    check<S>(scale, GroupLasso{0.1}, Clip{1.0 / 3, 7}, MaxNorm{30});
  }
}

TEST_CASE("What `contains` says of a sum is what exact arithmetic says") {
  Rng rng{8};
  int wrong = 0, inside = 0, full = 0;
  for (int trial = 0; trial < 400; ++trial) {
    // whole multiples of 2^-20, whose sums no number rounds
    Numbers<float> w(static_cast<std::size_t>(1 + rng.below(30)));
    for (float& x : w)
      x = static_cast<float>(std::ldexp(static_cast<double>(rng.below(1 << 22) - (1 << 21)), -20));
    const Index n = static_cast<Index>(w.size());
    float largest = 0;
    for (const float x : w) largest = std::max(largest, std::abs(x));
    const double unit =
        static_cast<double>(std::nextafter(largest, std::numeric_limits<float>::max()) - largest);
    for (const double off : {-1.5, -1.0, -0.5, 0.0, 1.0, 1.25}) {
      const std::int64_t sum = in_units(w, false, -20), sizes = in_units(w, true, -20);
      const double value = std::ldexp(static_cast<double>(sum), -20) + off * unit;
      wrong += detail::sum_is(w.data(), n, value) != (std::abs(off) <= 1);
      inside += detail::sum_is(w.data(), n, value);
      const double radius = std::ldexp(static_cast<double>(sizes), -20) + std::ldexp(off, -52);
      wrong += detail::sum_of_sizes_holds(w.data(), n, radius) !=
               (radius >= std::ldexp(static_cast<double>(sizes), -20));
      full += detail::sum_of_sizes_holds(w.data(), n, radius);
    }
  }
  CHECK(wrong == 0);
  CHECK(inside > 100);
  CHECK(full > 100);
}

TEST_CASE("Both metrics give the nearest point") {
  for (const bool uneven : {false, true}) {
    const ProjectionTrials trials{.trials = 300, .length = 7, .uneven_steps = uneven};
    CHECK(projection_check<float>(Pack(SumTo{1}, Clip{-0.5, 0.8}), Rng{1}, trials).ok());
    CHECK(projection_check<double>(SumTo{1}, Rng{2}, trials).ok());
    CHECK(projection_check<double>(Simplex{2}, Rng{3}, trials).ok());
    CHECK(projection_check<float>(L1Ball{1.5}, Rng{4}, trials).ok());
    CHECK(projection_check<double>(Pack(L1Ball{1.5}, NonNegative{}), Rng{5}, trials).ok());
    CHECK(projection_check<float>(Isotonic{}, Rng{6}, trials).ok());
  }
  const Numbers<double> y{3, -1, 0.5, 2}, t{1, 10, 0.1, 3};
  CHECK(same_bits(constrained(Pack(SumTo{1, Metric::euclidean}), y, t), constrained(Pack(SumTo{1}), y)));
  CHECK(!same_bits(constrained(Pack(SumTo{1}), y, t), constrained(Pack(SumTo{1}), y)));
  CHECK(same_bits(constrained(Pack(L1Ball{1, Metric::euclidean}), y, t), constrained(Pack(L1Ball{1}), y)));
  CHECK(same_bits(constrained(Pack(Isotonic{Metric::euclidean}), y, t), constrained(Pack(Isotonic{}), y)));
}

TEST_CASE("What no row can meet is refused when the model is made") {
  const auto refused = [](const auto& pack, Index n) {
    try {
      pack.validate("0.weight", n);
    } catch (const ValueError&) {
      return true;
    }
    return false;
  };
  CHECK(refused(Pack(SumTo{1}, Clip{-1, 0.1}), 9));
  CHECK(!refused(Pack(SumTo{1}, Clip{-1, 0.1}), 11));
  CHECK(refused(Pack(SumTo{-1}, NonNegative{}), 9));
  CHECK(refused(Pack(Simplex{1}, Clip{0.3, 1}), 4));
  CHECK(!refused(Pack(Simplex{1}, Clip{0.3, 1}), 3));
  CHECK(refused(Pack(Simplex{1}, Clip{-2, -1}), 3));
  CHECK(refused(Pack(L1Ball{1}, Clip{-2, -0.5}), 3));
  CHECK(!refused(Pack(L1Ball{1}, Clip{-2, -0.5}), 2));
  CHECK(refused(Pack(L1Ball{-1}), 2));
  CHECK(refused(Pack(Simplex{0}), 2));
  CHECK(refused(Pack(SumTo{std::numeric_limits<double>::infinity()}), 2));
  CHECK(refused(Pack(GroupLasso{-1}), 2));
}
