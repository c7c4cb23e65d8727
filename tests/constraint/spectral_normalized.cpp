// SPDX-License-Identifier: MIT
// Parity with PyTorch: tests/differential/maps.cpp.
#include "espalier/constraint/spectral_normalized.hpp"

#include <cmath>

#include "../central_difference.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

static_assert(MatrixMap<SpectralNormalized> && Policy<SpectralNormalized>);

TEST_CASE("In training the estimate moves to the norm; in evaluation it stays") {
  auto net = sequential<double>(Dense(6, 4, SpectralNormalized{}), Tanh{}, Dense(4, 1));
  initialize(net, {.seed = 1});
  // Singular values 5 and 4 make the power method slow enough to watch.
  const Matrix<double> diagonal = Vector<double>{{5, 4, 1, 1}}.asDiagonal();
  Matrix<double> p = Matrix<double>::Zero(4, 6);
  p.leftCols(4) = diagonal;
  edit(net, [&](std::span<double> all) {
    for (Index j = 0; j < 4; ++j)
      for (Index i = 0; i < 6; ++i) all[static_cast<std::size_t>(j * 6 + i)] = p(j, i);
  });
  const auto norm = [&] { return effective_weight(net, "0.weight").cwiseAbs().maxCoeff(); };  // diagonal
  const Matrix<double> x = random_matrix<double>(6, 3, 2), vectors = parameter(net, "0.vectors");
  const double before = norm();
  CHECK(before > 1);  // no certificate
  const auto& same = net;
  same.predict(x);
  CHECK(parameter(net, "0.vectors") == vectors);
  for (int k = 0; k < 200; ++k) net.forward(x);
  CHECK(parameter(net, "0.vectors") != vectors);
  CHECK(norm() == Catch::Approx(1).epsilon(1e-12));
  CHECK(count(net) == 4 * 6 + 4 + 4 + 1);  // vectors are not trained
}

TEMPLATE_TEST_CASE("assign takes a weight of norm 1, and starts the vectors for it", "", float, double) {
  auto net = sequential<TestType>(Dense(2, 3, SpectralNormalized{}));
  const Matrix<TestType> w{{1, 0}, {0, TestType(0.5)}, {0, 0}};
  assign(net, "0.weight", w);
  CHECK((effective_weight(net, "0.weight") - w).norm() <= TestType(1e-6));
  const auto before = net;
  CHECK(message_of([&] { assign(net, "0.weight", Matrix<TestType>(2 * w)); }) ==
        "0.weight: expected weights that SpectralNormalized can give, found others");
  CHECK(net == before);
  assign(net, "0.weight", Matrix<TestType>(0 * w));
  CHECK(effective_weight(net, "0.weight").norm() == 0);
}

TEST_CASE("Its gradient is that of central differences with the vectors held") {
  const WeightMatrix<double> p = random_matrix<double>(3, 5, 1), dw = random_matrix<double>(3, 5, 2);
  WeightMatrix<double> copy = p;
  const SpectralNormalized map{3};
  Vector<double> kept(8);
  map.parameter(Block<double>{copy.data(), 3, 5}, ArrayMap<double>(kept.data(), 8), nullptr);
  const ConstArrayMap<double> vectors(kept.data(), 8);
  const auto weight = [&](const WeightMatrix<double>& at) {
    WeightMatrix<double> w(3, 5);
    map.weight(Block<const double>{at.data(), 3, 5}, vectors, Block<double>{w.data(), 3, 5}, nullptr);
    return w;
  };
  const Matrix<double> expected = central_difference(
      [&](const Matrix<double>& at) { return weight(at).cwiseProduct(dw).sum(); }, Matrix<double>(p));
  WeightMatrix<double> g = dw, w = weight(p);
  map.pull_back(Block<const double>{p.data(), 3, 5}, vectors, Block<const double>{w.data(), 3, 5},
                Block<double>{g.data(), 3, 5}, nullptr);
  CHECK((g - expected).norm() <= 1e-6 * expected.norm());
}

TEST_CASE("No iteration is no estimate") { CHECK_THROWS_AS(SpectralNormalized{0}.validate(), ValueError); }
