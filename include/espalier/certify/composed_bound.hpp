// SPDX-License-Identifier: MIT
// A Lipschitz bound of several dense layers together, which is below the product of their norms.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "espalier/certify/bound_step.hpp"

namespace espalier::detail {

/// ECLipsE-Fast (Xu & Sivaranjani 2024, arXiv 2404.04375, algorithm 1 with the closed form of lambda): for
/// W_1, slopes in [0, b_1], W_2, ... With h = b / 2, X_0 = I and Q_i = W_i X_(i-1)^-1 W_i', the net is
/// sqrt(norm(Q_L)_2)-Lipschitz in the 2-norm, where X_i = l_i I - l_i^2 h^2 Q_i for any l_i that leaves X_i
/// positive definite; theirs is l_i = 1 / (2 h^2 norm(Q_i)_2).
///
/// Here Q_i = (times Y_i)(times Y_i)' for Y_i = W_i L_(i-1)^-T, with a Cholesky factor that is proved to be
/// below: L_i L_i' <= b^2 I - Y_i Y_i' as quadratic forms, b^2 = 2 norm(Y_i)^2. A smaller X_i only makes the
/// bound larger, so that roundings cost some 1e-12 of it and cannot make it wrong (docs/numerics.md, "A
/// Lipschitz bound of several layers").
class ComposedBound {
 public:
  /// `norm`: a bound of norm(W)_2, where it is known already.
  explicit ComposedBound(const MadeWeight& first, double norm = HUGE_VAL) { set_rows(first, {}, norm); }

  /// Another layer behind: slopes in [0, slope], then w.
  void add(double slope, const MadeWeight& w) {
    if (slope == 0 || norm_ == 0) times_ = 0;
    std::vector<double> factor;
    if (times_ > 0 && !factorize(slope, factor)) give_up(), factor.clear();
    set_rows(w, factor, HUGE_VAL);
  }

  /// Of all layers so far: never below what is true; infinity where it is not known.
  double bound() const { return times_ == 0 ? 0 : product_above(times_, sum_above(norm_, off_)); }

  /// Of the difference of two outputs of the last layer.
  double bound_of_difference(Index j, Index k) const {
    if (times_ == 0) return 0;
    std::vector<double> row(static_cast<std::size_t>(cols_));
    for (Index i = 0; i < cols_; ++i)
      row[static_cast<std::size_t>(i)] = numbers_[static_cast<std::size_t>(j * cols_ + i)] -
                                         numbers_[static_cast<std::size_t>(k * cols_ + i)];
    // A difference is rounded by at most a unit of itself.
    const double length = total_above(norm_above(row.data(), cols_), 4);
    return product_above(times_, sum_above(length, product_above(1.5, off_)));
  }

 private:
  void give_up() { times_ = HUGE_VAL; }

  /// Makes L and what it takes from X^-1 to (L L')^-1. False where that is not proved or not finite.
  bool factorize(double slope, std::vector<double>& factor) {
    scale_to(norm_);
    if (!std::isfinite(times_) || !std::isfinite(norm_) || !std::isfinite(off_)) return false;
    const double bound = std::sqrt(2.0) * norm_;
    factor.resize(static_cast<std::size_t>(rows_ * rows_));
    if (!surely_shorter_than({numbers_.data(), rows_, cols_, false}, bound, factor.data())) return false;
    const double square =
        above(above(bound * bound) + sum_above(product_above(2 * norm_, off_), product_above(off_, off_)));
    times_ = product_above(times_, product_above(slope / 2, square));
    return true;
  }

  /// Y = W L^-T, row by row, for the factor L of the layer before, whose norm is norm_; W without one.
  ///
  /// Forward substitution gives the solution for an L that is off by g = v (k/8 + 16) of its numbers, v one
  /// unit of roundoff, and norm(L)_F <= sqrt(k) b, b = sqrt(2) norm. Its least singular value is norm, less a
  /// slack that is far below 1/3 of it for all k below 10^6: so norm(L^-1) <= 1.5 / norm.
  void set_rows(const MadeWeight& w, const std::vector<double>& factor, double norm) {
    const double before = norm_;
    rows_ = w.rows, cols_ = w.cols, numbers_ = w.numbers, off_ = w.frobenius_off();
    norm_ = norm;
    scale_to(largest_magnitude(Block<const double>{numbers_.data(), rows_, cols_}));
    if (!factor.empty()) {
      for (Index j = 0; j < rows_; ++j) substitute(factor.data(), numbers_.data() + j * cols_);
      const double k = static_cast<double>(cols_), inverse = above(1.5 / before);
      const double size = norm_above(numbers_.data(), rows_ * cols_);
      off_ = sum_above(product_above(off_, inverse),
                       product_above(2.2 * roundoff<double> * (k / 8 + 16) * std::sqrt(k), size));
    }
    if (!std::isfinite(norm)) norm_ = spectral_norm_above({numbers_.data(), rows_, cols_});
    if (norm_ > 0) off_ = sum_above(off_, 0x1p-900);  // what became too small for a double
  }

  void substitute(const double* factor, double* y) const {
    for (Index i = 0; i < cols_; ++i) {
      const double* const row = factor + i * cols_;
      y[i] = (y[i] - dot(row, y, i)) / row[i];
    }
  }

  /// Multiplies the rows by a power of two that takes `size` to 1/2 ... 1; `times` keeps it.
  void scale_to(double size) {
    if (times_ == 0 || !(size > 0) || !std::isfinite(size)) return;
    const double scale = inverse_power_of_two(size) / 2;
    if (!std::isfinite(scale) || !(scale > 0x1p-1021)) return give_up();
    for (double& x : numbers_) x *= scale;
    norm_ *= scale, off_ = product_above(off_, scale);
    times_ = quotient_above(times_, scale);
  }

  Index rows_ = 0, cols_ = 0;
  std::vector<double> numbers_;  // Y, by rows
  double times_ = 1;
  double norm_ = 0;  // a bound of norm(Y)_2
  double off_ = 0;   // a bound of how far Y is from the true one, in the Frobenius norm
};

}  // namespace espalier::detail
