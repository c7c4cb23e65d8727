// SPDX-License-Identifier: MIT
#include "espalier/certify/composed_bound.hpp"

#include <Eigen/Cholesky>
#include <vector>

#include "../catch.hpp"
#include "../spectra.hpp"
#include "espalier/core/rng.hpp"

using namespace espalier;
using detail::ComposedBound;
using detail::MadeWeight;

namespace {

using Long = Eigen::Matrix<long double, Dynamic, Dynamic>;
using Weights = std::vector<WeightMatrix<double>>;

WeightMatrix<double> random_weight(Rng& rng, Index rows, Index cols, double size = 1) {
  WeightMatrix<double> w(rows, cols);
  for (Index i = 0; i < w.size(); ++i)
    w.data()[i] = size * rng.normal() / std::sqrt(static_cast<double>(cols));
  return w;
}

MadeWeight made(const WeightMatrix<double>& w) {
  return {w.rows(), w.cols(), {w.data(), w.data() + w.size()}};
}

/// The largest eigenvalue of a matrix without negative ones.
long double largest(const Long& symmetric) {
  const test::Wide numbers(symmetric.data(), symmetric.data() + symmetric.size());
  return test::singular_values(numbers, symmetric.rows(), symmetric.cols()).front();
}

/// The formulas of the paper, in long double, with inverses written out.
long double reference(const Weights& weights, double slope) {
  Long inverse = Long::Identity(weights[0].cols(), weights[0].cols());
  const long double h = slope / 2;
  for (std::size_t k = 0;; ++k) {
    const Long w = weights[k].cast<long double>(), q = w * inverse * w.transpose();
    if (k + 1 == weights.size()) return std::sqrt(largest(q));
    const long double l = 1 / (2 * h * h * largest(q));
    const Long x = l * Long::Identity(q.rows(), q.rows()) - l * l * h * h * q;
    inverse = x.llt().solve(Long::Identity(q.rows(), q.rows()));
  }
}

double product(const Weights& weights, double slope) {
  double all = std::pow(slope, static_cast<double>(weights.size() - 1));
  for (const auto& w : weights) all *= detail::spectral_norm_above({w.data(), w.rows(), w.cols()});
  return all;
}

ComposedBound composed(const Weights& weights, double slope) {
  ComposedBound bound(made(weights[0]));
  for (std::size_t k = 1; k < weights.size(); ++k) bound.add(slope, made(weights[k]));
  return bound;
}

}  // namespace

TEST_CASE("The composed bound is that of the paper to 1e-9, from above, and below the product") {
  Rng rng(1);
  for (const double slope : {1.0, 0.25, 3.0})
    for (const auto& widths : {std::vector<Index>{3, 5},
                               {8, 20, 4},
                               {20, 8, 20, 8},
                               {5, 5, 1, 5, 5},
                               {1, 1, 1},
                               {30, 20, 20, 20, 10}}) {
      Weights weights;
      for (std::size_t k = 1; k < widths.size(); ++k)
        weights.push_back(random_weight(rng, widths[k], widths[k - 1], 0.5 + rng.uniform()));
      const auto right = static_cast<double>(reference(weights, slope));
      const double bound = composed(weights, slope).bound();
      CAPTURE(slope, widths, right);
      CHECK(bound >= right * (1 - 1e-15));
      CHECK(bound <= right * (1 + 1e-9));
      CHECK(bound <= product(weights, slope) * (1 + 1e-9));
    }
}

TEST_CASE("Of random layers the bound is 0.77, 0.60, 0.48 and 0.38 of the product, for 2 to 5 of them") {
  const double published[] = {0.77, 0.60, 0.48, 0.38};
  for (std::size_t depth = 2; depth <= 5; ++depth) {
    double share = 0;
    const int nets = 5;
    for (int k = 0; k < nets; ++k) {
      Rng rng(static_cast<std::uint64_t>(10 * depth) + static_cast<std::uint64_t>(k));
      Weights weights;
      for (std::size_t layer = 0; layer < depth; ++layer) weights.push_back(random_weight(rng, 50, 50));
      share += composed(weights, 1).bound() / product(weights, 1) / nets;
    }
    CAPTURE(depth, share);
    CHECK(std::abs(share - published[depth - 2]) < 0.04);
  }
}

TEST_CASE("Differences of two outputs are bounded by their rows") {
  Rng rng(4);
  Weights weights{random_weight(rng, 9, 6), random_weight(rng, 7, 9), random_weight(rng, 4, 7)};
  const ComposedBound bound = composed(weights, 1);
  for (Index j = 0; j < 4; ++j)
    for (Index k = 0; k < j; ++k) {
      Weights two = weights;
      two[2] = weights[2].row(j) - weights[2].row(k);
      const auto right = static_cast<double>(reference(two, 1));
      CHECK(bound.bound_of_difference(j, k) >= right * (1 - 1e-15));
      CHECK(bound.bound_of_difference(j, k) <= right * (1 + 1e-9));
      CHECK(bound.bound_of_difference(j, k) <= std::sqrt(2.0) * bound.bound() * (1 + 1e-9));
    }
}

TEST_CASE("Weights of any size, zeros, and errors of the weights are covered") {
  Rng rng(2);
  const Weights plain{random_weight(rng, 6, 4), random_weight(rng, 5, 6), random_weight(rng, 3, 5)};
  const auto right = static_cast<double>(reference(plain, 1));
  for (const int power : {-1000, -300, -1, 1, 300, 1000}) {
    Weights moved = plain;
    moved[0] *= std::ldexp(1.0, power), moved[2] *= std::ldexp(1.0, -power);
    CAPTURE(power);
    CHECK(composed(moved, 1).bound() >= right * (1 - 1e-15));
    CHECK(composed(moved, 1).bound() <= right * (1 + 1e-9));
  }
  for (std::size_t k = 0; k < 3; ++k) {
    Weights none = plain;
    none[k].setZero();
    CHECK(composed(none, 1).bound() == 0);
  }
  CHECK(composed(plain, 0).bound() == 0);
  ComposedBound off(made(plain[0]));
  MadeWeight second = made(plain[1]);
  second.off = 1e-3;
  off.add(1, second), off.add(1, made(plain[2]));
  Weights larger = plain;
  larger[1] *= 1 + 1e-3;
  CHECK(off.bound() >= static_cast<double>(reference(larger, 1)));
  CHECK(off.bound() <= right * 1.02);
  for (const std::size_t k : {0U, 1U, 2U}) {
    Weights broken = plain;
    broken[k](1, 1) = HUGE_VAL;
    CHECK(composed(broken, 1).bound() == HUGE_VAL);
    CHECK(composed(broken, 1).bound_of_difference(2, 0) == HUGE_VAL);
  }
  Weights huge = plain;
  huge[1].setConstant(1e308), huge[0].setConstant(1e300);
  CHECK(composed(huge, 1).bound() == HUGE_VAL);
}
