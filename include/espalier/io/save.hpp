// SPDX-License-Identifier: MIT
// A model to a file: `save(net, "net.safetensors")`.
#pragma once

#include <filesystem>
#include <limits>
#include <span>
#include <vector>

#include "espalier/io/metadata.hpp"
#include "espalier/io/names.hpp"
#include "espalier/io/tensor_file.hpp"
#include "espalier/model/finite.hpp"

namespace espalier {

namespace detail {

template <Scalar S>
[[gnu::cold]] TensorFile tensors_of(const Parameters<S>& parameters, const StoredModel& stored) {
  require_finite(parameters, "weights", parameters.values());
  TensorFile file;
  file.metadata = metadata_of(parameters, stored);
  const std::vector<StoredNumbers> all = stored_numbers(parameters, stored);
  for (std::size_t k = 0; k < all.size(); ++k) {
    const ParameterEntry<S>& e = parameters.entries()[k];
    const auto size = static_cast<std::size_t>(e.size());
    const std::span<const S> numbers(parameters.values_of(e).data, size);
    file.tensors.push_back(Tensor::of<S>(all[k].names.front(), all[k].shape, numbers));
    // x + -0 is x for every x, -0 too.
    if (!all[k].added.empty())
      file.tensors.push_back(Tensor::of<S>(all[k].added, all[k].shape, std::vector<S>(size, S(-0.0))));
    if (e.tied >= 0) continue;
    for (const StartingNumbers& kept : starting_numbers(e))
      file.tensors.push_back(
          Tensor::of<S>(kept.name, {static_cast<std::uint64_t>(e.rows), static_cast<std::uint64_t>(e.cols)},
                        std::span<const S>(e.memory.data() + kept.place * padded<S>(e.size()), size)));
  }
  for (const std::string& counter : stored.counters)
    file.tensors.push_back(Tensor::of<std::int64_t>(counter, {}, std::vector<std::int64_t>{0}));
  return file;
}

template <Scalar S>
[[gnu::cold]] void save_parameters(const Parameters<S>& parameters, const StoredModel& stored,
                                   const std::filesystem::path& path) {
  write_tensors(path, tensors_of(parameters, stored));
}

}  // namespace detail

/// What `save` writes, as a value.
template <Model M>
TensorFile tensors(const M& model) {
  return detail::tensors_of(model.parameters(), detail::stored(model));
}

/// Writes all numbers of a model, in its precision, to a safetensors file with the names and shapes that
/// PyTorch gives them (docs/files.md). The file takes the place of an old one when all of it is on the disk.
/// NotFiniteError if there is NaN or infinity, FileError if it cannot be written; the old file is as it was.
template <Model M>
void save(const M& model, const std::filesystem::path& path) {
  detail::save_parameters(model.parameters(), detail::stored(model), path);
}

}  // namespace espalier
