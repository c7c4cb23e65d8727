// SPDX-License-Identifier: MIT
// The widths of a chain of layers: checked by the compiler where it knows them, by the constructor otherwise.
#pragma once

#include <array>

#include "espalier/core/error.hpp"
#include "espalier/layer/layer.hpp"

namespace espalier::detail {

template <class L>
constexpr int input_extent() {
  if constexpr (Sized<L>) return L::input_extent;
  return Dynamic;
}
template <class L>
constexpr int output_extent() {
  if constexpr (Sized<L>) return L::output_extent;
  return Dynamic;
}

/// What the compiler knows of the widths: extents[k] enters layer k, extents[k + 1] leaves it.
template <class... Layers>
struct Chain {
  static constexpr std::size_t depth = sizeof...(Layers);
  static_assert(depth > 0, "a model needs at least one layer");
  static_assert((false || ... || Sized<Layers>), "a model needs at least one layer with a width, a Dense for example");

  static constexpr std::array<int, depth> wants{input_extent<Layers>()...};
  static constexpr std::array<int, depth> gives{output_extent<Layers>()...};
  static constexpr std::array<bool, depth> sized{Sized<Layers>...};

  static constexpr int out(std::size_t k) { return sized[k] ? gives[k] : in(k); }
  static constexpr int in(std::size_t k) {
    if (wants[k] != Dynamic || k == 0) return wants[k];
    return out(k - 1);
  }

  static constexpr bool fits = [] {
    for (std::size_t k = 1; k < depth; ++k)
      if (wants[k] != Dynamic && out(k - 1) != Dynamic && wants[k] != out(k - 1)) return false;
    return true;
  }();
};

/// The widths at run time: [inputs of the model, outputs of layer 1, outputs of layer 2, ...].
template <class... Layers>
std::array<Index, sizeof...(Layers) + 1> widths_of(const Layers&... layers) {
  std::array<Index, sizeof...(Layers) + 1> widths{};
  std::size_t k = 0;
  Index known = 0;  // 0: no layer with a width yet
  auto add = [&](const auto& layer) {
    if constexpr (Sized<std::decay_t<decltype(layer)>>) {
      if (known == 0)
        for (std::size_t i = 0; i <= k; ++i) widths[i] = layer.inputs();
      else if (known != layer.inputs())
        fail<ShapeError>("Sequential", fmt::format("layer {} to take the {} outputs of layer {}", k + 1, known, k),
                         fmt::format("a layer with {} inputs", layer.inputs()));
      known = layer.outputs();
    }
    widths[++k] = known;
  };
  (add(layers), ...);
  return widths;
}

}  // namespace espalier::detail
