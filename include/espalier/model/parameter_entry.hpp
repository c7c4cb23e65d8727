// SPDX-License-Identifier: MIT
// One parameter of a model: its path, kind, shape and pack, without its numbers, and with them for whoever
// looks.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/pack/any_pack.hpp"

namespace espalier {

namespace detail {

/// Does a text fit a pattern in which * stands for any text?
inline bool fits(std::string_view pattern, std::string_view text) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (text.substr(0, star) != pattern.substr(0, star)) return false;
  for (std::size_t i = star; i <= text.size(); ++i)
    if (fits(pattern.substr(star + 1), text.substr(i))) return true;
  return false;
}

/// Writes what the policies of a pack keep of w into `memory`, which gets their size.
template <Scalar S>
void remember(const AnyPack<S>& pack, std::type_identity_t<Block<const S>> w, AlignedVector<S>& memory,
              Remember when) {
  const Index apart = padded<S>(w.size());
  memory.resize(static_cast<std::size_t>(pack.traits().memories * apart), S(0));
  pack.remember(w, memory.data(), apart, when);
}

}  // namespace detail

/// One parameter as it stands in a model.
template <Scalar S>
struct ParameterEntry {
  std::string path;  ///< "0.weight": the layers on the way, counted from 0, and the name that the layer gave
  ParameterKind kind;
  Index rows, cols;  ///< a row-major matrix
  Index offset;      ///< of its first number in the arenas
  AnyPack<S> pack{};
  std::vector<Activity> activity{};   ///< one for each policy of the pack
  bool frozen = false;                ///< optimizers, averages and projections leave it as it is
  Index tied = -1;                    ///< the entry whose numbers these always are; -1: its own
  bool lent = false;                  ///< the pack came from an optimizer
  bool edited = false;                ///< and was changed since then, which that optimizer leaves as it is
  detail::AlignedVector<S> memory{};  ///< what the policies of the pack keep of the weights
  std::string_view
      activation{};  ///< that the outputs of its layer go through: "ReLU"; "": none, or not known
  std::optional<Slopes> slopes{};  ///< of this activation; {1, 1} without one; empty: not known

  Index size() const { return rows * cols; }
  /// Does its path fit a pattern, in which * stands for any text?
  bool fits(std::string_view pattern) const { return detail::fits(pattern, path); }
  PolicyMemory<S> kept() const {
    return {memory.empty() ? nullptr : memory.data(), detail::padded<S>(size())};
  }
  /// Do optimizers change it?
  bool trained() const { return !frozen && tied < 0 && kind != ParameterKind::buffer; }
};

namespace detail {

/// For the Call of a pass.
template <Scalar S>
PackLookup<S> packs_of(std::span<const ParameterEntry<S>> entries) {
  return {entries.data(), [](const void* first, Index k) -> const AnyPack<S>* {
            return &static_cast<const ParameterEntry<S>*>(first)[k].pack;
          }};
}

}  // namespace detail

/// A parameter with its numbers, as `for_each_parameter` shows it; T is const where the model is. Values are
/// read only: `assign` and `edit` change them.
template <class T>
struct ParameterView {
  using S = std::remove_const_t<T>;

  const std::string& path;
  ParameterKind kind;
  Index rows, cols, offset;
  const AnyPack<S>& pack;
  std::span<const Activity> activity;  ///< one for each policy of the pack
  const S* values;
  T* gradients;
  PolicyMemory<S> memory{};  ///< what the policies keep

  Index size() const { return rows * cols; }
  Block<const S> block() const { return {values, rows, cols, memory}; }
};

}  // namespace espalier
