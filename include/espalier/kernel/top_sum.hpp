// SPDX-License-Identifier: MIT
// The largest numbers of one sign in a row, and whether their sum is below a bound, in exact arithmetic.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "espalier/kernel/compare_sum.hpp"
#include "espalier/kernel/exact_sum.hpp"

namespace espalier::detail {

/// max(x, 0), or max(-x, 0) with `sign` -1, of the k largest in a row. Numbers are compared by their bits, so
/// that denormal ones count in a step too.
template <Scalar S>
class TopSum {
  using Bits = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;

 public:
  TopSum(const S* x, Index n, Index k, S sign)
      : x_(x), n_(n), k_(k), sign_(sign), flip_(sign > 0 ? 0 : std::numeric_limits<Bits>::min()) {
    for (Index i = 0; i < n; ++i) most_ = std::max(most_, bits(i));
  }

  /// Is their sum at most `bound`? Not if a number of the row is not finite. `guess` is what the k-th largest
  /// may be, 0 if nobody knows.
  bool is_below(double bound, S guess = 0) {
    // One number of either sign may be NaN or infinity.
    if (TopSum(x_, n_, k_, -sign_).most_ >= infinite || most_ >= infinite) return false;
    if (k_ >= n_ || !(guess > 0)) {
      const bool all = sign_ > 0 ? sum_is_below<Summed::positive>(x_, n_, bound)
                                 : sum_is_below<Summed::negative>(x_, n_, bound);
      if (all || k_ >= n_) return all;
    }
    const double largest = exactly(std::bit_cast<S>(most_));
    if (largest * static_cast<double>(k_) < bound * (1 - 4 * std::numeric_limits<double>::epsilon()))
      return true;
    find(guess);
    const double above = excess(bound), all_sizes = 2 * bound + std::abs(above),
                 doubt = 4 * static_cast<double>(k_ + 4) * roundoff<double> * all_sizes +
                         static_cast<double>(k_) * static_cast<double>(std::numeric_limits<S>::min());
    if (std::abs(above) > doubt) return above < 0;
    ExactSum sum;
    for (Index i = 0; i < n_; ++i)
      if (bits(i) > least_) sum.add(exactly(std::bit_cast<S>(bits(i))), 1);
    sum.add(exactly(least()), static_cast<double>(k_ - above_));
    sum.add(bound, 1, true);
    return sum.sign() <= 0;
  }

  /// Finds the k-th largest: it is the guess, or by halves of what its bits can be.
  void find(S guess = 0) {
    if (guess > 0) {
      least_ = std::bit_cast<Bits>(guess), above_ = count_from(least_ + 1);
      if (above_ < k_ && count_from(least_) >= k_) return;
    }
    Bits low = 0,
         high = most_;  // of which at least k, and fewer than k, are not less, but for the first look
    while (low < high) {
      const Bits middle = low + (high - low + 1) / 2;
      if (count_from(middle) >= k_)
        low = middle;
      else
        high = middle - 1;
    }
    least_ = low, above_ = low < infinite ? count_from(low + 1) : 0;
  }
  /// It, 0 if there are no k, and how many are larger.
  S least() const { return std::bit_cast<S>(least_); }
  Index above() const { return above_; }
  /// sum - bound, rounded.
  double excess(double bound) const {
    double sum = static_cast<double>(least()) * static_cast<double>(k_ - above_) - bound;
    for (Index i = 0; i < n_; ++i)
      if (bits(i) > least_) sum += static_cast<double>(std::bit_cast<S>(bits(i)));
    return sum;
  }

 private:
  static constexpr Bits infinite = std::bit_cast<Bits>(std::numeric_limits<S>::infinity());

  /// Those of a number of the sign, which grow with it and of NaN are above those of infinity; below 0 for
  /// the other sign.
  Bits bits(Index i) const { return std::bit_cast<Bits>(x_[i]) ^ flip_; }
  /// How many are not below `from`, which is above 0.
  Index count_from(Bits from) const {
    Bits count = 0;  // of the same width, so that compilers make it many at a time
    for (Index i = 0; i < n_; ++i) count += bits(i) >= from;
    return count;
  }

  const S* x_;
  Index n_, k_;
  S sign_;
  Bits flip_, most_ = 0, least_ = 0;
  Index above_ = 0;
};

}  // namespace espalier::detail
