// SPDX-License-Identifier: MIT
// A lower or an upper bound for each weight, by its place: Clip with bounds of each weight's own.
#pragma once

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "espalier/core/pattern.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {
namespace detail {

/// What the two have in common. Bounds are rounded into the interval.
template <bool lower>
class BoundPattern {
 public:
  static constexpr bool keeps_finite = true;

  BoundPattern() = default;
  BoundPattern(std::initializer_list<double> inputs) : pattern_(inputs) {}
  explicit BoundPattern(Pattern pattern) : pattern_(std::move(pattern)) {}

  template <Scalar S>
  S at(Cell cell) const {
    return lower ? round_up<S>(pattern_(cell)) : round_down<S>(pattern_(cell));
  }
  template <Scalar S>
  bool contains(S w, S bound) const {
    return lower ? w >= bound : w <= bound;
  }
  template <Scalar S>
  S project(S w, S bound) const {
    return (lower ? w < bound : w > bound) ? bound : w;
  }
  template <Scalar S>
  Line<S> project(const Line<S>& w, const Line<S>& bound) const {
    return lower ? w.max(bound) : w.min(bound);
  }

  void describe(auto&& f) const { f("pattern", pattern_.numbers()); }

  bool operator==(const BoundPattern&) const = default;

 protected:
  /// Infinity on the open side is no bound.
  void check(std::string_view policy) const {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    for (const double bound : pattern_.numbers()) {
      const float narrow = lower ? round_up<float>(bound) : -round_down<float>(bound);
      if (!(narrow < infinity) || (std::isinf(narrow) && std::isfinite(bound)))
        fail(policy,
             lower ? "bounds that are finite, also as floats, or -infinity"
                   : "bounds that are finite, also as floats, or infinity",
             bound);
    }
  }
  void check_shape(std::string_view where, std::string_view policy, Index rows, Index cols) const {
    pattern_.check_shape(where, policy, rows, cols);
  }

 private:
  Pattern pattern_;
};

}  // namespace detail

/// `LowerBounds{-1, 0, 0.5}`, one number for each input, or a matrix, rows x cols of the weight: no weight
/// below its number, exactly. -infinity is no bound. With UpperBounds it is Clip with bounds of each weight's
/// own; a pair that leaves a weight no room is refused when the model is made.
class LowerBounds : public detail::BoundPattern<true> {
 public:
  static constexpr std::string_view name = "LowerBounds";

  using BoundPattern::BoundPattern;

  void validate() const { check(name); }
  void validate(std::string_view where, Index rows, Index cols) const {
    check_shape(where, name, rows, cols);
  }

  bool operator==(const LowerBounds&) const = default;
};

/// As LowerBounds: no weight above its number.
class UpperBounds : public detail::BoundPattern<false> {
 public:
  static constexpr std::string_view name = "UpperBounds";

  using BoundPattern::BoundPattern;

  void validate() const { check(name); }
  void validate(std::string_view where, Index rows, Index cols) const {
    check_shape(where, name, rows, cols);
  }

  bool operator==(const UpperBounds&) const = default;
};

}  // namespace espalier
