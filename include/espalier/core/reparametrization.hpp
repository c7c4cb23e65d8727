// SPDX-License-Identifier: MIT
// The contract of reparametrizations: policies that make the weight W of what is stored, P. The third kind
// of three sees all of a weight at once:
//
//   void weight(Block<const S> p, Block<S> w, double* room) const       writes W; each is rows x cols
//   void pull_back(Block<const S> p, Block<const S> w, Block<S> dw, double* room) const
//                                       turns the gradient of W into that of P, in place
//   bool parameter(Block<S> w, double* room) const       turns W into a P that gives it; returns false, and
//                                       leaves an initializer's numbers as P, if none does within roundings
//   Index room_for(Index rows, Index cols) const         optional: how many doubles of room they work in
//   bool promises(Block<const S> w) const                optional: what holds of every W, for check_policy
//
// P and W never share memory. A map may have numbers beside P, as a bound that is trained. They are another
// parameter of the layer: a gain if they are trained, else a buffer. Then it has
//
//   Index beside(Index rows, Index cols) const           how many numbers
//   static constexpr std::string_view beside_name        "bound", in paths: 0.bound
//   static constexpr bool trains_beside
//
// and the members above take them, as ConstRow<S> behind p (weight, pull_back) and as Row<S> behind w
// (parameter, which sets them in any case). `pull_back` of trained ones takes a Row<S> behind dw, too, for
// their gradient. Others may be moved before each forward pass of training:
//
//   void advance(Block<const S> p, Row<S> beside, double* room) const
#pragma once

#include <concepts>
#include <string_view>

#include "espalier/core/block.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// The rows of W have a scale of their own, which is trained or 1.
template <class P>
concept RowScale = requires {
  { P::trains_gain } -> std::convertible_to<bool>;
};

/// Each number of W is a function of the one that is stored: `parameter(w)` is what is stored for w (NaN:
/// nothing gives it), `pull_back(p, dw)` the gradient of p from that of weight(p). Optional is `start(w)`,
/// what is stored for an initializer's w; else that for |w| where nothing gives w.
template <class P>
concept ElementMap = requires(const P& policy, float f, double d) {
  { policy.weight(f) } -> std::same_as<float>;
  { policy.weight(d) } -> std::same_as<double>;
  { policy.parameter(f) } -> std::same_as<float>;
  { policy.pull_back(f, f) } -> std::same_as<float>;
};

/// Has a map numbers beside the matrix that is stored?
template <class P>
concept HasNumbersBeside = requires(const P& p, Index n) {
  { p.beside(n, n) } -> std::convertible_to<Index>;
  { P::trains_beside } -> std::convertible_to<bool>;
  { P::beside_name } -> std::convertible_to<std::string_view>;
};

namespace detail {

template <class P, class S>
concept MapsMatrix = requires(const P& p, Block<const S> stored, Block<S> w, double* room) {
  p.weight(stored, w, room);
  p.pull_back(stored, stored, w, room);
  { p.parameter(w, room) } -> std::same_as<bool>;
};
template <class P, class S>
concept MapsMatrixBeside = HasNumbersBeside<P> &&
    requires(const P& p, Block<const S> stored, Block<S> w, ConstArrayMap<S> beside, ArrayMap<S> changed,
             double* room) {
  p.weight(stored, beside, w, room);
  { p.parameter(w, changed, room) } -> std::same_as<bool>;
};

}  // namespace detail

/// W is a function of all of P.
template <class P>
concept MatrixMap = (detail::MapsMatrix<P, float> && detail::MapsMatrix<P, double>) ||
                    (detail::MapsMatrixBeside<P, float> && detail::MapsMatrixBeside<P, double>);

template <class P>
concept Reparametrization = RowScale<P> || ElementMap<P> || MatrixMap<P>;

namespace detail {

/// What is stored for an initializer's weight w under an element map.
template <ElementMap P, Scalar S>
S parameter_of(const P& p, S w) {
  if constexpr (requires { p.start(w); }) {
    return p.start(w);
  } else {
    const S stored = p.parameter(w);
    return stored == stored ? stored : p.parameter(w < 0 ? -w : w);
  }
}

}  // namespace detail
}  // namespace espalier
