// SPDX-License-Identifier: MIT
// The singular values of a weight have a bounded sum.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/constraint/l1_ball.hpp"
#include "espalier/constraint/on_singular_values.hpp"
#include "espalier/kernel/singular_sum.hpp"

namespace espalier {
namespace detail {

/// The threshold above which the values, in descending order, sum to `goal` when it is taken from them
/// (Duchi et al. 2008, figure 1).
template <class Values>
double threshold_of_sum(const Values& values, double goal) {
  double sum = 0, threshold = 0;
  for (Index i = 0; i < values.size() && values[i] > threshold; ++i) {
    sum += values[i];
    threshold = std::max(0.0, (sum - goal) / static_cast<double>(i + 1));
  }
  return threshold;
}

}  // namespace detail

/// The sum of the singular values of W is at most `bound`, in exact arithmetic: W of low rank, without a
/// penalty to tune. It is L1Ball of the singular values. They fall by a common threshold, the small ones to
/// zero as far as rounding the weights leaves a zero; that is the nearest point of the Euclidean norm, and of
/// every scalar metric (Cai, Candes & Shen 2010).
///
/// The bound is proved by the sum of the norms of rank-one terms and the square root of min(rows, cols) times
/// the Frobenius norm of what they miss. Weights that are closer to the bound than the roundings of that are
/// moved inside, by at most about sqrt(min(rows, cols)) units of roundoff of it. A step costs a look at each
/// number where norm(W)_F is at most bound / sqrt(min(rows, cols)), a decomposition where W is inside, and
/// three of them where it is not.
struct NuclearBall {
  double bound = 1;

  static constexpr std::string_view name = "NuclearBall";
  static constexpr bool of_singular_values = true, corners = true;
  static constexpr Index room = detail::sum_room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_singular_values<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    return upper_bound(w, numbers) <= bound;
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    if (!std::isfinite(detail::largest_magnitude(Block<const S>(w)))) return;
    double found = upper_bound(Block<const S>(w), numbers);
    if (found <= bound) return;
    shrink_values(w, numbers);
    for (double less = 4 * detail::roundoff<S>; less < 1; less *= 4) {
      found = upper_bound(Block<const S>(w), numbers);
      if (found <= bound) return;
      for (Index i = 0; i < w.size(); ++i)
        w.data[i] = static_cast<S>(static_cast<double>(w.data[i]) * (bound / found) * (1 - less));
    }
    std::fill(w.data, w.data + w.size(), S(0));
  }
  /// min(rows, cols) equal singular values, whose sum is the bound at most.
  OrthogonalFactors initializer() const { return {.most_sum = bound}; }
  void validate() const { detail::check_positive_float(name, "bound", bound); }
  void describe(auto&& f) const { f("bound", bound); }

  bool operator==(const NuclearBall&) const = default;

 private:
  /// Of the nuclear norm; infinity where w is not finite, or its Frobenius norm already is above the bound.
  template <Scalar S>
  double upper_bound(Block<const S> w, double* numbers) const {
    const double largest = detail::largest_magnitude(w);
    if (!(largest > 0) || std::isinf(largest)) return largest;
    const double of_all = detail::norm(w.data, w.size()) * (1 + 4 * detail::roundoff<double>),
                 most = of_all * std::sqrt(static_cast<double>(std::min(w.rows, w.cols)));
    if (most * (1 + static_cast<double>(w.size()) * 0x1p-52) <= bound) return most;
    return detail::SingularSum(w, numbers).nuclear_norm();
  }

  /// The values less their threshold. Rounding the weights can add sqrt(k) units of their Frobenius norm.
  template <Scalar S>
  void shrink_values(Block<S> w, double* numbers) const {
    detail::SingularSum values(Block<const S>(w), numbers);
    const double goal = bound * (1 - detail::nuclear_slack<S>(w.rows, w.cols));
    double squares = 0, threshold = detail::threshold_of_sum(values, goal);
    for (Index i = 0; i < values.size(); ++i)
      squares += std::pow(std::max(values[i] - threshold, 0.0) / bound, 2);
    const double rounded =
        1.1 * detail::roundoff<S> * std::sqrt(squares * static_cast<double>(values.size()));
    threshold = detail::threshold_of_sum(values, goal - bound * rounded);
    values.compose(w, [&](Index i) {
      const double s = values[i];
      return s > threshold ? (s - threshold) / s : 0;
    });
  }
};

/// OnSingularValues<L1Ball> is NuclearBall.
template <>
struct detail::SpectralSet<L1Ball> {
  static NuclearBall of(const L1Ball& p) { return {p.radius}; }
};

}  // namespace espalier
