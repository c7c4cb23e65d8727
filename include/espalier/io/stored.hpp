// SPDX-License-Identifier: MIT
// How a model stands in files: the names and shapes of its parameters there, and what its layers are.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "espalier/core/description.hpp"
#include "espalier/core/type_name.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier::detail {

struct StoredParameter {
  std::string path;                  ///< in the model: "0.weight_ih"
  std::string name;                  ///< in files: "0.weight_ih_l0"
  std::vector<std::uint64_t> shape;  ///< the numbers are the parameter's, in the same order
  bool not_negative = false;         ///< no number is below 0
  std::string added{};               ///< another array of this shape: the parameter is the sum. Empty: none
};

struct StoredLayer {
  std::string path;  ///< "3.body.0"
  std::string text;  ///< "LeakyReLU{slope = 0.1}"
  std::string
      training{};  ///< "Dropout{probability = 0.5}": options that training alone depends on; mostly ""
};

/// Without the types of the layers.
struct StoredModel {
  std::vector<StoredLayer> layers;          // in the order of the model
  std::vector<StoredParameter> parameters;  // as they are declared, and so as they stand in Parameters
  std::vector<std::string> counters;        // whole numbers that other programs expect
};

/// "Dense 2 -> 8".
template <class L>
[[gnu::cold]] std::string text_of_layer(const L& layer) {
  Description numbers;
  describe(layer, numbers);
  std::string text = numbers.with(short_name(type_name<L>()));
  if constexpr (Sized<L>) text += format_message(" {} -> {}", {layer.inputs(), layer.outputs()});
  return text;
}

/// "BatchNorm{momentum = 0.1}"; of a layer without such options nothing.
template <class L>
[[gnu::cold]] std::string text_of_training([[maybe_unused]] const L& layer) {
  if constexpr (requires(Description & d) { layer.describe_training(d); }) {
    Description options(Detail::all);
    layer.describe_training(options);
    return options.with(short_name(type_name<L>()));
  }
  return {};
}

/// What a layer declares to, and then says by `in_files` (layer/layer.hpp).
class StoredNames {
 public:
  explicit StoredNames(StoredModel& model, std::string prefix = {})
      : model_(model), prefix_(std::move(prefix)), first_(model.parameters.size()) {}

  void weight(std::string_view name, Index rows, Index cols, const auto&...) { add(name, {rows, cols}); }
  void gain(std::string_view name, Index rows, Index cols, const auto&...) { add_vector(name, rows, cols); }
  void bias(std::string_view name, Index rows, Index cols, const auto&...) { add_vector(name, rows, cols); }
  void buffer(std::string_view name, Index rows, Index cols = 1) { add_vector(name, rows, cols); }

  /// A layer inside, with parameters or without.
  template <class L>
  [[gnu::cold]] void inner(std::string_view name, const L& layer) {
    if constexpr (!is_chain<L>) plain(name, layer);
    StoredNames own(model_, prefix_ + std::string(name) + ".");
    layer.declare(own);
    if constexpr (requires { layer.in_files(own); }) layer.in_files(own);
  }
  template <class L>
  [[gnu::cold]] void plain(std::string_view name, const L& layer) {
    model_.layers.push_back({prefix_ + std::string(name), text_of_layer(layer), text_of_training(layer)});
  }

  void shape(std::string_view parameter, std::initializer_list<Index> extents) {
    std::vector<std::uint64_t>& shape = at(parameter).shape;
    Index before = 1, now = 1;
    for (const std::uint64_t extent : shape) before *= static_cast<Index>(extent);
    for (const Index extent : extents) now *= extent;
    if (now != before)
      fail<ShapeError>(prefix_ + std::string(parameter), {"{} numbers in files", {before}}, now);
    shape.assign(extents.begin(), extents.end());
  }
  void rename(std::string_view parameter, std::string_view name) {
    at(parameter).name = prefix_ + std::string(name);
  }
  void sum(std::string_view parameter, std::string_view name, std::string_view other) {
    StoredParameter& found = at(parameter);
    found.name = prefix_ + std::string(name), found.added = prefix_ + std::string(other);
  }
  void not_negative(std::string_view parameter) { at(parameter).not_negative = true; }
  void counter(std::string_view name) { model_.counters.push_back(prefix_ + std::string(name)); }

 private:
  [[gnu::cold]] void add(std::string_view name, std::initializer_list<Index> extents) {
    const std::string path = prefix_ + std::string(name);
    model_.parameters.push_back({path, path, {extents.begin(), extents.end()}});
  }
  void add_vector(std::string_view name, Index rows, Index cols) {
    if (cols == 1)
      add(name, {rows});
    else
      add(name, {rows, cols});
  }
  /// The parameter that the layer has declared by this name.
  StoredParameter& at(std::string_view parameter) {
    const std::string path = prefix_ + std::string(parameter);
    for (std::size_t k = first_; k < model_.parameters.size(); ++k)
      if (model_.parameters[k].path == path) return model_.parameters[k];
    fail(path, "a parameter that the layer declares, in its in_files", "none of this name");
  }

  StoredModel& model_;
  std::string prefix_;
  std::size_t first_;  // of the layer's parameters
};

template <Scalar S, class... Layers>
[[gnu::cold]] StoredModel stored(const Sequential<S, Layers...>& model) {
  StoredModel result;
  StoredNames names(result);
  std::size_t k = 0;
  const auto each = [&]<class L>(const L& layer) {
    const std::string name = std::to_string(k++);
    if constexpr (Parametric<L>)
      names.inner(name, layer);
    else
      names.plain(name, layer);
  };
  std::apply([&](const Layers&... layers) { (each(layers), ...); }, model.layers());
  return result;
}

}  // namespace espalier::detail
