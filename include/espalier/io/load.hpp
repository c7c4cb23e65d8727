// SPDX-License-Identifier: MIT
// A model from a file: `load(net, "net.safetensors")`.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "espalier/io/loading.hpp"
#include "espalier/io/tensor_file.hpp"

namespace espalier {

namespace detail {

template <Scalar S>
Loaded load_tensors(Parameters<S>& parameters, const StoredModel& stored, const TensorFile& file,
                    const LoadOptions& options, std::string_view where) {
  return Loading<S>(parameters, stored, file, options, where).run();
}

template <Scalar S>
Loaded load_parameters(Parameters<S>& parameters, const StoredModel& stored,
                       const std::filesystem::path& path, const LoadOptions& options) {
  return load_tensors(parameters, stored, read_tensors(path), options, path.string());
}

}  // namespace detail

/// Takes the numbers of a model from a safetensors file: one that `save` wrote, or PyTorch's state_dict of an
/// nn.Sequential (docs/files.md). Numbers in another precision are converted. Throws, and changes nothing:
///
/// - FileError for a file that is none or is not whole, and, unless `.strict = false`, for one of other
/// tensors
///   or layers than the model's: one message lists all of them; and for a number that the model's precision
///   does not have;
/// - NotFiniteError for NaN or infinity;
/// - ValueError for weights outside the sets of the model's policies, unless `.outside = Outside::project`,
/// and
///   for two arrays that are tied in the model and differ.
///
/// Afterwards the model is one that no optimizer has trained, as after `initialize`: an optimizer that steps
/// it begins anew, unless `restore` follows. What is frozen or tied stays so. Policies that keep numbers of
/// the start, Frozen and L2ToStart, have those of the file, or, where it has none, keep those of the weights
/// in it.
template <Model M>
Loaded load(M& model, const std::filesystem::path& path, const LoadOptions& options = {}) {
  return detail::load_parameters(model.parameters(), detail::stored(model), path, options);
}
/// From a file that is a value already. ValueError for one that `write_tensors` would refuse.
template <Model M>
Loaded load(M& model, const TensorFile& file, const LoadOptions& options = {}) {
  detail::check_tensors(file, "tensors");
  return detail::load_tensors(model.parameters(), detail::stored(model), file, options, "tensors");
}

}  // namespace espalier
