// SPDX-License-Identifier: MIT
// What tests of initializers share: weights that one has filled, and how far a sample is from a distribution.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "espalier/init/initializer.hpp"

namespace test {

/// rows x cols weights of a layer with `cols` inputs and `rows` outputs.
template <espalier::Scalar S, class Init>
espalier::WeightMatrix<S> filled(const Init& init, espalier::Index rows, espalier::Index cols,
                                 std::uint64_t seed = 1, espalier::WeightMatrix<S> w = {}) {
  w.conservativeResize(rows, cols);
  Eigen::Map<espalier::WeightMatrix<S>> view(w.data(), rows, cols);
  espalier::Rng rng{seed};
  init(view, cols, rows, rng);
  return w;
}

/// sqrt(n) times the largest distance between the distribution of a sample and `cdf` (Kolmogorov & Smirnov):
/// above 1.95 for one sample in a thousand.
template <class F>
double distance_to(std::vector<double> sample, F&& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double largest = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double at = cdf(sample[i]), below = static_cast<double>(i) / n;
    largest = std::max({largest, at - below, below + 1 / n - at});
  }
  return std::sqrt(n) * largest;
}

}  // namespace test
