// SPDX-License-Identifier: MIT
// The activation of integer nets: clipped, and rounded down to a multiple of a step.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/slopes.hpp"

namespace espalier {

/// y = step floor(min(max(x, 0), hi) / step): between layers of integers, where `step` is a power of two, a
/// shift to the right. The derivative is 1 where 0 < x < hi, as if there were no steps (straight through:
/// Bengio et al. 2013), and 0 elsewhere.
struct QuantizedReLU {
  static constexpr bool by_sample = true;
  static constexpr std::string_view name = "QuantizedReLU";
  double step = 1.0 / 64, hi = 127.0 / 64;

  void validate() const {
    detail::check_positive_float(name, "step", step);
    detail::check_positive_float(name, "hi", hi);
    if (!(step <= hi && hi / step <= 0x1p24))
      detail::fail(name, "step <= hi <= 2^24 step", detail::format_message("step = {}, hi = {}", {step, hi}));
  }

  static constexpr Slopes slopes() { return {0, std::numeric_limits<double>::infinity()}; }

  void forward(const auto& x, auto&& y) const {
    using S = detail::ScalarOf<decltype(x)>;
    const S s = static_cast<S>(step);
    y.array() = (x.array().max(S(0)).min(static_cast<S>(hi)) / s).floor() * s;
  }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    using S = detail::ScalarOf<decltype(x)>;
    const S h = static_cast<S>(hi);
    dx.array() = (x.array() > S(0) && x.array() < h).select(dy.array(), S(0));
  }

  /// The same operations in the same order: the same bits as `forward`.
  void write_code(auto& out) const {
    const std::string zero = out.number(0), most = out.number(hi), s = out.number(step);
    out.function(out.math("floor") + "((x < " + zero + " ? " + zero + " : x > " + most + " ? " + most +
                 " : x) / " + s + ") * " + s);
  }

  void describe(auto&& f) const { f("step", step), f("hi", hi); }

  bool operator==(const QuantizedReLU&) const = default;
};

}  // namespace espalier
