// SPDX-License-Identifier: MIT
// A layer that multiplies by a number that is not trained.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/check.hpp"
#include "espalier/layer/activation.hpp"

namespace espalier {

/// y = factor x. In front of and behind layers that are 1-Lipschitz it says which constant their chain has.
struct Scale {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "Scale";
  double factor = 1;

  void validate() const {
    if (!std::isfinite(factor)) detail::fail(name, "a finite factor", factor);
  }
  void describe(auto&& f) const { f("factor", factor); }

  Slopes slopes() const { return {factor, factor}; }

  void forward(const auto& x, auto&& y) const { y = x * static_cast<detail::ScalarOf<decltype(x)>>(factor); }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx) const {
    dx = dy * static_cast<detail::ScalarOf<decltype(dy)>>(factor);
  }

  void write_code(auto& out) const { out.function("x * " + out.number(factor)); }

  bool operator==(const Scale&) const = default;
};

}  // namespace espalier
