// SPDX-License-Identifier: MIT
#include "espalier/kernel/singular_rows.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using Numbers = std::vector<double>;

namespace {

/// Of a decomposition: rows of Y that are not orthogonal, and what is not in the sum of u_i y_i'.
struct Errors {
  double cosine = 0, sum = 0;
};
Errors errors(const Numbers& w, Index rows, Index cols) {
  Numbers room(w.size() * static_cast<std::size_t>(detail::singular_room));
  const auto short_w = detail::short_rows(Block<const double>{w.data(), rows, cols}, 1, room.data());
  const Numbers first(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(w.size()));
  detail::SingularRows found(short_w, {0x1p-49, 0, 0x1p-60});
  const auto& y = found.rows();
  Errors worst;
  Numbers ones(static_cast<std::size_t>(y.count));
  for (Index i = 0; i < y.count; ++i) {
    ones[static_cast<std::size_t>(i)] = found.squares()[i] > 0 ? 1 / found.squares()[i] : 0;
    for (Index j = 0; j < i; ++j) {
      const double sizes = std::sqrt(found.squares()[i] * found.squares()[j]);
      if (sizes > 0)
        worst.cosine = std::max(worst.cosine, std::abs(detail::dot(y.row(i), y.row(j), y.length)) / sizes);
    }
  }
  for (Index j = 0; j < y.count; ++j) {
    const double* const row = found.combine(j, ones.data());
    for (Index i = 0; i < y.length; ++i)
      worst.sum = std::max(worst.sum, std::abs(row[i] - first[static_cast<std::size_t>(j * y.length + i)]));
  }
  return worst;
}

}  // namespace

TEST_CASE("Rows become orthogonal, and their sum with the other factors is the weight") {
  Rng rng{2};
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {1, 6}, {2, 2}, {5, 3}, {8, 40}, {20, 20}, {33, 70}}) {
    Numbers w(static_cast<std::size_t>(rows * cols));
    for (double& x : w) x = 0.3 * rng.normal();
    CAPTURE(rows, cols);
    CHECK(errors(w, rows, cols).cosine < 0x1p-48);
    CHECK(errors(w, rows, cols).sum < 1e-14);
  }
}

TEST_CASE("Values far apart keep their digits: those of a graded matrix are found one by one") {
  // Rows 1, 1e-4, ... times those of an orthogonal matrix: the norms of these rows are the singular values.
  const Index n = 12;
  Rng rng{3};
  Numbers w(144);
  for (Index i = 0; i < n; ++i) {
    double* const row = w.data() + i * n;
    for (Index k = 0; k < n; ++k) row[k] = rng.normal();
    for (int twice = 0; twice < 2; ++twice)
      for (Index j = 0; j < i; ++j)
        detail::add_multiple(row, -detail::dot(row, w.data() + j * n, n), w.data() + j * n, n);
    const double size = std::sqrt(detail::dot(row, row, n));
    for (Index k = 0; k < n; ++k) row[k] /= size;
  }
  for (Index i = 0; i < n; ++i)
    for (Index k = 0; k < n; ++k) w[static_cast<std::size_t>(i * n + k)] *= std::pow(10, -i);
  Numbers room(4 * w.size());
  detail::SingularRows found(detail::short_rows(Block<const double>{w.data(), n, n}, 1, room.data()),
                             {0x1p-49, 0, 0x1p-60});
  Numbers values(found.squares(), found.squares() + n);
  std::sort(values.rbegin(), values.rend());
  for (Index i = 0; i < n; ++i)
    CHECK(std::sqrt(values[static_cast<std::size_t>(i)]) == Catch::Approx(std::pow(10, -i)).epsilon(1e-12));
}

TEST_CASE("A weight of rank one, and one of zeros, have a decomposition") {
  Numbers w(300), zero(300, 0);
  for (std::size_t i = 0; i < 300; ++i)
    w[i] = static_cast<double>(1 + i / 20) * static_cast<double>(1 + i % 20) / 400;
  CHECK(errors(w, 15, 20).sum < 1e-14);
  CHECK(errors(zero, 15, 20).sum == 0);
}
