// SPDX-License-Identifier: MIT
// The contract of layers. A layer is a small value of options; its parameters and activations stand in the
// model's memory.
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
// A layer with parameters, with memory of its own or with layers inside is Sized and Parametric. It takes a
// Call first, which tells where its numbers stand.
//
//   void declare(auto& d) const;       // d.weight("weight", rows, cols, pack), d.bias(...), d.gain(...),
//                                      // d.buffer(...), d.inner("body", layer), in the order of Call
//   Index kept(Index samples) const;   // optional: how many numbers it keeps from forward to backward, or,
//                                      // where the scalar counts, `template <Scalar S> Index kept_of(Index)`
//   void forward(const Call<S>& call, const auto& x, auto&& y) const;
//   void backward(const Call<S>& call, const auto& x, const auto& y, auto&& dy, auto&& dx) const;
//   void initialize(const Init& init, const Call<S>& call, Rng& rng) const;   // fills call.values
//
// A layer that cannot train on single samples says how many a batch must have: `Index least_samples() const`.
//
// This backward sets the gradients and may overwrite dy; dx.data() is null if nobody reads it. `void
// validate() const` of any layer, which throws ValueError, is called when a model is built.
//
// Optional: `Slopes slopes()` of an activation (layer/slopes.hpp); `NormBounds norm_bounds() const` of
// another layer without parameters (layer/norm_bounds.hpp); `static constexpr bool affine = true`: the
// outputs are W x + b with the parameter "weight"; `static constexpr bool monotone = true`: no output falls
// when an input rises; `void write_code(auto& out) const`: what the layer does outside training, for source
// text (export/code_writer.hpp); `void describe(auto&& f) const`, which calls f("stride", stride) for each
// number that predictions depend on: then a file made with other numbers is refused; `describe_training`
// names those that training alone depends on, for runs that are taken up.
//
// A parameter stands in files under its path, with its rows and columns. A layer whose parameters have
// another name or shape there says so in `void in_files(auto& d) const`, with any of
//
//   d.shape("weight", {out, in, height, width});          // an array of as many numbers in the same order
//   d.rename("weight_ih", "weight_ih_l0");
//   d.sum("bias", "bias_ih_l0", "bias_hh_l0");            // two arrays, whose sum it is
//   d.not_negative("running_var");                        // a file with numbers below 0 is refused
//   d.counter("num_batches_tracked");                     // a whole number that nobody reads here
#pragma once

#include <concepts>
#include <cstdint>

#include "espalier/core/matrix.hpp"

namespace espalier {

/// What a layer may want to know of the pass it takes part in.
struct Pass {
  bool training = false;
  std::uint64_t seed = 0;    ///< the same in forward and backward of one pass, another in the next
  std::uint64_t stream = 0;  ///< differs between the layers of a model
};

template <Scalar S>
class AnyPack;

/// The packs of parameters as a model holds them, since `edit_policy` changes those and not the layer's.
template <Scalar S>
struct PackLookup {
  const void* entries = nullptr;
  const AnyPack<S>* (*at)(const void* entries, Index k) = nullptr;
  Index first = 0;
};

/// Where the numbers of a layer stand during one pass. Parameters are counted as the layer declares them.
template <Scalar S>
struct Call {
  const S* values = nullptr;       ///< the model's arenas
  S* gradients = nullptr;          ///< null in a forward pass
  S* buffers = nullptr;            ///< the arena of values, for running statistics; null outside training
  const Index* offsets = nullptr;  ///< of the layer's parameters in the arenas
  S* kept = nullptr;               ///< kept(samples) numbers, from forward to backward
  Pass pass{};
  PackLookup<S> packs{};

  /// The call for a component whose parameters begin with the k-th, and which keeps its numbers in `own`.
  Call part(Index k, S* own) const {
    return {values, gradients, buffers, offsets + k, own, pass, {packs.entries, packs.at, packs.first + k}};
  }
  /// The call for the `place`-th of the layers inside, which draws random numbers from a stream of its own.
  /// The stream is a polynomial of the places on the way to the layer, in an odd factor, so that layers far
  /// inside do not share one either.
  Call inner(Index place, Index k, S* own) const {
    Call call = part(k, own);
    call.pass.stream = pass.stream * 0x9E3779B97F4A7C15U + static_cast<std::uint64_t>(place) + 1;
    return call;
  }

  const S* value(Index k) const { return values + offsets[k]; }
  S* gradient(Index k) const { return gradients + offsets[k]; }
  S* buffer(Index k) const { return buffers + offsets[k]; }
  /// The pack of a parameter; null where there is no model.
  const AnyPack<S>* pack(Index k) const {
    return packs.at ? packs.at(packs.entries, packs.first + k) : nullptr;
  }
};

template <class L>
concept Sized = requires(const L& layer) {
  { L::input_extent } -> std::convertible_to<int>;
  { L::output_extent } -> std::convertible_to<int>;
  { layer.inputs() } -> std::convertible_to<Index>;
  { layer.outputs() } -> std::convertible_to<Index>;
};

namespace detail {

/// Counts what a layer declares.
struct ParameterCount {
  Index parameters = 0;

  void weight(auto&&...) { ++parameters; }
  void bias(auto&&...) { ++parameters; }
  void gain(auto&&...) { ++parameters; }
  void buffer(auto&&...) { ++parameters; }
  void inner(auto&&, const auto& layer) { layer.declare(*this); }
};

}  // namespace detail

template <class L>
concept Parametric = Sized<L> && requires(const L& layer, detail::ParameterCount& d) {
  layer.declare(d);
};

namespace detail {

/// The number of parameters that a layer declares.
template <class L>
Index parameter_count(const L& layer) {
  ParameterCount d;
  if constexpr (Parametric<L>) layer.declare(d);
  return d.parameters;
}

/// How many numbers a layer keeps from forward to backward of `samples`.
template <Scalar S, class L>
Index kept_of(const L& layer, Index samples) {
  if constexpr (requires { layer.template kept_of<S>(samples); })
    return layer.template kept_of<S>(samples);
  else if constexpr (requires { layer.kept(samples); })
    return layer.kept(samples);
  else
    return 0;
}

/// The fewest samples of a training batch that a layer can do with.
template <class L>
Index least_samples(const L& layer) {
  if constexpr (requires { layer.least_samples(); }) return layer.least_samples();
  return 1;
}

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
