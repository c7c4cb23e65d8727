// SPDX-License-Identifier: MIT
#include "espalier/constraint/nuclear_norm.hpp"

#include "../nets.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

static_assert(MatrixPenalty<NuclearNorm> && Policy<NuclearNorm>);

namespace {

void prox(const NuclearNorm& norm, std::vector<double>& w, Index rows, Index cols, double t) {
  std::vector<double> room(4 * w.size());
  norm.prox(Block<double>{w.data(), rows, cols}, t, room.data());
}

}  // namespace

TEST_CASE("The value is strength times the sum of the singular values") {
  // (3, 0; 4, 0) has the singular values 5 and 0; a rotation by 45 degrees twice has 2 and 2.
  const double one[] = {3, 0, 4, 0}, two[] = {1.25, 1.25, -1.25, 1.25};
  CHECK(NuclearNorm{0.5}.value(Block<const double>{one, 2, 2}) == Catch::Approx(2.5));
  CHECK(NuclearNorm{1}.value(Block<const double>{two, 2, 2}) == Catch::Approx(2.5 * std::sqrt(2.0)));
  const double zero[] = {0, 0};
  CHECK(NuclearNorm{1}.value(Block<const double>{zero, 1, 2}) == 0);
}

TEST_CASE("Singular values fall by the threshold, the small ones to zero") {
  std::vector<double> w{3, 0, 0, 0, -0.1, 0};
  prox(NuclearNorm{2}, w, 2, 3, 0.25);
  CHECK(w[0] == Catch::Approx(2.5));
  CHECK(std::abs(w[4]) < 1e-16);
  const std::vector<double> before = w;
  prox(NuclearNorm{0}, w, 2, 3, 0.25);
  CHECK(w == before);
}

TEST_CASE("Moreau: y - prox(y) has 2-norm at most the threshold, and prox(y) pairs with it to the full") {
  Rng rng{3};
  for (const auto& [rows, cols] : {std::pair<Index, Index>{3, 3}, {12, 5}, {9, 30}}) {
    std::vector<double> y(static_cast<std::size_t>(rows * cols));
    for (double& v : y) v = rng.normal();
    std::vector<double> x = y, rest(y.size());
    prox(NuclearNorm{1}, x, rows, cols, 2);
    double pairing = 0;
    for (std::size_t i = 0; i < y.size(); ++i) rest[i] = y[i] - x[i], pairing += x[i] * rest[i];
    CHECK(NuclearNorm{2}.value(Block<const double>{x.data(), rows, cols}) ==
          Catch::Approx(pairing).epsilon(1e-12));
    std::vector<double> room(4 * y.size());
    CHECK(detail::spectral_norm_holds(Block<const double>{rest.data(), rows, cols}, 2 * (1 + 1e-12),
                                      room.data()));
  }
}

TEST_CASE("SGD comes to rest at the optimum") {
  // min norm(W - T)^2 / 2 + strength nuclear(W): the singular values of T less the strength.
  auto net = sequential<double>(Dense(2, 2, NoBias{}, NuclearNorm{0.4}));
  const double target[] = {2, 0, 0, 0.3};
  Optimizer optimizer{SGD{.learning_rate = 0.1, .momentum = 0.5}};
  detail::arena(net.parameters())[1] = 0.1;
  for (int k = 0; k < 300; ++k) {
    for (std::size_t i = 0; i < 4; ++i) net.gradients()[i] = net.values()[i] - target[i];
    optimizer.step(net);
  }
  CHECK(net.values()[0] == Catch::Approx(1.6).epsilon(1e-6));
  CHECK(std::abs(net.values()[3]) < 1e-12);
  CHECK(penalty(net) == Catch::Approx(0.64).epsilon(1e-6));
}

TEST_CASE("The strength is not negative") { CHECK_THROWS_AS(NuclearNorm{-1}.validate(), ValueError); }

TEST_CASE("A threshold above all singular values leaves zeros and no rounding") {
  Rng rng{8};
  std::vector<double> w(60);
  for (double& x : w) x = rng.normal();
  prox(NuclearNorm{4}, w, 5, 12, 10);
  CHECK(w == std::vector<double>(60, 0));
}
