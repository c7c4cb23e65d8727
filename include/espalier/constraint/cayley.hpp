// SPDX-License-Identifier: MIT
// Weights with orthonormal rows or columns, as a smooth function of numbers that are free.
#pragma once

#include "espalier/core/policy.hpp"
#include "espalier/kernel/cayley.hpp"

namespace espalier {

/// W' W = I for W with at least as many rows as columns, else W W' = I: with P = [U; V] (P' for the latter)
/// and A = U - U' + V' V, W = [(I + A)^-1 (I - A); -2 V (I + A)^-1] (Trockman & Kolter 2021). All singular
/// values of W are 1. Every number of W' W - I is at most 4 u of the model's precision + (rows + 32) 2^-53 in
/// size, in exact arithmetic, rows the longer side, where numbers of P are below 1e4. P that is not finite
/// gives NaN. A square W has no eigenvalue -1, so that its determinant is 1: reflections are limits only.
/// `assign` takes W with orthonormal rows or columns but for roundings and, if square, with eigenvalues away
/// from -1.
struct Cayley : detail::CayleyMap {
  static constexpr std::string_view name = "Cayley";

  bool operator==(const Cayley&) const = default;
};

}  // namespace espalier
