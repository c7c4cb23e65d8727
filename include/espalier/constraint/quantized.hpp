// SPDX-License-Identifier: MIT
// Weights on a grid, trained through a latent copy that is not.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// W is the nearest multiple of `step` from lo to hi to what is stored, in forward and backward; the
/// optimizer moves the stored copy by the gradient at W, or not at all where that is beyond the levels
/// (straight through: Bengio et al. 2013; Courbariaux et al. 2015). Halves go away from zero. W is a rounded
/// product of `step` and a whole number, exactly. `assign` and initializers give the stored copy.
struct Quantized {
  double step = 1.0 / 64, lo = -1, hi = 1;

  static constexpr std::string_view name = "Quantized";

  template <Scalar S>
  S weight(S latent) const {
    const double most = std::floor(hi / step), least = std::ceil(lo / step),
                 level = std::clamp(std::round(static_cast<double>(latent) / step), least, most);
    return static_cast<S>(level * step);
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    const double x = latent;
    return x >= lo && x <= hi ? dw : S(0);
  }
  void validate() const {
    detail::check_positive_float(name, "step", step);
    if (!(std::ceil(lo / step) <= std::floor(hi / step)) || !(std::max(-lo, hi) / step <= 0x1p53))
      detail::fail(name, "a multiple of step from lo to hi, which are finite",
                   detail::format_message("step = {}, lo = {}, hi = {}", {step, lo, hi}));
  }

  bool operator==(const Quantized&) const = default;
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
    const double x = latent;
    return x >= levels_.front() && x <= levels_.back() ? dw : S(0);
  }
  void validate() const {
    if (levels_.empty()) detail::fail(name, "at least one level", "none");
    for (const double level : levels_)
      if (!std::isfinite(static_cast<float>(level)))
        detail::fail(name, "levels that are finite, also as floats", level);
  }

  bool operator==(const QuantizedTo&) const = default;

 private:
  std::vector<double> levels_;  // rising
};

static_assert(ElementMap<Quantized> && Policy<Quantized> && Policy<QuantizedTo>);

}  // namespace espalier
