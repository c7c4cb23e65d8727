// SPDX-License-Identifier: MIT
// Weights on a grid, trained through a latent copy that is not.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {
namespace detail {

/// The gradient of a stored copy from that of its level: only what leads back, where it is beyond the levels.
template <Scalar S>
S straight_through(S latent, S dw, double lo, double hi) {
  const double x = latent;
  return (x < lo && !(dw < 0)) || (x > hi && !(dw > 0)) ? S(0) : dw;
}

/// The multiples of `step` from lo to hi. A bound that misses one by rounding only, as 0.3 that of 0.1, is
/// it.
struct EvenLevels {
  double step, lo, hi;

  /// The largest, the least, and the nearest one, in units of `step`; halves go away from zero.
  double most() const { return is_multiple(hi) ? std::round(hi / step) : std::floor(hi / step); }
  double least() const { return is_multiple(lo) ? std::round(lo / step) : std::ceil(lo / step); }
  double nearest(double x) const { return std::clamp(std::round(x / step), least(), most()); }

  void validate(std::string_view name) const {
    check_positive_float(name, "step", step);
    if (!(least() <= most()) || !(std::max(-lo, hi) / step <= 0x1p53))
      fail(name, "a multiple of step from lo to hi, which are finite",
           format_message("step = {}, lo = {}, hi = {}", {step, lo, hi}));
  }

 private:
  /// But for the roundings of step, bound and quotient, a unit of roundoff each.
  bool is_multiple(double bound) const {
    const double number = bound / step;
    return std::abs(number - std::round(number)) <=
           2 * std::numeric_limits<double>::epsilon() * std::abs(number);
  }
};

}  // namespace detail

/// W is the nearest multiple of `step` from lo to hi to what is stored, in forward and backward; the
/// optimizer moves the stored copy by the gradient at W (straight through: Bengio et al. 2013; Courbariaux et
/// al. 2015). A copy beyond lo or hi is only moved back: further out it would change nothing, and without a
/// way back it would never change again. Halves go away from zero. W is a rounded product of `step` and a
/// whole number, exactly; bounds that miss a multiple by rounding only, as 0.3 that of 0.1, are that
/// multiple. `assign` and initializers give the stored copy.
struct Quantized {
  double step = 1.0 / 64, lo = -1, hi = 1;

  static constexpr std::string_view name = "Quantized";

  template <Scalar S>
  S weight(S latent) const {
    return static_cast<S>(levels().nearest(static_cast<double>(latent)) * step);
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    return detail::straight_through(latent, dw, lo, hi);
  }
  void validate() const { levels().validate(name); }

  void describe(auto&& f) const { f("step", step), f("lo", lo), f("hi", hi); }

  bool operator==(const Quantized&) const = default;

 private:
  detail::EvenLevels levels() const { return {step, lo, hi}; }
};

/// As Quantized, with levels at any distance from one another: `QuantizedTo{-1, 0, 1}`.
class QuantizedTo {
 public:
  static constexpr std::string_view name = "QuantizedTo";

  QuantizedTo() = default;
  QuantizedTo(std::initializer_list<double> levels) : QuantizedTo(std::vector<double>(levels)) {}
  explicit QuantizedTo(std::vector<double> levels) : levels_(std::move(levels)) {
    std::sort(levels_.begin(), levels_.end());
  }

  /// The nearest level; of two that are equally near, the larger one.
  template <Scalar S>
  S weight(S latent) const {
    const double x = latent;
    if (!(x == x)) return latent;
    const auto above = std::lower_bound(levels_.begin(), levels_.end(), x);
    if (above == levels_.begin()) return static_cast<S>(levels_.front());
    if (above == levels_.end()) return static_cast<S>(levels_.back());
    return static_cast<S>(*above - x <= x - *(above - 1) ? *above : *(above - 1));
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    return detail::straight_through(latent, dw, levels_.front(), levels_.back());
  }
  void validate() const {
    if (levels_.empty()) detail::fail(name, "at least one level", "none");
    for (const double level : levels_)
      if (!std::isfinite(static_cast<float>(level)))
        detail::fail(name, "levels that are finite, also as floats", level);
  }

  void describe(auto&& f) const { f("levels", levels_); }

  bool operator==(const QuantizedTo&) const = default;

 private:
  std::vector<double> levels_;  // rising
};

}  // namespace espalier
