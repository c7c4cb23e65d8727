// SPDX-License-Identifier: MIT
// Square weights that are equal to their transpose, or along their diagonals.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/constraint/tied.hpp"

namespace espalier {
namespace detail {

/// The ties of a square of n numbers.
class SquareTies {
 public:
  explicit SquareTies(Index n)
      : side_(std::max(static_cast<Index>(std::sqrt(static_cast<double>(n)) + 0.5), Index{1})) {}

 protected:
  Index side_;
};
/// To the transpose.
struct TransposedTies : SquareTies {
  using SquareTies::SquareTies;
  Tie operator()(Index i) const { return {std::min(i, i % side_ * side_ + i / side_)}; }
};
/// Along diagonals that go around, to the first row.
struct DiagonalTies : SquareTies {
  using SquareTies::SquareTies;
  Tie operator()(Index i) const {
    const Index row = i / side_, col = i % side_;
    return {row == 0 ? i : (col + side_ - row % side_) % side_};
  }
};

inline void check_square(std::string_view where, std::string_view policy, Index rows, Index cols) {
  if (rows != cols)
    fail<ShapeError>(where, {"a {} weight with as many rows as columns", {policy}},
                     format_message("one of {} x {}", {rows, cols}));
}

}  // namespace detail

/// W = W', of a square weight, exactly. It looks at all of the weight, and finds the nearest symmetric one in
/// the metric of the step: w_ij and w_ji go to their mean with weights 1 / t. With policies of single weights
/// as Tied; with Whole{MaxNorm{..}} too.
struct Symmetric {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Symmetric";
  static constexpr Grain grain = Grain::whole;
  static constexpr bool flat = true, convex = true;
  static constexpr Index room = detail::MergedWeights::room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_ties<Q>();
  }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ties_hold(w.data(), w.size(), detail::TransposedTies(w.size()));
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_ties(w.data(), w.size(), t, elements, detail::TransposedTies(w.size()), numbers);
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    detail::check_square(where, name, rows, cols);
  }

  bool operator==(const Symmetric&) const = default;
};

/// w_ij depends on j - i alone, modulo the number of columns: each row is the one above it, moved by one
/// place, and W x is a convolution with the first row that goes around. Otherwise as Symmetric.
struct Circulant {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Circulant";
  static constexpr Grain grain = Grain::whole;
  static constexpr bool flat = true, convex = true;
  static constexpr Index room = detail::MergedWeights::room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_ties<Q>();
  }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ties_hold(w.data(), w.size(), detail::DiagonalTies(w.size()));
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_ties(w.data(), w.size(), t, elements, detail::DiagonalTies(w.size()), numbers);
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    detail::check_square(where, name, rows, cols);
  }

  bool operator==(const Circulant&) const = default;
};

}  // namespace espalier
