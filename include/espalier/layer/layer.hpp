// SPDX-License-Identifier: MIT
// The contract of a layer: an aggregate that knows its sizes and its mathematics, while the model owns all
// memory.
//
// A layer without parameters has two members, on batches of features x samples, and keeps the width:
//
//   template <class X, class Y> void forward(const X& x, Y&& y) const;
//   template <class X, class Y, class DY, class DX> void backward(const X& x, const Y& y, const DY& dy, DX&&
//   dx) const;
//
// `dx` may be the memory of `dy`. Both may take a last argument `const Pass&`. A layer that changes the
// width, or that has parameters, is Sized; one with parameters is Parametric, and its forward and backward
// take their addresses first:
//
//   static constexpr int input_extent, output_extent;     // Dynamic where known at run time only
//   Index inputs() const, outputs() const;
//   std::tuple<ParameterSpec<...>, ...> parameters() const;
//   Index scratch() const;                                 // numbers to keep from forward to backward;
//   optional forward(const Values<S>& p, x, y, S* scratch) backward(const Values<S>& p, x, y, dy, dx, const
//   Gradients<S>& g, S* scratch)   // overwrites g; may overwrite dy;
//                                                                                   // dx is nullptr if
//                                                                                   nobody reads it
//   initialise(const Init&, const Gradients<S>& values, Rng&)
#pragma once

#include <array>
#include <cstdint>
#include <tuple>

#include "espalier/core/parameter.hpp"

namespace espalier {

/// What a layer may want to know of the pass it takes part in.
struct Pass {
  bool training = false;
  std::uint64_t seed = 0;    ///< the same in forward and backward of one pass, another in the next
  std::uint64_t stream = 0;  ///< differs between the layers of a model
};

/// Addresses of a layer's parameters, in the order of `parameters()`.
template <Scalar S, std::size_t n>
using Values = std::array<const S*, n>;
template <Scalar S, std::size_t n>
using Gradients = std::array<S*, n>;

template <class L>
concept Sized = requires(const L& layer) {
  { L::input_extent } -> std::convertible_to<int>;
  { L::output_extent } -> std::convertible_to<int>;
  { layer.inputs() } -> std::convertible_to<Index>;
  { layer.outputs() } -> std::convertible_to<Index>;
};

template <class L>
concept Parametric = Sized<L> && requires(const L& layer) {
  layer.parameters();
};

template <class L>
inline constexpr std::size_t parameter_count = 0;
template <Parametric L>
inline constexpr std::size_t parameter_count<L> =
    std::tuple_size_v<decltype(std::declval<const L&>().parameters())>;

namespace detail {

template <Scalar S>
using BatchMap = Eigen::Map<Matrix<S>>;

template <class L>
concept PlainLayer = requires(const L& layer, BatchMap<float> m) {
  layer.forward(m, m);
  layer.backward(m, m, m, m);
};
template <class L>
concept PassLayer = requires(const L& layer, BatchMap<float> m, const Pass& pass) {
  layer.forward(m, m, pass);
  layer.backward(m, m, m, m, pass);
};

}  // namespace detail

template <class L>
concept Layer = Parametric<L> || detail::PlainLayer<L> || detail::PassLayer<L>;

}  // namespace espalier
