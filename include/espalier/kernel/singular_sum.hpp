// SPDX-License-Identifier: MIT
// A weight as a sum of outer products u_i y_i' of its singular vectors, and what of it they miss: upper
// bounds on its nuclear norm and on its distance from a matrix of low rank. Proofs in floating point, not
// estimates.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/singular_rows.hpp"

namespace espalier::detail {

/// Doubles for each number of a weight that the sum works in.
inline constexpr Index sum_room = 6;

/// Nothing of the proofs depends on how good the decomposition is: whatever u_i and y_i are, the nuclear norm
/// of u y' is norm(u) norm(y), and a sum of r of these has a rank of at most r.
class SingularSum {
 public:
  /// `room` has sum_room doubles for each number of w, which is finite and not all zero. `least` is that of
  /// SingularAccuracy, in units of the largest magnitude of w.
  template <Scalar S>
  SingularSum(Block<const S> w, double* room, double least = 0)
      : scale_(inverse_power_of_two(largest_magnitude(w))),
        found_(short_rows(w, scale_, room), {std::same_as<S, float> ? 0x1p-38 : 0x1p-49, least, 0x1p-50}),
        w_{room, found_.rows().count, found_.rows().length, found_.rows().transposed},
        out_(found_.squares() + w_.count),
        lengths_(out_ + w_.length) {
    bring_largest_forward();
  }

  Index size() const { return w_.count; }
  /// The singular values, in descending order.
  double operator[](Index i) const { return std::sqrt(found_.squares()[i]) / scale_; }

  /// The nuclear norm is at most that.
  double nuclear_norm() {
    const double rest = measure(size());
    return (terms(size()) + std::sqrt(static_cast<double>(size())) * rest) / scale_ *
           (1 + 8 * roundoff<double>);
  }
  /// norm(w - b)_F is at most that for a matrix b of at most this rank.
  double distance_to_rank(Index rank) { return measure(std::min(rank, size())) / scale_; }

  /// w = the sum of factor(s_i) s_i u_i v_i'. Only once.
  template <Scalar S, class F>
  void compose(Block<S> w, F&& factor) {
    double* const factors = found_.squares();
    for (Index i = 0; i < size(); ++i) factors[i] = factors[i] > 0 ? factor(i) / factors[i] : 0;
    for (Index j = 0; j < size(); ++j) {
      const double* const row = found_.combine(j, factors);
      for (Index i = 0; i < w_.length; ++i)
        (w_.transposed ? w.row(i)[j] : w.row(j)[i]) = static_cast<S>(row[i] / scale_);
    }
  }

 private:
  double* row(Index i) const { return found_.rows().row(i); }

  void bring_largest_forward() {
    double* const squares = found_.squares();
    for (Index i = 0; i + 1 < size(); ++i) {
      const Index next = std::max_element(squares + i, squares + size()) - squares;
      if (next == i) continue;
      std::swap(squares[i], squares[next]);
      std::swap_ranges(row(i), row(i) + w_.length, row(next));
    }
  }

  /// A bound on norm(w - sum of the first r terms)_F; and the squares of the norms of their u_i. Numbers of
  /// the difference are sums of r + 1 products, each off by a rounding of itself and one of what was added.
  double measure(Index r) {
    const double* const squares = found_.squares();
    double of_rest = 0, of_w = 0;
    std::fill(lengths_, lengths_ + size(), 0.0);
    for (Index j = 0; j < size(); ++j) {
      std::copy(w_.row(j), w_.row(j) + w_.length, out_);
      of_w += dot(out_, out_, w_.length);
      for (Index i = 0; i < r && squares[i] > 0; ++i) {
        const double u = dot(w_.row(j), row(i), w_.length) / squares[i];
        lengths_[i] += u * u;
        add_multiple(out_, -u, row(i), w_.length);
      }
      of_rest += dot(out_, out_, w_.length);
    }
    const double lost = static_cast<double>(r + 2) * roundoff<double> * (std::sqrt(of_w) + terms(r));
    return std::sqrt(of_rest) * sums() + 1.1 * lost + 0x1p-500;
  }
  /// The sum of norm(u_i) norm(y_i) over the first r terms, rounded up.
  double terms(Index r) const {
    double sum = 0;
    for (Index i = 0; i < r; ++i) sum += std::sqrt(lengths_[i]) * std::sqrt(found_.squares()[i]);
    return sum * sums();
  }
  /// Covers the roundings of sums of squares, and of a sum over the values.
  double sums() const { return 1 + roundoff<double> * static_cast<double>(2 * size() + w_.length / 8 + 40); }

  double scale_;
  SingularRows found_;
  ShortRows w_;
  double *out_, *lengths_;
};

/// How far below its bound a nuclear norm must be that the bound is surely proved, in units of it.
template <Scalar S>
double nuclear_slack(Index rows, Index cols) {
  const double k = static_cast<double>(std::min(rows, cols)), m = static_cast<double>(std::max(rows, cols));
  return roundoff<double> * (2.3 * (k + 2) * std::sqrt(k) + 2 * (2 * k + m / 8 + 50)) +
         k * (std::same_as<S, float> ? 0x1p-38 : 0x1p-49);
}

}  // namespace espalier::detail
