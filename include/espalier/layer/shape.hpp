// SPDX-License-Identifier: MIT
// The widths of a chain of layers: checked by the compiler where it knows them, by the constructor otherwise.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier::detail {

/// Says in the compiler's message which layer and which widths.
template <std::size_t layer, int expects, int previous_gives>
struct WidthOf {
  static_assert(
      expects == previous_gives || expects == Dynamic || previous_gives == Dynamic,
      "a layer expects another number of inputs than the layer before it gives: see WidthOf<layer, expects, "
      "previous_gives> in this message");
  static constexpr bool fits = true;
};

/// What the compiler knows of the widths: in(k) enters layer k, out(k) leaves it; layers without a width keep
/// it.
template <class... Layers>
struct StaticWidths {
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert((false || ... || Sized<Layers>),
                "a model needs at least one layer with a width, a Dense for example");

  static constexpr std::array<bool, depth> sized{Sized<Layers>...};
  static constexpr std::array<int, depth> expects{[] {
    if constexpr (Sized<Layers>) return int{Layers::input_extent};
    return Dynamic;
  }()...};
  static constexpr std::array<int, depth> gives{[] {
    if constexpr (Sized<Layers>) return int{Layers::output_extent};
    return Dynamic;
  }()...};

  static constexpr int out(std::size_t k) { return sized[k] ? gives[k] : in(k); }
  static constexpr int in(std::size_t k) { return expects[k] != Dynamic || k == 0 ? expects[k] : out(k - 1); }

  static constexpr bool fits = []<std::size_t... k>(std::index_sequence<k...>) {
    return (true && ... && WidthOf<k + 1, expects[k + 1], out(k)>::fits);
  }
  (std::make_index_sequence<depth - 1>{});
};

/// What a layer makes of a width; both -1 if it keeps any.
struct LayerWidths {
  Index inputs, outputs;
};

template <class L>
LayerWidths widths_of_layer(const L& layer) {
  if constexpr (Sized<L>)
    return {layer.inputs(), layer.outputs()};
  else
    return {-1, -1};
}

/// Sets `widths` to those of a chain of layers.
inline void join_widths(std::span<const LayerWidths> layers, std::span<Index> widths) {
  Index known = -1;  // no layer with a width yet
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const auto [inputs, outputs] = layers[k];
    if (inputs >= 0) {
      if (known < 0)
        std::fill_n(widths.begin(), k + 1, inputs);
      else if (known != inputs)
        fail<ShapeError>(detail::format_message("layer {}", {k}),
                         {"{} inputs, what layer {} gives", {known, k - 1}},
                         detail::format_message("a layer with {} inputs", {inputs}));
      known = outputs;
    }
    widths[k + 1] = known;
  }
}

/// The widths at run time: [inputs of the model, outputs of layer 0, outputs of layer 1, ...]. Throws
/// ShapeError.
template <class... Layers>
std::array<Index, sizeof...(Layers) + 1> widths_of(const Layers&... layers) {
  std::array<Index, sizeof...(Layers) + 1> widths{};
  const LayerWidths each[]{widths_of_layer(layers)...};
  join_widths(each, widths);
  return widths;
}

}  // namespace espalier::detail
