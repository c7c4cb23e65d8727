// SPDX-License-Identifier: MIT
// The policies of single weights that a policy of vectors is given (its `elements`), where one of them has
// `at` or `keep` and treats each weight in its own way.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <tuple>
#include <utility>

#include "espalier/core/elements.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/pack/apply.hpp"

namespace espalier::detail {

/// Each weight has its own interval and its own penalties: at(i) has the members of `Elements` for the i-th
/// of the vector. A weight that may not move, as under Frozen, has an interval of one point.
template <Scalar S, class... Ps>
struct PlacedElements {
  static constexpr bool homogeneous =
      (true && ... && (homogeneous_policy<Ps>() || !(ElementSet<Ps> || ProximalPenalty<Ps>)));
  static constexpr bool none = false, alike = false;

  std::tuple<const Ps&...> policies;
  std::array<const S*, sizeof...(Ps)> numbers;  // that each keeps for the vector; null: none

  /// The policies of one weight.
  struct At {
    const PlacedElements& all;
    Index i;

    template <Scalar T>
    T prox(T y, T t) const {
      all.each(i, [&]<class P>(const P& p, auto... own) {
        if constexpr (ProximalPenalty<P>) y = p.prox(y, t, static_cast<T>(own)...);
      });
      return y;
    }
    template <Scalar T>
    T project(T w) const {
      all.each(i, [&]<class P>(const P& p, auto... own) {
        if constexpr (ElementSet<P>) w = p.project(w, static_cast<T>(own)...);
      });
      return w;
    }
    template <Scalar T>
    Interval<T> interval() const {
      return {project(std::numeric_limits<T>::lowest()), project(std::numeric_limits<T>::max())};
    }
    template <Scalar T>
    double cost(T w) const {
      double sum = 0;
      all.each(i, [&]<class P>(const P& p, auto... own) {
        if constexpr (ProximalPenalty<P>) sum += static_cast<double>(p.value(w, static_cast<T>(own)...));
      });
      return sum;
    }
  };
  At at(Index i) const { return {*this, i}; }

  /// What they make of `count` weights from the i-th on.
  Line<S> line_at(Index i, const Line<S>& y, const Line<S>& t, Index count) const {
    typename Line<S>::Array moved = y.array(), steps = t.array();
    for (Index k = 0; k < std::min(count, Line<S>::size); ++k) {
      const At here = at(i + k);
      moved.data()[k] = here.project(here.prox(moved.data()[k], steps.data()[k]));
    }
    return Line<S>(moved);
  }

  /// f(policy, the number that it keeps for the i-th weight, if it keeps any) for each of them.
  template <class F>
  void each(Index i, F&& f) const {
    [&]<std::size_t... k>(std::index_sequence<k...>) { (one(std::get<k>(policies), numbers[k], i, f), ...); }
    (std::index_sequence_for<Ps...>{});
  }

  // A policy of vectors that asks for these knows one interval for all.
  template <Scalar T>
  T prox(T y, T) const {
    return refuse<T>(), y;
  }
  template <Scalar T>
  Interval<T> interval() const {
    return refuse<T>(), Interval<T>{};
  }

 private:
  template <class P, class F>
  static void one(const P& p, [[maybe_unused]] const S* own, [[maybe_unused]] Index i, F& f) {
    if constexpr (KeepsNumbers<P>)
      f(p, own[i]);
    else
      f(p);
  }
  template <class T>
  static void refuse() {
    static_assert(sizeof(T) == 0,
                  "a policy of vectors is beside one that knows the place of each weight, as Mask or Frozen: "
                  "it must ask for elements.at(i).prox(y, t) and elements.at(i).interval<S>(), not for those "
                  "of all");
  }
};

}  // namespace espalier::detail
