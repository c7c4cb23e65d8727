// SPDX-License-Identifier: MIT
#include "espalier/pack/distance.hpp"

#include "catch.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"

using namespace espalier;
using Catch::Approx;

namespace {

template <class P, Scalar S>
double distance(const P& policy, const std::vector<S>& row) {
  return detail::distance_to_set(policy, row.data(), static_cast<Index>(row.size()));
}

/// Rows that sum to zero, a set of whole rows.
struct ZeroSum {
  bool contains(const auto& row) const { return row.sum() == 0; }
  void project(auto row) const { row -= row.mean(); }
};

}  // namespace

TEMPLATE_TEST_CASE("The distance of a row is Euclidean, to the nearest point of the set", "", float, double) {
  using Row = std::vector<TestType>;
  CHECK(distance(Clip{-1, 2}, Row{-4, 6, 0}) == Approx(5));  // (-3, 4, 0) away
  CHECK(distance(NonNegative{}, Row{7, -8, -6}) == Approx(10));
  CHECK(distance(MaxNorm{2}, Row{3, 4}) == Approx(3));
  CHECK(distance(MaxNorm{2}, Row{1, 1}) == 0);
  CHECK(distance(UnitNorm{}, Row{TestType(0.3), TestType(-0.4)}) == Approx(0.5));  // from inside
  CHECK(distance(UnitNorm{}, Row{3, -4}) == Approx(4));
  CHECK(distance(UnitNorm{}, Row{0, 0}) == Approx(1));       // every direction is nearest
  CHECK(distance(ZeroSum{}, Row{1, 2, 3, 6}) == Approx(6));  // the mean 3, off in each of four
  CHECK(distance(ZeroSum{}, Row{1, 2, -3}) == 0);
}

TEMPLATE_TEST_CASE("It is 0 exactly where the set contains the row, to the last bit", "", float, double) {
  using Row = std::vector<TestType>;
  const TestType one_more = std::nextafter(TestType(1), TestType(2)),
                 least = std::numeric_limits<TestType>::denorm_min();
  CHECK(distance(Clip{0, 1}, Row{1, 0, -0.0}) == 0);
  CHECK(distance(Clip{0, 1}, Row{one_more}) == Approx(std::numeric_limits<TestType>::epsilon()));
  CHECK(distance(NonNegative{}, Row{1, -least}) > 0);
  CHECK(distance(MaxNorm{1}, Row{1, 0}) == 0);
  CHECK(distance(MaxNorm{1}, Row{one_more, 0}) > 0);
  CHECK(distance(MaxNorm{1}, Row{1, least}) > 0);
}

TEMPLATE_TEST_CASE("Numbers that are not finite are infinitely far, and large ones do not overflow", "",
                   float, double) {
  const TestType most = std::numeric_limits<TestType>::max();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const TestType bad :
       {std::numeric_limits<TestType>::quiet_NaN(), std::numeric_limits<TestType>::infinity(),
        -std::numeric_limits<TestType>::infinity()}) {
    const std::vector<TestType> row{0, bad, 1};
    CHECK(distance(Clip{-1, 1}, row) == infinity);
    CHECK(distance(MaxNorm{1}, row) == infinity);
    CHECK(distance(UnitNorm{}, row) == infinity);
    CHECK(distance(ZeroSum{}, row) == infinity);
  }
  CHECK(distance(Clip{-1, 1}, std::vector<TestType>{most, 0}) == Approx(static_cast<double>(most)));
  CHECK(distance(MaxNorm{1}, std::vector<TestType>{most, 0}) == Approx(static_cast<double>(most)));
}

TEST_CASE("From what is no set nothing is far") { CHECK(distance(L1{3}, std::vector<double>{1e9, -5}) == 0); }
