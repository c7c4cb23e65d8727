// SPDX-License-Identifier: MIT
// Under which names the parameters of a model stand in files: PyTorch's, those of a reparametrized weight
// too.
#pragma once

#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/io/stored.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// Where the numbers of one parameter are in a file.
struct StoredNumbers {
  std::vector<std::string> names;    ///< the first is written, the others are read too
  std::vector<std::uint64_t> shape;  ///< of the array
  std::string added;                 ///< as StoredParameter::added
  /// Of a weight whose stored numbers are not W: the name of W itself, which is read where none of the others
  /// is there. Empty: W would not say what is to be stored.
  std::string effective{};
};

/// "0.weight", "parametrizations", ".original" -> "0.parametrizations.weight.original"
[[gnu::cold]] inline std::string parametrized(const std::string& name, std::string_view end) {
  const std::size_t dot = name.rfind('.');
  const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
  return name.substr(0, begin) + "parametrizations." + name.substr(begin) + std::string(end);
}

/// For each entry. The direction and the gains of WeightNorm are "weight_v" and "weight_g", as
/// torch.nn.utils.weight_norm calls them (or as torch.nn.utils.parametrizations.weight_norm does); what is
/// stored for a weight that is a function of it is what torch.nn.utils.parametrize calls it.
template <Scalar S>
[[gnu::cold]] std::vector<StoredNumbers> stored_numbers(const Parameters<S>& parameters,
                                                        const StoredModel& stored) {
  std::vector<StoredNumbers> result;
  for (const StoredParameter& p : stored.parameters) result.push_back({{p.name}, p.shape, p.added});
  for (std::size_t k = 0; k < result.size(); ++k) {
    const ParameterEntry<S>& e = parameters.entries()[k];
    const PackTraits& traits = e.pack.traits();
    const std::string name = stored.parameters[k].name;
    if (traits.scales_rows) result[k].names = {name + "_v"};
    if (traits.maps) result[k].names = {parametrized(name, ".original")}, result[k].effective = name;
    const bool has_gain = traits.trains_gain && k + 1 < result.size() &&
                          parameters.entries()[k + 1].kind == ParameterKind::gain;
    if (!has_gain) continue;
    result[k].names.push_back(parametrized(name, ".original1"));
    result[k].effective = name;
    result[k + 1].names = {name + "_g", parametrized(name, ".original0")};
    result[k + 1].shape.assign(result[k].shape.size(), 1);
    result[k + 1].shape.front() = static_cast<std::uint64_t>(e.rows);
  }
  return result;
}

/// A policy of an entry that keeps numbers made of the weights that training started from.
struct StartingNumbers {
  std::string name;  ///< in files: "0.weight.L2ToStart"
  Index place;       ///< its numbers in the memory of the entry: place * padded(size)
};

template <Scalar S>
[[gnu::cold]] std::vector<StartingNumbers> starting_numbers(const ParameterEntry<S>& e) {
  std::vector<StartingNumbers> result;
  const PackTraits& traits = e.pack.traits();
  for (std::size_t k = 0; k < e.pack.names().size(); ++k)
    if (traits.starting >> k & 1U)
      result.push_back(
          {e.path + "." + std::string(e.pack.names()[k]), std::popcount(traits.keeping & ((1U << k) - 1U))});
  return result;
}

}  // namespace espalier::detail
