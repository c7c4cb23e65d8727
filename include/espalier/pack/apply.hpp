// SPDX-License-Identifier: MIT
// One policy applied to many weights: a cache line of them, or a row.
#pragma once

#include <concepts>

#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"
#include "espalier/pack/norm_projection.hpp"

namespace espalier::detail {

/// f(w_i, i) for all of a line.
template <Scalar S, class F>
Line<S> map_line(const Line<S>& w, F&& f) {
  typename Line<S>::Array numbers = w.array();
  S* x = numbers.data();
  // The compiler is to see a loop that it can vectorize, not many statements.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC unroll 1
#endif
  for (Index i = 0; i < line_length<S>; ++i) x[i] = f(x[i], i);
  return Line<S>(numbers);
}

// A policy may take whole lines itself.

template <Scalar S, class P>
EIGEN_ALWAYS_INLINE Line<S> gradient_of_line(const P& p, const Line<S>& w) {
  if constexpr (requires {
                  { p.gradient(w) } -> std::same_as<Line<S>>;
                })
    return p.gradient(w);
  else
    return map_line(w, [&](S x, Index) { return p.gradient(x); });
}

template <Scalar S, class P>
EIGEN_ALWAYS_INLINE Line<S> prox_of_line(const P& p, const Line<S>& y, const Line<S>& t) {
  if constexpr (requires {
                  { p.prox(y, t) } -> std::same_as<Line<S>>;
                })
    return p.prox(y, t);
  else
    return map_line(y, [&, steps = t.array()](S x, Index i) { return p.prox(x, steps.data()[i]); });
}

template <Scalar S, class P>
EIGEN_ALWAYS_INLINE Line<S> project_line(const P& p, const Line<S>& w) {
  if constexpr (requires {
                  { p.project(w) } -> std::same_as<Line<S>>;
                })
    return p.project(w);
  else
    return map_line(w, [&](S x, Index) { return p.project(x); });
}

/// The nearest row of a set of rows, in the metric of the step sizes if the policy knows it. Was it moved?
template <class P, Scalar S>
Index project_row(const P& p, S* w, Index n, [[maybe_unused]] Steps<S> steps) {
  if (p.contains(ConstRow<S>(w, n))) return 0;
  Row<S> row(w, n);
  if constexpr (requires(ConstRow<S> t) { p.project(row, t); })
    if (steps.each) return p.project(row, ConstRow<S>(steps.each, n)), 1;
  p.project(row);
  return 1;
}

}  // namespace espalier::detail
