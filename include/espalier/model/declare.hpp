// SPDX-License-Identifier: MIT
// From what layers declare to the parameters of a model.
#pragma once

#include <string>
#include <string_view>
#include <utility>

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
  void inner(std::string_view name, const auto& layer) {
    Declaration own(parameters_, prefix_ + std::string(name) + ".");
    layer.declare(own);
  }

 private:
  template <class PackType>
  void add(std::string_view name, ParameterKind kind, Index rows, Index cols, const PackType& pack) {
    parameters_.add(prefix_ + std::string(name), kind, rows, cols, AnyPack<S>(pack));
  }

  Parameters<S>& parameters_;
  std::string prefix_;
};

}  // namespace espalier::detail
