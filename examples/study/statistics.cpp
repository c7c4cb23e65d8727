// SPDX-License-Identifier: MIT
#include "statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <numbers>
#include <numeric>

namespace study {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Coefficient d of the continued fraction of Abramowitz & Stegun 26.5.8.
double beta_coefficient(long step, double a, double b, double x) {
  const double m = static_cast<double>(step / 2);
  if (step % 2 == 0) return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
  return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
}

/// 1 / (1 + d1 / (1 + d2 / ...)) by Lentz's method: the products of its numerators and denominators neither
/// overflow nor vanish.
double beta_fraction(double a, double b, double x) {
  constexpr double tiny = 1e-300;    // in place of a denominator of 0
  constexpr long most_steps = 5000;  // it takes about the root of the larger parameter
  const auto away_from_0 = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double numerator = 1, denominator = 0, fraction = 1;
  for (long step = 1; step <= most_steps; ++step) {
    const double d = beta_coefficient(step, a, b, x);
    denominator = 1 / away_from_0(1 + d * denominator);
    numerator = away_from_0(1 + d / numerator);
    fraction *= numerator * denominator;
    if (std::abs(numerator * denominator - 1) < 1e-15) break;
  }
  return 1 / fraction;
}

/// The regularized incomplete beta function I_x(a, b). `y` is 1 - x, given apart since rounding would lose
/// it.
double incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // Where x is large the fraction converges slowly, and I_x(a, b) = 1 - I_y(b, a) has a small one.
  if (x > (a + 1) / (a + b + 2)) return 1 - incomplete_beta(b, a, y, x);
  const double log_beta = std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b);
  return std::exp(a * std::log(x) + b * std::log(y) - log_beta) / a * beta_fraction(a, b, x);
}

double t_density(double t, double freedom) {
  const double log_scale =
      std::lgamma((freedom + 1) / 2) - std::lgamma(freedom / 2) - std::log(freedom * std::numbers::pi) / 2;
  return std::exp(log_scale - (freedom + 1) / 2 * std::log1p(t * t / freedom));
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double deviation_of(std::span<const double> values, double mean) {
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// Are the values equal up to the rounding of metrics that are fractions of 1? Differences of accuracies with
/// the same number of samples differ in their last digits.
bool all_equal(std::span<const double> values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return *most - *least <= 1e-9 * std::max(std::abs(*least), std::abs(*most));
}

}  // namespace

// Abramowitz & Stegun 26.7.1.
double two_sided_p(double t, double freedom) {
  if (!(freedom > 0) || std::isnan(t)) return 1;
  const double square = t * t;
  if (std::isinf(square)) return 0;
  return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + square), square / (freedom + square));
}

double critical_t(double p, double freedom) {
  if (!(freedom > 0) || !(p > 0)) return infinity;
  // The probability falls with t and is convex, so Newton's steps from 0 never pass the root.
  double t = 0;
  for (int step = 0; step < 1000; ++step) {
    const double change = (two_sided_p(t, freedom) - p) / (2 * t_density(t, freedom));
    if (!(change > 1e-14 * t)) break;
    t += change;
  }
  return t;
}

Comparison compare(std::span<const double> differences, double level) {
  std::vector<double> finite;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(finite),
               [](double difference) { return std::isfinite(difference); });
  Comparison result{.pairs = static_cast<long>(finite.size()), .low = -infinity, .high = infinity};
  if (finite.empty()) return result;
  result.mean = mean_of(finite);
  if (result.pairs < 2) return result;
  if (all_equal(finite)) {
    result.low = result.high = result.mean;
    result.p = result.mean == 0 ? 1 : std::ldexp(1.0, static_cast<int>(1 - result.pairs));
    return result;
  }
  const double freedom = static_cast<double>(result.pairs - 1);
  result.deviation = deviation_of(finite, result.mean);
  const double error = result.deviation / std::sqrt(static_cast<double>(result.pairs));
  const double half = critical_t(1 - level, freedom) * error;
  result.low = result.mean - half;
  result.high = result.mean + half;
  result.p = two_sided_p(result.mean / error, freedom);
  return result;
}

std::vector<double> holm(std::span<const double> p) {
  const auto known = [&p](std::size_t i) { return std::isnan(p[i]) ? 1.0 : p[i]; };
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&known](std::size_t a, std::size_t b) { return known(a) < known(b); });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double left = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, left * known(order[rank])));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

double smallest_visible(long pairs, long comparisons) {
  if (pairs < 2) return infinity;
  const double p = 0.05 / static_cast<double>(std::max(1L, comparisons));
  return critical_t(p, static_cast<double>(pairs - 1)) / std::sqrt(static_cast<double>(pairs));
}

}  // namespace study
