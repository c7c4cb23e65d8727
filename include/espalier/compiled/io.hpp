// SPDX-License-Identifier: MIT
// What espalier::compiled holds of models in files: io.hpp includes it where that target has defined
// ESPALIER_COMPILED.
#pragma once

#include "espalier/io/load.hpp"
#include "espalier/io/save.hpp"

// clang-format off
#define ESPALIER_IO(declare, S)                                                                            \
  declare TensorFile tensors_of(const Parameters<S>&, const StoredModel&);                                 \
  declare void save_parameters(const Parameters<S>&, const StoredModel&, const std::filesystem::path&);    \
  declare Loaded load_tensors(Parameters<S>&, const StoredModel&, const TensorFile&, const LoadOptions&,   \
                              std::string_view);                                                           \
  declare Loaded load_parameters(Parameters<S>&, const StoredModel&, const std::filesystem::path&,         \
                                 const LoadOptions&);
// clang-format on

namespace espalier::detail {
ESPALIER_IO(extern template, float)
ESPALIER_IO(extern template, double)
}  // namespace espalier::detail
