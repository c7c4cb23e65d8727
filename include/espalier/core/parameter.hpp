// SPDX-License-Identifier: MIT
// What a model tells of its parameters: to optimizers, audits, files and error messages.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "espalier/core/aligned.hpp"
#include "espalier/core/format_message.hpp"

namespace espalier {

/// Only a weight takes an optimizer's default pack; biases and gains are free unless a policy is put on them
/// by name.
enum class ParameterKind { weight, gain, bias };

/// One parameter as its layer declares it: a row-major matrix under a pack of policies.
template <class PackType, ParameterKind kind_>
struct ParameterSpec {
  static constexpr ParameterKind kind = kind_;
  using Pack = PackType;

  std::string_view name;
  Index rows, cols;
  const Pack& pack;
};

/// How a policy has acted on one parameter during training.
struct Activity {
  long steps = 0;       ///< optimizer steps seen
  long acted = 0;       ///< steps in which it changed anything
  long last_acted = 0;  ///< the latest of those, counted from 1; 0: it has never acted
  double fraction =
      0;  ///< share of the weights (or rows, for a policy on rows) it changed in the latest step

  void record(Index active, Index all) {
    ++steps;
    fraction = all > 0 ? static_cast<double>(active) / static_cast<double>(all) : 0;
    if (active > 0) last_acted = steps, ++acted;
  }
  bool operator==(const Activity&) const = default;
};

/// Which parameter of a model, and where in its arenas.
struct ParameterInfo {
  std::string_view name;
  Index layer;  ///< counted from 0
  Index rows, cols, offset;

  Index size() const { return rows * cols; }
  std::string path() const { return detail::format_message("{}.{}", {layer, name}); }
};

/// One parameter inside a model: `values` and `gradients` are its places in the arenas.
/// (S is const in a model that is.)
template <class S, class PackType, ParameterKind kind_>
struct ParameterView : ParameterInfo {
  static constexpr ParameterKind kind = kind_;
  using Pack = PackType;

  const Pack& pack;
  S* values;
  S* gradients;
  std::span<std::conditional_t<std::is_const_v<S>, const Activity, Activity>>
      activity;  ///< one for each policy of the pack
};

}  // namespace espalier
