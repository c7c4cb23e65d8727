// SPDX-License-Identifier: MIT
#include "espalier/kernel/polar.hpp"

#include <vector>

#include "catch.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;

namespace {

template <Scalar S>
std::vector<S> polar(const std::vector<S>& m, Index rows, Index cols) {
  std::vector<S> w(m.size(), S(0));
  std::vector<double> room(m.size() * static_cast<std::size_t>(detail::singular_room));
  detail::add_polar_factor(Block<S>{w.data(), rows, cols}, Block<const S>{m.data(), rows, cols}, 1,
                           room.data());
  return w;
}

using Map = Eigen::Map<const WeightMatrix<double>>;

}  // namespace

TEST_CASE("The factor is orthogonal, and what it leaves is symmetric and positive: m = U H") {
  // These two hold of the polar factor of a matrix of full rank, and of no other (Higham 2008, 8.1).
  Rng rng{1};
  for (const auto& [rows, cols] :
       {std::pair<Index, Index>{1, 1}, {2, 2}, {3, 8}, {8, 3}, {20, 20}, {31, 12}}) {
    std::vector<double> m(static_cast<std::size_t>(rows * cols));
    for (double& x : m) x = rng.normal();
    const auto found = polar(m, rows, cols);
    const WeightMatrix<double> u = Map(found.data(), rows, cols), a = Map(m.data(), rows, cols);
    const bool wide = rows < cols;
    const Matrix<double> gram = wide ? Matrix<double>(u * u.transpose()) : Matrix<double>(u.transpose() * u);
    const Matrix<double> h = wide ? Matrix<double>(a * u.transpose()) : Matrix<double>(u.transpose() * a);
    CAPTURE(rows, cols);
    CHECK((gram - Matrix<double>::Identity(gram.rows(), gram.cols())).cwiseAbs().maxCoeff() < 2e-14);
    CHECK((h - h.transpose()).cwiseAbs().maxCoeff() < 1e-13);
    // Positive: x'hx > 0 for the rows of a few random x is not enough; its Cholesky factor is.
    Matrix<double> l = h;
    bool positive = true;
    for (Index k = 0; k < l.rows(); ++k) {
      positive = positive && l(k, k) > 0;
      for (Index i = k + 1; i < l.rows(); ++i)
        for (Index j = k + 1; j < l.rows(); ++j) l(i, j) -= l(i, k) * l(k, j) / l(k, k);
    }
    CHECK(positive);
  }
}

TEST_CASE("Directions that are rounding are left out") {
  std::vector<float> m(30 * 20), a(30), b(20);
  Rng rng{2};
  for (float& x : a) x = static_cast<float>(rng.normal());
  for (float& x : b) x = static_cast<float>(rng.normal());
  double of_a = 0, of_b = 0;
  for (const float x : a) of_a += static_cast<double>(x) * static_cast<double>(x);
  for (const float x : b) of_b += static_cast<double>(x) * static_cast<double>(x);
  for (std::size_t j = 0; j < 30; ++j)
    for (std::size_t i = 0; i < 20; ++i) m[j * 20 + i] = a[j] * b[i];  // rounded, so that the rank is full
  const auto u = polar(m, 30, 20);
  for (std::size_t j = 0; j < 30; ++j)
    for (std::size_t i = 0; i < 20; ++i)
      CHECK(std::abs(static_cast<double>(u[j * 20 + i]) -
                     static_cast<double>(a[j]) * static_cast<double>(b[i]) / std::sqrt(of_a * of_b)) < 1e-6);
}

TEST_CASE("Scales do not matter; zero has no direction, and what is not finite none either") {
  CHECK(polar(std::vector<double>{2e-300, 0, 0, -3e-300}, 2, 2)[3] == Catch::Approx(-1));
  CHECK(polar(std::vector<float>{2e35F, 0, 0, 3e38F}, 2, 2)[0] == Catch::Approx(1));
  CHECK(polar(std::vector<double>(4, 0), 2, 2) == std::vector<double>(4, 0));
  CHECK(polar(std::vector<double>{1, 0, 0, HUGE_VAL}, 2, 2) == std::vector<double>(4, 0));
}
