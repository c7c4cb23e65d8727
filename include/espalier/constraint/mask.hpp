// SPDX-License-Identifier: MIT
// Weights that are zero by their place: a layer that is wired sparsely.
#pragma once

#include <concepts>
#include <utility>

#include "espalier/core/pattern.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// `Mask{matrix}`, rows x cols of the weight, or `Mask{1, 0, 1}`, one number for each input: where it is 0
/// the weight is exactly 0, always; elsewhere it is free. `set_policies(net, path, Mask{parameter(net,
/// path)})` after training under a penalty holds the zeros and takes the penalty away, which shrinks the
/// other weights too: training on is then a refit on the support (debiasing).
class Mask {
 public:
  static constexpr std::string_view name = "Mask";
  static constexpr bool homogeneous = true, solid = true;

  Mask() = default;
  Mask(std::initializer_list<double> inputs) : pattern_(inputs) {}
  explicit Mask(Pattern pattern) : pattern_(std::move(pattern)) {}

  /// 0: the weight at this place is 0.
  template <Scalar S>
  S at(Cell cell) const {
    return pattern_(cell) != 0 ? S(1) : S(0);
  }
  template <Scalar S>
  bool contains(S w, S mask) const {
    return mask != 0 || w == 0;
  }
  template <Scalar S>
  S project(S w, S mask) const {
    return mask != 0 || w == 0 ? w : S(0);
  }
  void validate() const { pattern_.check_numbers(name); }
  void validate(std::string_view where, Index rows, Index cols) const {
    pattern_.check_shape(where, name, rows, cols);
  }

  void describe(auto&& f) const { f("pattern", pattern_.numbers()); }

  bool operator==(const Mask&) const = default;

 private:
  Pattern pattern_;
};

}  // namespace espalier
