// SPDX-License-Identifier: MIT
// The statistics of paired runs: Student's interval of a mean difference, and Holm's correction.
#pragma once

#include <span>
#include <vector>

namespace study {

/// The probability that Student's t with `freedom` degrees of freedom is beyond +-t.
double two_sided_p(double t, double freedom);
/// The t that is exceeded, on both sides together, with probability p.
double critical_t(double p, double freedom);

/// The mean of differences with its interval and the p-value of "the mean is 0" (Student 1908).
struct Comparison {
  long pairs = 0;
  double mean = 0, low = 0, high = 0, p = 1;
  double deviation = 0;  ///< standard deviation of the differences; 0 of fewer than two
};
/// Of differences of pairs; those that are not finite are left out. `level` is the coverage of the interval.
/// Fewer than two pairs: the interval is infinite and p is 1. All differences equal: the interval is that
/// number, and p is 1 if it is 0, else that of the sign test, 2^(1 - pairs). (Student's would be 0, from a
/// deviation that few pairs of accuracies have by chance.)
Comparison compare(std::span<const double> differences, double level = 0.95);

/// p-values after Holm's correction (1979), in the order of the given ones.
std::vector<double> holm(std::span<const double> p);

/// The smallest mean difference, in standard deviations of the differences, that `pairs` pairs can show at
/// level 0.05 as the first of `comparisons` in Holm's order. Infinite for fewer than two pairs.
double smallest_visible(long pairs, long comparisons);

/// Seeds of a study unless the user gives another number. With 10 policies Holm's first threshold is 0.05 /
/// 10, and t with 9 degrees of freedom is beyond 3.7 that often: 10 pairs show a mean difference of 3.7 /
/// sqrt(10) = 1.2 standard deviations. With 5 seeds it would be 2.5, with 3 seeds 8, more than a constraint
/// does.
inline constexpr long default_seeds = 10;

}  // namespace study
