// SPDX-License-Identifier: MIT
// Weights that stay as they are, by their place.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <utility>

#include "espalier/core/pattern.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// `Frozen{matrix}`, rows x cols of the weight, or `Frozen{1, 0, 1}`, one number for each input: where it is
/// not 0 the weight keeps its value bit for bit, under decay, momentum, penalties, averages and `project`.
///
/// The value is that at the start. `initialize` brings the weights into the sets of the other policies, and
/// then freezes them as they are. `assign` freezes the weights that it is given, and moves the others; it
/// refuses a matrix whose frozen weights leave the sets beside them no point. `edit_policy` freezes the
/// weights of the moment. Before all these nothing is frozen. freeze(net, "0.*") is for whole parameters.
class Frozen {
 public:
  static constexpr std::string_view name = "Frozen";

  Frozen() = default;
  Frozen(std::initializer_list<double> inputs) : pattern_(inputs) {}
  explicit Frozen(Pattern pattern) : pattern_(std::move(pattern)) {}

  /// The value that the weight at this place has from now on; not a number: whatever it likes.
  template <Scalar S>
  S keep(S w, Cell cell) const {
    return pattern_(cell) != 0 ? w : std::numeric_limits<S>::quiet_NaN();
  }
  template <Scalar S>
  bool contains(S w, S kept) const {
    using Bits = std::conditional_t<sizeof(S) == 4, std::uint32_t, std::uint64_t>;
    return kept != kept || std::bit_cast<Bits>(w) == std::bit_cast<Bits>(kept);
  }
  template <Scalar S>
  S project(S w, S kept) const {
    return kept != kept ? w : kept;
  }
  void validate() const { pattern_.check_numbers(name); }
  void validate(std::string_view where, Index rows, Index cols) const {
    pattern_.check_shape(where, name, rows, cols);
  }

  void describe(auto&& f) const { f("pattern", pattern_.numbers()); }

  bool operator==(const Frozen&) const = default;

 private:
  Pattern pattern_;
};

}  // namespace espalier
