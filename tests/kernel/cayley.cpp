// SPDX-License-Identifier: MIT
#include "espalier/kernel/cayley.hpp"

#include <vector>

#include "../nets.hpp"

using namespace espalier;

TEST_CASE("A wide matrix is read as what is transposed of it, and written back") {
  const WeightMatrix<float> wide = random_matrix<float>(2, 3, 1);
  std::vector<double> numbers(6);
  const detail::TallMatrix tall = detail::tall_matrix(Block<const float>{wide.data(), 2, 3}, numbers.data());
  CHECK((tall.rows == 3 && tall.cols == 2 && tall.transposed));
  CHECK(numbers[1] == static_cast<double>(wide(1, 0)));
  WeightMatrix<float> back(2, 3);
  detail::write_back(tall, Block<float>{back.data(), 2, 3});
  CHECK(back == wide);
}

TEST_CASE(
    "A turn of the plane by the angle a is the transform of tan(a / 2), its gradient that of the angle") {
  const double p = 0.3, angle = 2 * std::atan(2 * p);  // A = [0 2p; -2p 0]
  std::vector<double> stored{0, p, -p, 0}, w(4), room(static_cast<std::size_t>(detail::cayley_room(2)));
  const detail::TallMatrix tall{stored.data(), 2, 2, false};
  detail::cayley(tall, w.data(), room.data());
  CHECK(w[0] == Catch::Approx(std::cos(angle)).epsilon(1e-15));
  CHECK(w[1] == Catch::Approx(-std::sin(angle)).epsilon(1e-15));
  std::vector<double> g{1, 0, 0, 0};  // of cos(angle)
  detail::cayley_pull_back(tall, g.data(), room.data());
  const double slope = -std::sin(angle) * 4 / (1 + 4 * p * p);
  CHECK(g[1] - g[2] == Catch::Approx(slope).epsilon(1e-14));  // along (0, 1; -1, 0)
  CHECK(g[1] == -g[2]);
  CHECK(detail::cayley_parameter<double>({w.data(), 2, 2, false}, 1e-14, 1e4, room.data()));
  CHECK(w[1] - w[2] == Catch::Approx(2 * p).epsilon(1e-14));
}
