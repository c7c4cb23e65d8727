// SPDX-License-Identifier: MIT
// What a policy says of itself in constants, and what it means if it says nothing.
#pragma once

namespace espalier {

/// Is a set a cone, or a penalty linear on either side of 0?
template <class P>
constexpr bool homogeneous_policy() {
  if constexpr (requires { P::homogeneous; }) return P::homogeneous;
  return false;
}

/// Does a set have with a weight all others that are between it and zero, number by number?
template <class P>
constexpr bool solid_policy() {
  if constexpr (requires { P::solid; }) return P::solid;
  return false;
}

/// Is a penalty convex? (Of sets it is not asked.)
template <class P>
inline constexpr bool is_convex = [] {
  if constexpr (requires { P::convex; }) return bool{P::convex};
  return true;
}();

/// Does a set by norm say how long a vector must be at least?
template <class P>
inline constexpr bool is_shell = [] {
  if constexpr (requires { P::shell; }) return bool{P::shell};
  return false;
}();

/// Is a penalty one of the Euclidean norm alone?
template <class P>
constexpr bool of_norm_policy() {
  if constexpr (requires { P::of_norm; }) return P::of_norm;
  return false;
}

}  // namespace espalier
