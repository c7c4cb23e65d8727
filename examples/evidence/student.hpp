// SPDX-License-Identifier: MIT
// The mean of a few numbers with Student's 95 % interval, as some of these programs print it.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

/// What Student's t with so many degrees of freedom exceeds, on both sides together, in 5 of 100 cases.
inline double student_t(double freedom) {
  // With t = sqrt(freedom) tan(angle) the density of the angle is that of cos(angle)^(freedom - 1).
  constexpr int parts = 100000;
  constexpr double width = std::numbers::pi / 2 / parts;
  const auto density = [&](int k) { return std::pow(std::cos((k + 0.5) * width), freedom - 1); };
  double all = 0, below = 0;
  for (int k = 0; k < parts; ++k) all += density(k);
  int k = 0;
  while (below < 0.95 * all) below += density(k++);
  return std::sqrt(freedom) * std::tan(k * width);
}

/// Mean, standard deviation, and half the width of the interval of the mean.
struct Summary {
  double mean = 0, deviation = 0, half = HUGE_VAL;

  explicit Summary(const std::vector<double>& numbers) {
    const auto n = static_cast<double>(numbers.size());
    for (const double x : numbers) mean += x / n;
    for (const double x : numbers) deviation += (x - mean) * (x - mean);
    if (numbers.size() < 2) return;
    deviation = std::sqrt(deviation / (n - 1));
    half = student_t(n - 1) * deviation / std::sqrt(n);
  }

  /// "+0.12 +- 0.03", or the mean alone where there is no interval.
  std::string difference() const {
    return half < HUGE_VAL ? fmt::format("{:+.3f} +- {:.3f}", mean, half) : fmt::format("{:+.3f}", mean);
  }
};

/// The differences of pairs.
inline std::vector<double> minus(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] -= b.at(k);
  return a;
}
