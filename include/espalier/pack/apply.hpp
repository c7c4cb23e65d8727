// SPDX-License-Identifier: MIT
// One policy applied to many weights: a cache line of them, or a vector.
#pragma once

#include <algorithm>
#include <concepts>

#include "espalier/core/block.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

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

// A policy may take whole lines itself. `own` are the numbers that it keeps for them, if it keeps any.

template <Scalar S, class P, class... Own>
ESPALIER_INLINE Line<S> gradient_of_line(const P& p, const Line<S>& w, const Own&... own) {
  if constexpr (requires {
                  { p.gradient(w, own...) } -> std::same_as<Line<S>>;
                })
    return p.gradient(w, own...);
  else
    return map_line(w, [&, ... numbers = own.array()](S x, [[maybe_unused]] Index i) {
      return p.gradient(x, numbers.data()[i]...);
    });
}

template <Scalar S, class P, class... Own>
ESPALIER_INLINE Line<S> prox_of_line(const P& p, const Line<S>& y, const Line<S>& t, const Own&... own) {
  if constexpr (requires {
                  { p.prox(y, t, own...) } -> std::same_as<Line<S>>;
                })
    return p.prox(y, t, own...);
  else
    return map_line(y, [&, steps = t.array(), ... numbers = own.array()](S x, [[maybe_unused]] Index i) {
      return p.prox(x, steps.data()[i], numbers.data()[i]...);
    });
}

template <Scalar S, class P, class... Own>
ESPALIER_INLINE Line<S> project_line(const P& p, const Line<S>& w, const Own&... own) {
  if constexpr (requires {
                  { p.project(w, own...) } -> std::same_as<Line<S>>;
                })
    return p.project(w, own...);
  else
    return map_line(w, [&, ... numbers = own.array()](S x, [[maybe_unused]] Index i) {
      return p.project(x, numbers.data()[i]...);
    });
}

/// f(i, what P keeps for weight i, if it keeps any) for n weights. `own` are the numbers that it keeps.
template <class P, Scalar S, class F>
void each_weight(Index n, [[maybe_unused]] const S* own, F&& f) {
  for (Index i = 0; i < n; ++i)
    if constexpr (KeepsNumbers<P>)
      f(i, own[i]);
    else
      f(i);
}

/// y = the nearest vector of a set, with the policies of elements where it knows how, in the metric of the
/// step sizes if it knows that.
template <VectorSet P, Scalar S, class Elements>
void project_vector(const P& p, S* y, Index n, [[maybe_unused]] Steps<S> steps,
                    [[maybe_unused]] const Elements& elements, [[maybe_unused]] double* room) {
  Row<S> row(y, n);
  if constexpr (requires { p.project(row, steps, elements, room); }) {
    p.project(row, steps, elements, room);
  } else if constexpr (requires { p.project(row, steps, elements); }) {
    p.project(row, steps, elements);
  } else {
    if constexpr (requires(ConstRow<S> t) { p.project(row, t); })
      if (steps.each) return p.project(row, ConstRow<S>(steps.each, n));
    p.project(row);
  }
}

/// y = the proximal point of a penalty of vectors, likewise. `even` has room for n numbers, where a policy
/// wants a step size for each weight.
template <VectorPenalty P, Scalar S, class Elements>
void prox_vector(const P& p, S* y, Index n, Steps<S> steps, [[maybe_unused]] const Elements& elements,
                 [[maybe_unused]] double* room, [[maybe_unused]] S* even) {
  Row<S> row(y, n);
  if constexpr (requires { p.prox(row, steps, elements, room); }) {
    p.prox(row, steps, elements, room);
  } else if constexpr (requires { p.prox(row, steps, elements); }) {
    p.prox(row, steps, elements);
  } else {
    if (!steps.each) std::fill(even, even + n, steps.uniform);
    p.prox(row, ConstRow<S>(steps.each ? steps.each : even, n));
  }
}

/// Is a policy told to be Euclidean?
template <class P>
bool told_euclidean([[maybe_unused]] const P& p) {
  if constexpr (requires {
                  { p.metric } -> std::convertible_to<Metric>;
                })
    return p.metric == Metric::euclidean;
  return false;
}

/// Does a set of matrices know no metric but the Euclidean one, or is it told so?
template <MatrixSet P>
bool only_euclidean_matrix(const P& p) {
  return !ProjectsMatrixInSteps<P> || told_euclidean(p);
}
/// And a set of vectors?
template <VectorSet P>
bool only_euclidean(const P& p) {
  if (told_euclidean(p)) return true;
  return !ProjectsWithElements<P> && !requires(Row<float> row, ConstRow<float> t) { p.project(row, t); };
}

}  // namespace espalier::detail
