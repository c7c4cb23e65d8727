// SPDX-License-Identifier: MIT
// What tests of loading share: nets that are initialized, and files of tensors that they spoil.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/io/tensor_file.hpp"
#include "espalier/model/sequential.hpp"

/// The net of these layers.
template <class... Layers>
auto initialized(std::uint64_t seed, const Layers&... layers) {
  espalier::Sequential<float, Layers...> net(layers...);
  initialize(net, {.seed = seed});
  return net;
}

/// The tensor of this name, to be changed.
inline espalier::Tensor& at(espalier::TensorFile& file, std::string_view name) {
  return const_cast<espalier::Tensor&>(file.at(name));
}

template <espalier::Scalar S>
espalier::Tensor floats(std::string name, std::vector<std::uint64_t> shape, std::vector<S> numbers) {
  return espalier::Tensor::of<S>(std::move(name), std::move(shape), numbers);
}

inline void erase(espalier::TensorFile& file, std::string_view name) {
  std::erase_if(file.tensors, [&](const espalier::Tensor& t) { return t.name == name; });
}
