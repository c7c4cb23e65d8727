// SPDX-License-Identifier: MIT
// Weights of a vector that are equal to one another, or opposite.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/ties.hpp"

namespace espalier {
namespace detail {

/// The ties of a list.
struct ListedTies {
  const std::vector<Tie>& list;
  Tie operator()(Index i) const { return list[static_cast<std::size_t>(i)]; }
};
/// Those of n weights that read the same from both ends.
struct MirroredTies {
  Index n;
  Tie operator()(Index i) const { return {std::min(i, n - 1 - i)}; }
};

/// What goes together with ties between weights.
template <class Q>
constexpr bool meets_ties() {
  static_assert(!ProximalPenalty<Q> || homogeneous_policy<Q>(),
                "tied weights, as of Tied or Symmetric, with a penalty with a prox that is not homogeneous "
                "have no exact projection: write L1 with them, or drop one of the two");
  return true;
}

}  // namespace detail

/// `Tied{1, 2, 1, -2, 0}`: a number for each input. Weights with the same number are equal, with the same
/// number but another sign opposite, and with 0 free: here w_1 = w_3 and w_2 = -w_4, for each neuron.
/// `Whole{Tied{..}}` has a number for each weight, row by row. Exactly; rows that satisfy it are not touched.
///
/// The weights of a class move as one, to the mean of the step's y with weights 1 / t. Policies of single
/// weights, as Clip, L1, Mask and Frozen, act on that one, each as often as the class has weights; what the
/// intervals of all of them allow is left. So do norms: MaxNorm beside them, and UnitNorm and MinMaxNorm,
/// with each of these numbers counted as often. (Euclidean means, as of weights that share one gradient, are
/// something else where step sizes differ.)
class Tied {
 public:
  static constexpr std::string_view name = "Tied";
  static constexpr bool flat = true, convex = true;
  static constexpr Index room = detail::MergedWeights::room;

  Metric metric = Metric::step;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_ties<Q>();
  }

  Tied() = default;
  Tied(std::initializer_list<int> classes) : Tied(std::vector<int>(classes)) {}
  explicit Tied(std::vector<int> classes) : classes_(std::move(classes)), ties_(classes_.size()) {
    std::vector<std::size_t> order(classes_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return size_of(a) < size_of(b); });
    for (std::size_t k = 0, first = 0; k < order.size(); ++k) {
      if (k == 0 || classes_[order[k]] == 0 || size_of(order[k]) != size_of(first)) first = order[k];
      const bool opposite = (classes_[order[k]] < 0) != (classes_[first] < 0);
      ties_[order[k]] = {static_cast<Index>(first), opposite ? -1.0 : 1.0};
      opposes_ = opposes_ || opposite;
    }
  }

  const std::vector<int>& classes() const { return classes_; }

  detail::ListedTies ties(Index) const { return {ties_}; }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ties_hold(w.data(), w.size(), ties(w.size()));
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_ties(w.data(), w.size(), t, elements, ties(w.size()), numbers);
  }
  /// Opposite weights from each.low to each.high must both be there.
  bool reaches(const auto& each, Index) const { return !opposes_ || (each.low <= 0 && each.high >= 0); }
  /// Throws ShapeError, naming `where`, for vectors of another length.
  void validate(std::string_view where, Index n) const {
    if (static_cast<Index>(classes_.size()) != n)
      detail::fail<ShapeError>(where, {"a Tied with {} numbers, one for each weight of a vector", {n}},
                               classes_.size());
  }

  void describe(auto&& f) const { f("classes", std::vector<double>(classes_.begin(), classes_.end())); }

  bool operator==(const Tied& other) const { return metric == other.metric && classes_ == other.classes_; }

 private:
  long size_of(std::size_t i) const { return std::abs(static_cast<long>(classes_[i])); }
  std::vector<int> classes_;
  std::vector<detail::Tie> ties_;
  bool opposes_ = false;
};

/// w_i = w_n+1-i for each neuron with its n weights, as a filter with a linear phase. As Tied.
struct Palindromic {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "Palindromic";
  static constexpr bool flat = true, convex = true;
  static constexpr Index room = detail::MergedWeights::room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_ties<Q>();
  }
  detail::MirroredTies ties(Index n) const { return {n}; }
  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::ties_hold(w.data(), w.size(), ties(w.size()));
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_ties(w.data(), w.size(), t, elements, ties(w.size()), numbers);
  }

  bool operator==(const Palindromic&) const = default;
};

}  // namespace espalier
