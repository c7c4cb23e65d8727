// SPDX-License-Identifier: MIT
// How weights start whose signs are given: log-normal magnitudes, and biases that take back the mean that
// they give to sums.
#pragma once

#include <cmath>
#include <numbers>

#include "espalier/core/cell.hpp"
#include "espalier/init/initializer.hpp"

namespace espalier {

/// The same sign for all weights.
struct OneSign {
  double sign = 1;
  double operator()(Cell) const { return sign; }
};

/// Magnitudes are log-normal; `sign` gives for each Cell the sign of its weight, a number above or below 0,
/// or 0 for a weight that is free and normal. Sums have the mean 0 and the variance 1 in every layer, if they
/// had so in the layer before and ReLU is between (Hoedt & Klambauer 2023, arXiv:2312.12474, for weights of
/// one sign). Weights of given signs make sums that have something in common: `correlation` r is that of two
/// neurons of one sign, and each layer keeps it. (In deep nets of one sign the samples with the largest
/// common part grow all the same, since ReLU passes them on whole; the median does not.) With N = fan_in, the
/// squared mean of a magnitude is
///
///   m2 = r / f,  f = N (pi - N + (N - 1) c) / (2 pi),  c = sqrt(1 - r^2) + r acos(-r),
///
/// the variance of a weight 2 (1 - m2 g) / N, and the bias -s sqrt(m2 / (2 pi)) for a neuron whose signs, K
/// of them not 0, have the sum s: g = (K (pi - 1) + (s^2 - K)(c - 1)) / (2 pi), which is f where all are +1.
/// A neuron whose weights are all free starts as with HeNormal.
///
/// A layer that reads the inputs of the model (`reads_inputs`) has no ReLU before it. Inputs are taken to
/// have the mean 0, the variance 1 and no correlation: m2 = r / N, the variance (1 - m2 K) / N, and no bias.
template <class Sign>
struct LogNormal {
  Sign sign{};
  double correlation = 0.5;
  bool reads_inputs = false;

  LogNormal of_inputs() const { return {sign, correlation, true}; }

  void operator()(auto& w, Index fan_in, Index, Rng& rng) const {
    using S = typename std::decay_t<decltype(w)>::Scalar;
    for (Index j = 0; j < w.rows(); ++j) {
      const double mean = mean_of(fan_in), variance = variance_of(signs_of(j, w.rows(), w.cols()), fan_in);
      const double spread = std::log1p(variance / (mean * mean)), middle = std::log(mean) - spread / 2;
      for (Index i = 0; i < w.cols(); ++i) {
        const double own = sign(Cell{j, i, w.rows(), w.cols()}), draw = rng.normal();
        const double size = std::exp(middle + std::sqrt(spread) * draw);
        w(j, i) = static_cast<S>(own > 0 ? size : own < 0 ? -size : std::sqrt(variance) * draw);
      }
    }
  }
  void bias(auto& b, Index fan_in, Rng&) const {
    using S = typename std::decay_t<decltype(b)>::Scalar;
    const double shift = reads_inputs ? 0 : mean_of(fan_in) / std::sqrt(2 * std::numbers::pi);
    for (Index j = 0; j < b.size(); ++j) b(j) = static_cast<S>(0 - shift * signs_of(j, b.size(), fan_in).sum);
  }

 private:
  /// Of the weights of a neuron.
  struct Signs {
    double sum = 0, squares = 0;
  };
  Signs signs_of(Index j, Index rows, Index cols) const {
    Signs result;
    for (Index i = 0; i < cols; ++i) {
      const double own = sign(Cell{j, i, rows, cols});
      result.sum += (own > 0) - (own < 0);
      result.squares += own != 0;
    }
    return result;
  }

  /// c - 1: in units of v / (2 pi), the covariance of two ReLUs of sums with variance v (Cho & Saul 2009).
  double common() const {
    const double r = correlation;
    return std::sqrt(1 - r * r) + r * std::acos(-r) - 1;
  }
  /// The variance of the sum of the ReLUs with these signs; where inputs are read, that of the inputs.
  double variance_of_sum(const Signs& s) const {
    if (reads_inputs) return s.squares;
    return (s.squares * (std::numbers::pi - 1) + (s.sum * s.sum - s.squares) * common()) /
           (2 * std::numbers::pi);
  }
  double mean_of(Index fan_in) const {
    const auto n = static_cast<double>(fan_in);
    return std::sqrt(correlation / variance_of_sum({n, n}));
  }
  double variance_of(const Signs& s, Index fan_in) const {
    const double mean = mean_of(fan_in);
    return (reads_inputs ? 1 : 2) * (1 - mean * mean * variance_of_sum(s)) / static_cast<double>(fan_in);
  }
};

}  // namespace espalier
