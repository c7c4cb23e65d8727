// SPDX-License-Identifier: MIT
// Calls `at`, `keep` and `watch` of the policies of a pack for all places of a weight, and stores their
// numbers.
#pragma once

#include <limits>
#include <type_traits>
#include <vector>

#include "espalier/core/block.hpp"
#include "espalier/core/policy.hpp"

namespace espalier::detail {

/// When policies write down their numbers. `opened`: there are no weights yet (a model is made, `initialize`
/// begins), and a policy that keeps weights is given NaN. `started`: training starts from these weights.
/// `settled`: from these, and they are in their sets; then bounds set themselves, which leave all
/// weights free until then. `edited`: a policy has been changed; what is kept of the start stays, but a set
/// follows the weights.
enum class Remember { opened, started, settled, edited };

/// Writes the numbers that `policy` keeps of w.
template <class P, Scalar S>
void remember_one(const P& policy, Block<const S> w, S* numbers, Remember when) {
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i) {
      const Cell cell{j, i, w.rows, w.cols};
      S& number = numbers[j * w.cols + i];
      if constexpr (PlacedPolicy<P>)
        number = policy.template at<S>(cell);
      else if (when != Remember::edited || ElementSet<P>)
        number = policy.keep(
            when == Remember::opened ? std::numeric_limits<S>::quiet_NaN() : w.data[j * w.cols + i], cell);
    }
}

/// f(vector, its rows, what is kept of it) for each vector of w, or for the matrix; `numbers` has one for
/// each weight.
template <Grain grain, Scalar S, class F>
void each_kept_vector(Block<const S> w, S* numbers, F&& f) {
  if constexpr (grain == Grain::column) {
    std::vector<S> vector(static_cast<std::size_t>(w.rows)), own(vector.size());
    Eigen::Map<WeightMatrix<S>> all(numbers, w.rows, w.cols);
    for (Index i = 0; i < w.cols; ++i) {
      for (Index j = 0; j < w.rows; ++j) vector[static_cast<std::size_t>(j)] = w.row(j)[i];
      ArrayMap<S> kept(own.data(), w.rows);
      kept = all.col(i).array();
      f(ConstArrayMap<S>(vector.data(), w.rows), Index{1}, kept);
      all.col(i) = kept.matrix();
    }
  } else {
    const Index n = is_all(grain) ? w.size() : w.cols;
    for (Index first = 0; first < w.size(); first += n)
      f(ConstArrayMap<S>(w.data + first, n), grain == Grain::matrix ? w.rows : 1,
        ArrayMap<S>(numbers + first, n));
  }
}

/// Writes what a bound keeps of the vectors of w.
template <Grain grain, class P, Scalar S>
void remember_bounds(const P& policy, Block<const S> w, S* numbers, Remember when) {
  if (when == Remember::edited) return;
  const ConstArrayMap<S> none(nullptr, 0);
  each_kept_vector<grain>(w, numbers, [&](const ConstArrayMap<S>& vector, Index rows, ArrayMap<S> own) {
    own = policy.keep(when == Remember::settled ? vector : none, rows);
  });
}

/// After a step: policies that watch their vectors.
template <Scalar S, class PackType>
void watch_vectors(const void* pack, Block<const S> w, S* numbers, Index apart, long step) {
  static_cast<const PackType*>(pack)->each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (WatchesSteps<P>)
      each_kept_vector<PackType::grain>(PackType::in_vectors(w),
                                        numbers + PackType::template memory_of<P> * apart,
                                        [&](const ConstArrayMap<S>& vector, Index rows, ArrayMap<S> own) {
                                          p.watch(vector, rows, own, step);
                                        });
  });
}
/// The function that does it; null for a pack without such policies.
template <Scalar S, class PackType>
constexpr auto watch_of() -> void (*)(const void*, Block<const S>, S*, Index, long) {
  if constexpr (PackType::watches)
    return watch_vectors<S, PackType>;
  else
    return nullptr;
}

/// Writes the numbers of all policies of a pack, each `apart` numbers from the one before.
template <class PackType, Scalar S>
void remember(const PackType& pack, std::type_identity_t<Block<const S>> w, S* numbers, Index apart,
              Remember when) {
  pack.each([&]<class P>([[maybe_unused]] const P& p, std::size_t) {
    if constexpr (StartingBound<P>)
      remember_bounds<PackType::grain>(p, PackType::in_vectors(w),
                                       numbers + PackType::template memory_of<P> * apart, when);
    else if constexpr (KeepsNumbers<P>)
      remember_one(p, w, numbers + PackType::template memory_of<P> * apart, when);
  });
}

}  // namespace espalier::detail
