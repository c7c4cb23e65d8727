// SPDX-License-Identifier: MIT
#include "espalier/init/initializer.hpp"

#include "catch.hpp"

using namespace espalier;

static_assert(Initializer<HeNormal> && Initializer<PyTorchLinear>);

namespace {

constexpr Index rows = 200, cols = 300;  // 60,000 draws

template <Scalar S, class Init>
WeightMatrix<S> drawn(const Init& init, Index fan_in, Index fan_out, std::uint64_t seed = 1) {
  WeightMatrix<S> w(rows, cols);
  Eigen::Map<WeightMatrix<S>> view(w.data(), rows, cols);
  Rng rng{seed};
  init(view, fan_in, fan_out, rng);
  return w;
}

/// Mean 0, this variance and this fourth moment (in variances squared: 3 normal, 9/5 uniform), by four
/// standard errors.
template <class Init>
void check_moments(const Init& init, double variance, bool normal) {
  const WeightMatrix<double> w = drawn<double>(init, 50, 30);
  const double n = static_cast<double>(w.size()), kurtosis = normal ? 3 : 1.8;
  const double eighth = normal ? 105 : 9, fourth = w.array().pow(4).mean() / (variance * variance);
  CHECK(std::abs(w.mean()) < 4 * std::sqrt(variance / n));
  CHECK(std::abs(w.array().square().mean() / variance - 1) < 4 * std::sqrt((kurtosis - 1) / n));
  CHECK(std::abs(fourth - kurtosis) < 4 * std::sqrt((eighth - kurtosis * kurtosis) / n));
  const double largest = w.cwiseAbs().maxCoeff(), bound = std::sqrt(3 * variance);
  if (normal) {
    CHECK(largest > bound);
  } else {
    CHECK(largest <= bound);
    CHECK(largest > 0.999 * bound);
  }
}

}  // namespace

TEST_CASE("the variances are those of the papers, and the distributions what their names say") {
  check_moments(HeNormal{}, 2.0 / 50, true);
  check_moments(HeUniform{}, 2.0 / 50, false);
  check_moments(GlorotNormal{}, 2.0 / 80, true);
  check_moments(GlorotUniform{}, 2.0 / 80, false);
  check_moments(LeCunNormal{}, 1.0 / 50, true);
  check_moments(LeCunUniform{}, 1.0 / 50, false);
  check_moments(PyTorchLinear{}, 1.0 / 150, false);
}

TEST_CASE("PyTorch's Linear has the bound 1 / sqrt(fan_in) for weights and biases") {
  CHECK(PyTorchLinear::bound(16) == 0.25);
  Vector<double> b(5000);
  Eigen::Map<Vector<double>> view(b.data(), b.size());
  Rng rng{2};
  PyTorchLinear{}.bias(view, 16, rng);
  CHECK(b.cwiseAbs().maxCoeff() <= 0.25);
  CHECK(b.maxCoeff() > 0.249);
  CHECK(b.minCoeff() < -0.249);
  CHECK(drawn<double>(PyTorchLinear{}, 16, 3).cwiseAbs().maxCoeff() <= 0.25);
}

TEMPLATE_TEST_CASE("the same seed gives the same weights, and float the doubles rounded", "", HeNormal,
                   HeUniform, GlorotNormal, GlorotUniform, LeCunNormal, LeCunUniform, PyTorchLinear) {
  const WeightMatrix<double> w = drawn<double>(TestType{}, 50, 30, 7);
  CHECK(drawn<double>(TestType{}, 50, 30, 7) == w);
  CHECK(drawn<double>(TestType{}, 50, 30, 8) != w);
  CHECK(drawn<float>(TestType{}, 50, 30, 7) == w.cast<float>());
}
