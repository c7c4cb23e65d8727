// SPDX-License-Identifier: MIT
// A weight has at most so many singular values that are not zero.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>

#include "espalier/constraint/on_singular_values.hpp"
#include "espalier/constraint/top_k.hpp"
#include "espalier/core/error.hpp"
#include "espalier/kernel/singular_sum.hpp"

namespace espalier {

/// rank(W) <= rank: the largest singular values stay, the others become zero, which is a nearest point of the
/// Euclidean norm and of every scalar metric (Eckart & Young 1936): TopK of the singular values, and what
/// OnSingularValues{TopK{rank}} is. Of equal values, which ones stay is up to the decomposition, the same in
/// every run. The set is not convex.
///
/// Rounded numbers are seldom of low rank exactly. A weight is accepted if it is proved to be as near to a
/// matrix B of that rank as rounding the numbers of B leaves it:
///
///   norm(W - B)_F <= (2 u + 16 v (k + rank sqrt(rank))) norm(W)_F,   k = min(rows, cols),
///
/// with the unit of roundoff u of the weights and v = 2^-53. So sigma_(rank+1) is at most sqrt(k) times that
/// much of sigma_1. A step costs a decomposition where W is accepted and three where it is not. Weights whose
/// numbers would become denormal round more coarsely, and may be cleared.
struct LowRank {
  Index rank = 1;

  static constexpr std::string_view name = "LowRank";
  static constexpr bool of_singular_values = true, flat = true, corners = true;
  static constexpr Index room = detail::sum_room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_singular_values<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    const double largest = detail::largest_magnitude(w);
    if (!(largest > 0) || rank >= std::min(w.rows, w.cols)) return std::isfinite(largest);
    if (std::isinf(largest)) return false;
    const double size = detail::norm(w.data, w.size());
    return detail::SingularSum(w, numbers, least<S>()).distance_to_rank(rank) <=
           tolerance<S>(w.rows, w.cols) * size;
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    if (!std::isfinite(detail::largest_magnitude(Block<const S>(w)))) return;
    // Numbers that are denormal round more coarsely: what does not become a matrix of that rank is cleared.
    for (int pass = 0; pass < 3; ++pass) {
      if (contains(Block<const S>(w), numbers)) return;
      detail::SingularSum(Block<const S>(w), numbers, least<S>()).compose(w, [&](Index i) {
        return i < rank ? 1 : 0;
      });
    }
    if (!contains(Block<const S>(w), numbers)) std::fill(w.data, w.data + w.size(), S(0));
  }

  OrthogonalFactors initializer() const { return {.rank = rank}; }
  void validate() const {
    if (rank < 1) detail::fail(name, "rank >= 1", rank);
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    if (rank > std::min(rows, cols))
      detail::fail<ShapeError>(
          where, detail::format_message("LowRank with a rank of at most {}", {std::min(rows, cols)}), rank);
  }
  void describe(auto&& f) const { f("rank", static_cast<double>(rank)); }

  bool operator==(const LowRank&) const = default;

 private:
  /// Values that are far below the largest need not be told apart to more digits than floats have.
  template <Scalar S>
  static constexpr double least() {
    return std::same_as<S, float> ? 1 : 0;
  }
  template <Scalar S>
  double tolerance(Index rows, Index cols) const {
    const double r = static_cast<double>(rank);
    return 2 * detail::roundoff<S> +
           16 * detail::roundoff<double> * (static_cast<double>(std::min(rows, cols)) + r * std::sqrt(r));
  }
};

/// OnSingularValues<TopK> is LowRank.
template <>
struct detail::SpectralSet<TopK> {
  static LowRank of(const TopK& p) { return {p.k}; }
};

}  // namespace espalier
