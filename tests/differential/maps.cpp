// SPDX-License-Identifier: MIT
// Reparametrizations of whole matrices against PyTorch's autograd (make_maps.py).
#include <cmath>

#include "../matrix_map.hpp"
#include "catch.hpp"
#include "espalier/constraint/cayley.hpp"
#include "espalier/constraint/learned_bound.hpp"
#include "espalier/constraint/spectral_normalized.hpp"
#include "espalier/constraint/spectral_rescaled.hpp"
#include "espalier/layer/sandwich.hpp"
#include "espalier/model/access.hpp"
#include "trace.hpp"

using namespace espalier;

namespace {

const differential::Fixture& expected() {
  static const differential::Fixture fixture("tests/differential/maps.txt");
  return fixture;
}

WeightMatrix<double> sines(Index rows, Index cols, double seed) {
  WeightMatrix<double> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i) m.data()[i] = std::sin(seed + 1.7 * static_cast<double>(i + 1));
  return m;
}

double apart(const Matrix<double>& ours, const std::string& name) {
  return (ours - expected().rows<double>(name, ours.rows())).norm() / ours.norm();
}

template <class M>
auto block(M& m) {
  return Block<std::remove_pointer_t<decltype(m.data())>>{m.data(), m.rows(), m.cols()};
}

}  // namespace

TEST_CASE("W and the gradient of P are those of PyTorch's autograd") {
  struct Case {
    Index rows, cols;
    std::string name;
  };
  for (const Case& at : {Case{4, 6, "_4x6"}, Case{6, 4, "_6x4"}}) {
    const Matrix<double> p = sines(at.rows, at.cols, 1), dw = sines(at.rows, at.cols, 9);
    const auto check = [&](const auto& map, const std::string& name, double tolerance) {
      CAPTURE(name);
      CHECK(apart(mapped(map, p), name + "_w") <= tolerance);
      CHECK(apart(pulled_back(map, p, dw), name + "_d0") <= tolerance);
    };
    check(Cayley{}, "cayley" + at.name, 1e-13);
    // Ours is smaller by what roundings may have done, which it states.
    const double slack = detail::rescale_slack(4, 6, 0x1p-53);
    check(SpectralRescaled{1}, "rescaled1" + at.name, 2 * slack);
    check(SpectralRescaled{3}, "rescaled3" + at.name, 2 * slack);
  }
}

TEST_CASE("Rows at a trained bound, and the gradient of the bound, are those of PyTorch's autograd") {
  const WeightMatrix<double> p = sines(4, 6, 1), dw = sines(4, 6, 9);
  WeightMatrix<double> w(4, 6), g = dw;
  const double c = 1.5;
  double dc = 0;
  const LearnedBound<InfinityNorm> map;
  detail::map_weight(map, block(p), &c, block(w));
  detail::map_pull_back(map, block(p), &c, block(std::as_const(w)), block(g), &dc);
  CHECK(apart(w, "bound_4x6_w") <= 1e-14);
  CHECK(apart(g, "bound_4x6_d0") <= 1e-13);
  CHECK(dc == Catch::Approx(expected()["bound_4x6_d1"].at(0)).epsilon(1e-13));
}

TEST_CASE("The sandwich layer and its gradients are those of PyTorch's autograd") {
  auto net = sequential<double>(Sandwich(5, 3, Tanh{}));
  edit(net, [&](std::span<double> all) {
    const auto put = [&](const char* path, const WeightMatrix<double>& m) {
      std::copy_n(m.data(), m.size(), all.data() + net.parameters().at(path).offset);
    };
    put("0.weight", sines(3, 8, 2)), put("0.psi", sines(3, 1, 3)), put("0.bias", sines(3, 1, 4));
  });
  const Matrix<double> x = sines(5, 7, 5), dy = sines(3, 7, 9);
  CHECK(apart(net.forward(x), "sandwich_w") <= 1e-13);
  net.backward(x, dy);
  CHECK(apart(gradient(net, "0.weight"), "sandwich_d0") <= 1e-13);
  CHECK(apart(gradient(net, "0.psi"), "sandwich_d1") <= 1e-13);
  CHECK(apart(gradient(net, "0.bias"), "sandwich_d2") <= 1e-13);
}

TEST_CASE(
    "The estimate of the norm moves as PyTorch's spectral_norm does in training, and stays in evaluation") {
  const SpectralNormalized map{.iterations = 2};
  const WeightMatrix<double> p = sines(4, 6, 1);
  std::vector<double> vectors = expected()["spectral_u"];
  const std::vector<double>& v = expected()["spectral_v"];
  vectors.insert(vectors.end(), v.begin(), v.end());
  for (int pass = 0; pass < 3; ++pass) detail::map_advance(map, block(p), vectors.data());
  WeightMatrix<double> w(4, 6), g = sines(4, 6, 9);
  detail::map_weight(map, block(p), vectors.data(), block(w));
  CHECK(apart(w, "spectral_w") <= 1e-14);
  CHECK(apart(w, "spectral_eval") <= 1e-14);
  detail::map_pull_back(map, block(p), vectors.data(), block(std::as_const(w)), block(g),
                        static_cast<double*>(nullptr));
  CHECK(apart(g, "spectral_d0") <= 1e-13);
  CHECK(apart(Eigen::Map<const Vector<double>>(vectors.data(), 4), "spectral_u_after") <= 1e-14);
}
