// SPDX-License-Identifier: MIT
// A cache line of numbers: as many as are computed with at a time, in one register or a few.
#pragma once

#include <algorithm>

#include "espalier/core/matrix.hpp"

namespace espalier {

template <Scalar S>
using Line = Eigen::Array<S, 64 / sizeof(S), 1>;

namespace detail {

template <Scalar S>
inline constexpr Index line_length = Line<S>::SizeAtCompileTime;

/// The first `n` numbers of a line, the others zero.
template <Scalar S>
EIGEN_ALWAYS_INLINE Line<S> load_line(const S* from, Index n) {
  if (n >= line_length<S>) return Eigen::Map<const Line<S>>(from);
  Line<S> line = Line<S>::Zero();
  std::copy_n(from, n, line.data());
  return line;
}

/// What stands behind the first `n` numbers becomes zero.
template <Scalar S>
EIGEN_ALWAYS_INLINE void clear_rest(Line<S>& line, Index n) {
  for (Index i = n; i < line_length<S>; ++i) line[i] = 0;
}

template <Scalar S>
EIGEN_ALWAYS_INLINE void store_line(const Line<S>& line, S* to, Index n) {
  if (n >= line_length<S>)
    Eigen::Map<Line<S>>{to} = line;
  else
    std::copy_n(line.data(), n, to);
}

}  // namespace detail
}  // namespace espalier
