// SPDX-License-Identifier: MIT
// The signs that weights may have, by their place.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include "espalier/core/pattern.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/init/log_normal.hpp"

namespace espalier {

/// `SignPattern{+1, 0, -1}`, one number for each input, or a matrix, rows x cols of the weight: w >= 0 where
/// it is above 0, w <= 0 where it is below, any w where it is 0. Exactly.
class SignPattern {
 public:
  static constexpr std::string_view name = "SignPattern";
  static constexpr bool homogeneous = true, solid = true;

  SignPattern() = default;
  SignPattern(std::initializer_list<double> inputs) : pattern_(inputs) {}
  explicit SignPattern(Pattern pattern) : pattern_(std::move(pattern)) {}

  /// +1, 0 or -1.
  template <Scalar S>
  S at(Cell cell) const {
    const double sign = pattern_(cell);
    return sign > 0 ? S(1) : sign < 0 ? S(-1) : S(0);
  }
  template <Scalar S>
  bool contains(S w, S sign) const {
    return w * sign >= 0;
  }
  template <Scalar S>
  S project(S w, S sign) const {
    return w * sign < 0 ? S(0) : w;
  }
  LogNormal<Pattern> initializer() const { return {pattern_}; }
  void validate() const {
    for (const double sign : pattern_.numbers())
      if (std::isnan(sign)) detail::fail(name, "numbers above, at or below 0", sign);
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    pattern_.check_shape(where, name, rows, cols);
  }

  void describe(auto&& f) const { f("pattern", pattern_.numbers()); }

  bool operator==(const SignPattern&) const = default;

 private:
  Pattern pattern_;
};

}  // namespace espalier
