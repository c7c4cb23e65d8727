// SPDX-License-Identifier: MIT
// From what layers declare to the parameters of a model.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "espalier/layer/chain.hpp"
#include "espalier/layer/slopes.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier::detail {

/// Adds what a layer declares to `parameters`, with paths that begin with `prefix`.
template <Scalar S>
class Declaration {
 public:
  explicit Declaration(Parameters<S>& parameters, std::string prefix = {})
      : parameters_(parameters), prefix_(std::move(prefix)) {}

  template <class PackType = Pack<>>
  void weight(std::string_view name, Index rows, Index cols, const PackType& pack = {}) {
    add(name, ParameterKind::weight, rows, cols, pack);
  }
  template <class PackType = Pack<>>
  void gain(std::string_view name, Index rows, Index cols, const PackType& pack = {}) {
    add(name, ParameterKind::gain, rows, cols, pack);
  }
  template <class PackType = Pack<>>
  void bias(std::string_view name, Index rows, Index cols, const PackType& pack = {}) {
    add(name, ParameterKind::bias, rows, cols, pack);
  }
  void buffer(std::string_view name, Index rows, Index cols = 1) {
    add(name, ParameterKind::buffer, rows, cols, Pack<>());
  }
  /// A layer inside.
  template <class L>
  void inner(std::string_view name, const L& layer) {
    const std::size_t first = parameters_.entries().size();
    Declaration own(parameters_, prefix_ + std::string(name) + ".");
    if constexpr (is_chain<L>)
      own.open_ = open_;  // its first layer follows them
    else
      finish();
    layer.declare(own);
    open_ = {};
    if constexpr (requires { requires L::affine; }) open_ = Change<S>(parameters_).entries().subspan(first);
    if constexpr (is_chain<L>) open_ = own.open_;
  }
  /// A layer without parameters, behind those before.
  template <class L>
  void follow([[maybe_unused]] const L& layer) {
    if constexpr (HasSlopes<L>) tell(activation_name<L>(), layer.slopes());
    open_ = {};
  }
  /// No activation follows.
  void finish() { tell("", {1, 1}); }

 private:
  /// Tells the parameters of the latest layer what their outputs go through.
  void tell(std::string_view activation, Slopes slopes) {
    for (ParameterEntry<S>& e : open_)
      if (e.kind != ParameterKind::buffer) e.activation = activation, e.slopes = slopes;
  }

  template <class PackType>
  void add(std::string_view name, ParameterKind kind, Index rows, Index cols, const PackType& pack) {
    open_ = {};
    parameters_.add(prefix_ + std::string(name), kind, rows, cols, AnyPack<S>(pack));
  }

  Parameters<S>& parameters_;
  std::string prefix_;
  std::span<ParameterEntry<S>> open_{};  // of a layer whose outputs nothing has followed yet
};

}  // namespace espalier::detail
