// SPDX-License-Identifier: MIT
// Square weights that are equal to their transpose, or along their diagonals.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

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
  static constexpr std::string_view name = "Symmetric";
  using SquareTies::SquareTies;
  Tie operator()(Index i) const { return {std::min(i, i % side_ * side_ + i / side_)}; }
};
/// Along diagonals that go around, to the first row.
struct DiagonalTies : SquareTies {
  static constexpr std::string_view name = "Circulant";
  using SquareTies::SquareTies;
  Tie operator()(Index i) const {
    const Index row = i / side_, col = i % side_;
    return {row == 0 ? i : (col + side_ - row % side_) % side_};
  }
};

}  // namespace detail

/// Weights of a square matrix that are tied to one another: Symmetric and Circulant. It looks at all of the
/// weight, and finds the nearest one in the metric of the step: weights that are tied go to their mean with
/// weights 1 / t. With policies of single weights, and with Whole{MaxNorm{..}} and its like, as Tied.
template <class Ties>
struct TiedSquare {
  Metric metric = Metric::step;

  static constexpr std::string_view name = Ties::name;
  static constexpr Grain grain = Grain::whole;
  static constexpr bool flat = true, convex = true;
  static constexpr Index room = detail::MergedWeights::room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_ties<Q>();
  }
  Ties ties(Index n) const { return Ties(n); }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ties_hold(w.data(), w.size(), ties(w.size()));
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_ties(w.data(), w.size(), t, elements, ties(w.size()), numbers);
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    if (rows != cols)
      detail::fail<ShapeError>(where, {"a {} weight with as many rows as columns", {name}},
                               detail::format_message("one of {} x {}", {rows, cols}));
  }

  bool operator==(const TiedSquare&) const = default;
};

/// W = W', of a square weight, exactly.
using Symmetric = TiedSquare<detail::TransposedTies>;
/// w_ij depends on j - i alone, modulo the number of columns: each row is the one above it, moved by one
/// place, and W x is a convolution with the first row that goes around.
using Circulant = TiedSquare<detail::DiagonalTies>;

}  // namespace espalier
