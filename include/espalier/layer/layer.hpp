// SPDX-License-Identifier: MIT
// The contract of a layer: an aggregate that knows its sizes and its mathematics, while the model owns all
// memory.
//
// A layer without parameters that keeps the width has two members, on batches of features x samples:
//
//   void forward(const auto& x, auto&& y) const;
//   void backward(const auto& x, const auto& y, const auto& dy, auto&& dx) const;
//
// `dx` may be the memory of `dy`. Both may take a last argument `const Pass&`. If they do not, and samples
// have nothing to do with each other, `static constexpr bool by_sample = true` says so: threads then share a
// batch. A layer that changes the width is Sized: it also has the following, and its `dx` is never the memory
// of `dy`.
//
//   static constexpr int input_extent, output_extent;    // Dynamic where known at run time only
//   Index inputs() const, outputs() const;
//
// A layer with parameters is Sized and Parametric; it takes their addresses first.
//
//   std::tuple<ParameterSpec<...>, ...> parameters() const;
//   Index scratch() const;    // optional: how many numbers it keeps from forward to backward
//   void forward(const Values<S, n>& p, x, y, S* scratch) const;
//   void backward(const Values<S, n>& p, x, y, dy, dx, const Gradients<S, n>& g, S* scratch) const;
//   void initialize(const Init&, const Gradients<S, n>& values, Rng&) const;
//
// This backward overwrites g and may overwrite dy; dx is nullptr if nobody reads it. `void validate() const`
// of any layer, which throws ValueError, is called when a model is built.
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
