// SPDX-License-Identifier: MIT
#include "espalier/kernel/singular_sum.hpp"

#include "../spectra.hpp"
#include "catch.hpp"

using namespace espalier;

namespace {

template <Scalar S>
struct Sum {
  std::vector<double> room;
  detail::SingularSum sum;
  Sum(const std::vector<S>& w, Index rows, Index cols)
      : room(w.size() * static_cast<std::size_t>(detail::sum_room)),
        sum(Block<const S>{w.data(), rows, cols}, room.data()) {}
};

}  // namespace

TEMPLATE_TEST_CASE("The bound on the nuclear norm is above it, by less than the slack", "", float, double) {
  using S = TestType;
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {1, 7}, {5, 1}, {4, 4}, {20, 9}, {12, 20}})
    for (const double scale : {1e-30, 1.0, 1e30}) {
      const auto w = test::random_weight<S>(rows, cols, scale, 1);
      long double right = 0;
      for (const long double s : test::singular_values(w, rows, cols)) right += s;
      const double found = Sum<S>(w, rows, cols).sum.nuclear_norm();
      CAPTURE(rows, cols, scale);
      CHECK(static_cast<long double>(found) >= right);
      CHECK(found <= static_cast<double>(right) * (1 + detail::nuclear_slack<S>(rows, cols)));
    }
}

TEST_CASE("The distance from a rank is at least the root of the sum of the squares that are left out") {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{3, 3}, {20, 9}, {9, 20}}) {
    const auto w = test::random_weight<double>(rows, cols, 1, 2);
    const test::Wide values = test::singular_values(w, rows, cols);
    for (std::size_t rank = 1; rank <= 3; ++rank) {
      long double squares = 0;
      for (std::size_t i = rank; i < values.size(); ++i) squares += values[i] * values[i];
      const double found = Sum<double>(w, rows, cols).sum.distance_to_rank(static_cast<Index>(rank));
      CAPTURE(rows, cols, rank);
      CHECK(static_cast<long double>(found) >= std::sqrt(squares));
      CHECK(found <= static_cast<double>(std::sqrt(squares)) + 1e-12);
    }
  }
}

TEST_CASE("Of whole numbers of low rank the distance is rounding") {
  const std::vector<double> w{1, 2, 3, 2, 4, 6, -1, -2, -3};
  CHECK(Sum<double>(w, 3, 3).sum.distance_to_rank(1) < 1e-13);
  std::vector<double> again(9);
  Sum<double>(w, 3, 3).sum.compose(Block<double>{again.data(), 3, 3}, [](Index i) { return i < 1 ? 1 : 0; });
  for (std::size_t i = 0; i < 9; ++i) CHECK(again[i] == Catch::Approx(w[i]).epsilon(1e-14));
}
