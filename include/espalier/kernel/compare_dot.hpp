// SPDX-License-Identifier: MIT
// Is a weighted sum of a row below a bound, in exact arithmetic?
#pragma once

#include <cmath>
#include <limits>

#include "espalier/kernel/compare_sum.hpp"

namespace espalier::detail {

/// sum a_i x_i as high + low, as if in twice the precision.
template <Scalar S>
class ComparedDot {
 public:
  ComparedDot(const double* a, const S* x, Index n) : a_(a), x_(x), n_(n) {
    for (Index i = 0; i < n; ++i) {
      const double value = x[i], term = a[i] * value, lost = std::fma(a[i], value, -term), sum = high_ + term,
                   part = sum - high_;
      low_ += (high_ - (sum - part)) + (term - part) + lost;
      high_ = sum;
      size_ += std::abs(term), coefficients_ += std::abs(a[i]);
    }
  }

  /// What `excess` does not tell from nothing.
  double resolution() const { return 0x1p-100 * size_; }
  /// How far it is above a bound, but for a part of 2^-100 of the sum of magnitudes.
  double excess(double bound) const {
    const double sum = high_ - bound, part = sum - high_;
    return sum + ((high_ - (sum - part)) + (-bound - part) + low_);
  }

  /// Is it at most `bound`, without any rounding? False for numbers that are not finite.
  bool at_most(double bound) const {
    constexpr double unit = roundoff<double>;
    const double above = excess(bound), terms = static_cast<double>(n_) + 8;
    // In a step denormal numbers count as zero, and the rest of a product may be one.
    const double doubt = 2 * terms * terms * unit * unit * (size_ + std::abs(bound)) +
                         8 * unit * std::abs(above) + terms * std::numeric_limits<double>::min() +
                         coefficients_ * static_cast<double>(std::numeric_limits<S>::min());
    if (above > doubt || above < -doubt) return above < 0;
    return at_most_exactly(bound);
  }

 private:
  [[gnu::noinline, gnu::cold]] bool at_most_exactly(double bound) const {
    ExactSum sum;
    for (Index i = 0; i < n_; ++i) {
      if (!std::isfinite(x_[i])) return false;
      sum.add(a_[i], exactly(x_[i]));
    }
    sum.add(bound, 1, true);
    return sum.sign() <= 0;
  }

  const double* a_;
  const S* x_;
  Index n_;
  double high_ = 0, low_ = 0, size_ = 0, coefficients_ = 0;
};

}  // namespace espalier::detail
