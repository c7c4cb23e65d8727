// SPDX-License-Identifier: MIT
// Rows of weights, the packs that the foundation's policies can form, and what a pack makes of a row.
#pragma once

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/core/rng.hpp"
#include "espalier/pack/pack.hpp"

namespace test {

using espalier::Index, espalier::Pack, espalier::Rng, espalier::Scalar;

template <Scalar S>
using Numbers = std::vector<S>;

template <Scalar S>
bool same_bits(const Numbers<S>& a, const Numbers<S>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(S)) == 0;
}

template <Scalar S>
Numbers<S> random_row(Index n, double scale, Rng& rng) {
  Numbers<S> row(static_cast<std::size_t>(n));
  for (S& x : row) x = static_cast<S>(scale * rng.normal());
  return row;
}

/// Step sizes as uneven as Adam's.
template <Scalar S>
Numbers<S> random_steps(Index n, Rng& rng) {
  Numbers<S> t(static_cast<std::size_t>(n));
  for (S& x : t) x = static_cast<S>(std::exp(rng.normal()));
  return t;
}

template <Scalar S>
double length(const Numbers<S>& row) {
  return espalier::detail::norm(row.data(), static_cast<Index>(row.size()));
}

template <Scalar S, class... Ps>
bool contains(const Pack<Ps...>& pack, const Numbers<S>& row) {
  return pack.contains(row.data(), static_cast<Index>(row.size()));
}

/// What a pack makes of a row after a step with the step sizes `t`; none: `rate` for all.
template <bool with_penalties = true, Scalar S, class... Ps>
Numbers<S> constrained(const Pack<Ps...>& pack, Numbers<S> row, const Numbers<S>& t = {}, S rate = 1) {
  typename Pack<Ps...>::Counts counts{};
  Numbers<S> copies(row.size() * Pack<Ps...>::copies);
  Numbers<double> room(row.size() * Pack<Ps...>::room);
  const espalier::Steps<S> steps{t.empty() ? nullptr : t.data(), rate};
  pack.template constrain<with_penalties>(row.data(), static_cast<Index>(row.size()), steps, rate,
                                          {copies.data(), room.data()}, counts);
  return row;
}

template <Scalar S, class... Ps>
Numbers<S> projected(const Pack<Ps...>& pack, const Numbers<S>& row, const Numbers<S>& t = {}) {
  return constrained<false>(pack, row, t);
}

inline constexpr espalier::Clip clip{-0.7, 0.9};
inline constexpr espalier::MaxNorm max_norm{1.1};

/// f(name, policies...) for every legal intersection of the foundation's convex sets.
template <class F>
void for_each_convex_set(F&& f) {
  using espalier::NonNegative;
  f("Clip", clip);
  f("Clip above zero", espalier::Clip{0.1, 0.3});
  f("NonNegative", NonNegative{});
  f("MaxNorm", max_norm);
  f("Clip, NonNegative", clip, NonNegative{});
  f("Clip, MaxNorm", clip, max_norm);
  f("NonNegative, MaxNorm", NonNegative{}, max_norm);
  f("Clip, NonNegative, MaxNorm", clip, NonNegative{}, max_norm);
}

/// The same for those with UnitNorm.
template <class F>
void for_each_sphere(F&& f) {
  f("UnitNorm", espalier::UnitNorm{});
  f("NonNegative, UnitNorm", espalier::NonNegative{}, espalier::UnitNorm{});
}

template <class F>
void for_each_set(F&& f) {
  for_each_convex_set(f);
  for_each_sphere(f);
}

}  // namespace test
