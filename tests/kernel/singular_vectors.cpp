// SPDX-License-Identifier: MIT
#include "espalier/kernel/singular_vectors.hpp"

#include "../spectra.hpp"
#include "catch.hpp"

using namespace espalier;
using test::Wide;

namespace {

template <Scalar S, class F>
std::vector<S> composed(std::vector<S> w, Index rows, Index cols, F&& factor) {
  std::vector<double> room(w.size() * static_cast<std::size_t>(detail::vectors_room));
  detail::SingularVectors(Block<const S>{w.data(), rows, cols}, room.data())
      .compose(Block<S>{w.data(), rows, cols}, factor);
  return w;
}
double one(double) { return 1; }

template <Scalar S>
void check_orthonormal(const std::vector<S>& w, Index rows, Index cols) {
  const double u = std::numeric_limits<S>::epsilon();
  for (const long double s : test::singular_values(w, rows, cols))
    CHECK(std::abs(static_cast<double>(s) - 1) < 4 * u + 1e-14);
}

}  // namespace

TEST_CASE("The values are the singular values, and composing them makes the weight again") {
  for (const auto& [rows, cols] : {std::pair<Index, Index>{1, 1}, {1, 7}, {5, 1}, {4, 4}, {20, 9}, {9, 20}}) {
    const auto w = test::random_weight<double>(rows, cols, 3, 1);
    CAPTURE(rows, cols);
    Wide found;
    const auto again = composed(w, rows, cols, [&](double s) { return found.push_back(s), s; });
    const Wide right = test::singular_values(w, rows, cols);
    REQUIRE(found.size() == right.size());
    for (std::size_t i = 0; i < right.size(); ++i)
      CHECK(static_cast<double>(found[i]) == Catch::Approx(static_cast<double>(right[i])).epsilon(1e-13));
    for (std::size_t i = 0; i < w.size(); ++i) CHECK(std::abs(again[i] - w[i]) < 1e-13);
    check_orthonormal(composed(w, rows, cols, one), rows, cols);
  }
}

TEST_CASE("Zero values get unit vectors, those of the zero weight the first ones") {
  CHECK(composed(std::vector<double>(6, 0), 2, 3, one) == std::vector<double>{1, 0, 0, 0, 1, 0});
  CHECK(composed(std::vector<float>(6, 0), 3, 2, one) == std::vector<float>{1, 0, 0, 1, 0, 0});
  // (3, 4; 0, 0) has the right vector (0.6, 0.8); what is left is along (0.8, -0.6).
  const auto w = composed(std::vector<double>{3, 4, 0, 0}, 2, 2, one);
  CHECK(w[0] == Catch::Approx(0.6));
  CHECK(w[1] == Catch::Approx(0.8));
  CHECK(std::abs(w[2]) == Catch::Approx(0.8));
  CHECK(w[2] * w[3] == Catch::Approx(-0.48));
}

TEMPLATE_TEST_CASE("Low rank, equal values and a large spread leave the vectors orthonormal", "", float,
                   double) {
  using S = TestType;
  for (const Index n : {3, 8, 12, 25}) {
    CAPTURE(n);
    std::vector<S> same(static_cast<std::size_t>(n * n), S(0.3)), spread = same, ones = same;
    for (Index j = 0; j < n; ++j)
      for (Index i = 0; i < n; ++i) {
        ones[static_cast<std::size_t>(j * n + i)] = S(i == j);
        spread[static_cast<std::size_t>(j * n + i)] = static_cast<S>(1 / static_cast<double>(1 + i + j));
      }
    check_orthonormal(composed(same, n, n, one), n, n);
    check_orthonormal(composed(spread, n, n, one), n, n);  // Hilbert's matrix
    CHECK(composed(ones, n, n, one) == ones);
  }
}

TEST_CASE("Scales do not matter") {
  for (const double scale : {1e-310, 1e-300, 1e-30, 1e30, 1e300}) {
    const auto w = composed(std::vector<double>{2 * scale, 0, 0, -3 * scale}, 2, 2, one);
    CHECK(w == std::vector<double>{1, 0, 0, -1});
  }
}
