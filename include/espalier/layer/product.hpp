// SPDX-License-Identifier: MIT
// Matrix products that do not allocate, and whose big kernels are compiled once per scalar.
#pragma once

#include <algorithm>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// A matrix whose extents the compiler is to forget.
template <class X>
using Plain = Eigen::Map<
    Eigen::Matrix<typename X::Scalar, Dynamic, Dynamic, X::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor>, 0,
    Eigen::OuterStride<>>;
template <class X>
using ConstPlain = Eigen::Map<const typename Plain<X>::PlainObject, 0, Eigen::OuterStride<>>;

/// to += a b. Eigen packs parts of a and b, on the stack if they fit there, else on the heap: hence the
/// tiles.
template <class A, class B, class To>
void add_tiles(const A& a, const B& b, To& to) {
  constexpr Index room = EIGEN_STACK_ALLOCATION_LIMIT / sizeof(typename A::Scalar), side = 128,
                  deep = room / side;
  const bool fits = (a.size() <= room && b.size() <= room) || a.rows() == 1 || b.cols() == 1;
  const Index rows = fits ? a.rows() : side, cols = fits ? b.cols() : side, depth = fits ? a.cols() : deep;
  for (Index k = 0; k < a.cols(); k += depth)
    for (Index j = 0; j < b.cols(); j += cols)
      for (Index i = 0; i < a.rows(); i += rows) {
        const Index m = std::min(rows, a.rows() - i), n = std::min(cols, b.cols() - j);
        const Index d = std::min(depth, a.cols() - k);
        to.block(i, j, m, n).noalias() += a.block(i, k, m, d) * b.block(k, j, d, n);
      }
}

/// to = a b, or to += a b. The loops over an `a` of fixed extents unroll, as far as Eigen thinks it worth
/// while.
template <bool add = false, class A, class B, class To>
void multiply(const A& a, const B& b, To& to) {
  if constexpr (A::SizeAtCompileTime != Dynamic) {
    constexpr Index cols = EIGEN_STACK_ALLOCATION_LIMIT / sizeof(typename A::Scalar) / A::ColsAtCompileTime;
    for (Index j = 0; j < b.cols(); j += cols) {
      const Index n = std::min(cols, b.cols() - j);
      if constexpr (add)
        to.middleCols(j, n).noalias() += a * b.middleCols(j, n);
      else
        to.middleCols(j, n).noalias() = a * b.middleCols(j, n);
    }
  } else {
    if constexpr (!add) to.setZero();
    Plain<To> sum(to.data(), to.rows(), to.cols(), Eigen::OuterStride<>(to.outerStride()));
    add_tiles(ConstPlain<A>(a.data(), a.rows(), a.cols(), Eigen::OuterStride<>(a.outerStride())),
              ConstPlain<B>(b.data(), b.rows(), b.cols(), Eigen::OuterStride<>(b.outerStride())), sum);
  }
}

}  // namespace espalier::detail
