// SPDX-License-Identifier: MIT
// What a file says of a model beside its numbers, as text that people read: the library's version, the
// layers, the policies with their values, and what is known of the weights.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/version.hpp"
#include "espalier/io/json.hpp"
#include "espalier/io/stored.hpp"
#include "espalier/model/mapped.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

inline constexpr std::string_view version_key = "espalier.version", layers_key = "espalier.layers",
                                  policies_key = "espalier.policies", audit_key = "espalier.audit",
                                  certificates_key = "espalier.certificates";

[[gnu::cold]] inline std::string version_text() {
  return format_message("{}.{}.{}", {ESPALIER_VERSION_MAJOR, ESPALIER_VERSION_MINOR, ESPALIER_VERSION_PATCH});
}

/// A line for each layer: "0 Dense 2 -> 8".
[[gnu::cold]] inline std::string layers_text(const StoredModel& stored) {
  std::string text;
  for (const StoredLayer& layer : stored.layers) text += layer.path + " " + layer.text + "\n";
  return text;
}

/// Back from such lines.
[[gnu::cold]] inline std::vector<StoredLayer> layers_of_text(std::string_view text) {
  std::vector<StoredLayer> layers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t space = std::min(line.find(' '), line.size());
    layers.push_back(
        {std::string(line.substr(0, space)), std::string(line.substr(std::min(space + 1, line.size())))});
  }
  return layers;
}

/// Which layers are not the same in the file's text as in the model.
[[gnu::cold]] inline std::vector<std::string> other_layers(const StoredModel& stored, std::string_view text) {
  std::map<std::string, std::string> in_file;
  const std::vector<StoredLayer> of_file = layers_of_text(text);
  for (const StoredLayer& layer : of_file) in_file[layer.path] = layer.text;
  std::vector<std::string> result;
  const auto note = [&](const std::string& path, std::string_view there, std::string_view here) {
    if (there != here)
      result.push_back(format_message("{} is {} in the file, {} in the model",
                                      {shown_text(path, 200), shown_text(there, 200), here}));
  };
  for (const StoredLayer& layer : stored.layers) {
    const auto found = in_file.find(layer.path);
    note(layer.path, found == in_file.end() ? "absent" : std::string_view(found->second), layer.text);
    if (found != in_file.end()) in_file.erase(found);
  }
  for (const StoredLayer& layer : of_file)
    if (in_file.erase(layer.path) > 0) note(layer.path, layer.text, "absent");
  return result;
}

/// A line for each parameter with policies: "0.weight L1{strength = 0.001}, MaxNorm{radius = 0.5}".
template <Scalar S>
[[gnu::cold]] std::string policies_text(const Parameters<S>& parameters) {
  std::string text;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (e.pack.empty()) continue;
    for (std::size_t k = 0; k < e.pack.names().size(); ++k)
      (text += k == 0 ? e.path + " " : ", ") += e.pack.text(k);
    text += '\n';
  }
  for (const JointEntry<S>& joint : parameters.joint_penalties())
    (text += "* ") += std::string(joint.penalty.name()) + "\n";
  return text;
}

/// How far each policy's set is from the numbers of an entry: ", MaxNorm violation 0".
template <Scalar S>
[[gnu::cold]] std::string violations_text(const ParameterEntry<S>& e, Block<const S> numbers) {
  std::string text;
  if (!e.pack.traits().has_set) return text;
  for (std::size_t k = 0; k < e.pack.names().size(); ++k)
    text += format_message(", {} violation {}", {e.pack.names()[k], e.pack.violation(k, numbers)});
  return text;
}

/// A line for each parameter: "0.weight 3763 zeros of 8192, MaxNorm violation 0". Zeros are those of W where
/// its numbers are functions of the stored ones, as in `audit`.
template <Scalar S>
[[gnu::cold]] std::string audit_text(const Parameters<S>& parameters) {
  std::string text;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (e.kind == ParameterKind::buffer) continue;
    const Block<const S> stored = parameters.values_of(e);
    std::vector<S> numbers(stored.data, stored.data + stored.size());
    to_weight(parameters, e, numbers.data());
    const auto zeros = std::count(numbers.begin(), numbers.end(), S(0));
    text += format_message("{} {} zeros of {}", {e.path, zeros, e.size()}) + violations_text(e, stored);
    if (e.tied >= 0) text += ", tied to " + parameters.entries()[static_cast<std::size_t>(e.tied)].path;
    text += e.frozen ? ", frozen\n" : "\n";
  }
  return text;
}

template <Scalar S>
[[gnu::cold]] std::map<std::string, std::string> metadata_of(const Parameters<S>& parameters,
                                                             const StoredModel& stored) {
  std::map<std::string, std::string> result;
  const auto add = [&](std::string_view key, std::string text) { result.emplace(key, std::move(text)); };
  add(version_key, version_text());
  add(layers_key, layers_text(stored));
  add(policies_key, policies_text(parameters));
  add(audit_key, audit_text(parameters));
  return result;
}

}  // namespace espalier::detail
