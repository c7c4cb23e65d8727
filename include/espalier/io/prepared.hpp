// SPDX-License-Identifier: MIT
// A model and the preparation of its data in one file: what a program needs that has raw rows.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "espalier/core/error.hpp"
#include "espalier/data/preparation.hpp"
#include "espalier/data/preparation_text.hpp"
#include "espalier/io/load_options.hpp"
#include "espalier/io/save.hpp"

namespace espalier {
namespace detail {

inline constexpr std::string_view preparation_key = "espalier.preparation";

/// Throws ShapeError unless the preparation makes so many features and, where it scales targets, scales so
/// many: the scale of one is not that of another.
inline void check_features(const Preparation& preparation, Index inputs, Index outputs) {
  const Index scaled = preparation.targets.shift.size();
  if (scaled != 0 && scaled != outputs)
    fail<ShapeError>("preparation", {"scales of the {} outputs of the model, or none", {outputs}}, scaled);
  if (preparation.features() != inputs)
    fail<ShapeError>("preparation", {"the {} features that the model reads", {inputs}},
                     preparation.features());
}

}  // namespace detail

/// As `save`, with the preparation of the training data: `save(net, *train.preparation, "net.safetensors")`.
/// ShapeError for a preparation of other features than the model's, or with scales for another number of
/// targets.
template <Model M>
void save(const M& model, const Preparation& preparation, const std::filesystem::path& path) {
  detail::check_features(preparation, model.inputs(), model.outputs());
  TensorFile file = tensors(model);
  file.metadata[std::string(detail::preparation_key)] = to_text(preparation);
  write_tensors(path, file);
}

/// The preparation that a model was saved with: `preparation_of(load(net, "net.safetensors"))`. FileError if
/// the file has none.
inline Preparation preparation_of(const Loaded& loaded) {
  const auto found = loaded.metadata.find(std::string(detail::preparation_key));
  if (found == loaded.metadata.end())
    detail::fail<FileError>("preparation", "a model that was saved with one", "one without");
  return preparation_from_text(found->second);
}

}  // namespace espalier
