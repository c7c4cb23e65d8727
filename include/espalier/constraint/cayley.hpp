// SPDX-License-Identifier: MIT
// Weights with orthonormal rows or columns, as a smooth function of numbers that are free.
#pragma once

#include <cmath>

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
struct Cayley {
  static constexpr std::string_view name = "Cayley";

  Index room_for(Index rows, Index cols) const {
    return 2 * rows * cols + detail::cayley_room(std::min(rows, cols));
  }

  template <Scalar S>
  void weight(Block<const S> p, Block<S> w, double* room) const {
    detail::TallMatrix tall = detail::tall_matrix(p, room);
    detail::cayley(tall, room + p.size(), room + 2 * p.size());
    tall.data = room + p.size();
    detail::write_back(tall, w);
  }

  template <Scalar S>
  void pull_back(Block<const S> p, Block<const S>, Block<S> dw, double* room) const {
    const detail::TallMatrix tall = detail::tall_matrix(p, room),
                             g = detail::tall_matrix(Block<const S>(dw), room + p.size());
    detail::cayley_pull_back(tall, g.data, room + 2 * p.size());
    detail::write_back(g, dw);
  }

  template <Scalar S>
  bool parameter(Block<S> w, double* room) const {
    const double u = detail::roundoff<S>;
    const detail::TallMatrix tall = detail::tall_matrix(Block<const S>(w), room);
    if (!detail::cayley_parameter(tall, 64 * u, std::pow(u, -1.0 / 3), room + 2 * w.size())) return false;
    detail::write_back(tall, w);
    return true;
  }

  bool operator==(const Cayley&) const = default;
};

}  // namespace espalier
