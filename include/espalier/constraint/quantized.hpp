// SPDX-License-Identifier: MIT
// Weights on a grid, trained through a latent copy that is not.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "espalier/core/policy.hpp"
#include "espalier/kernel/levels.hpp"

namespace espalier {
namespace detail {

/// The gradient of a stored copy from that of its level: only what leads back, where it is beyond the levels.
template <Scalar S>
S straight_through(S latent, S dw, double lo, double hi) {
  const double x = latent;
  return (x < lo && !(dw < 0)) || (x > hi && !(dw > 0)) ? S(0) : dw;
}

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
    return levels().nearest(latent);
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    return detail::straight_through(latent, dw, lo, hi);
  }
  void validate() const { levels().check(name); }

  void describe(auto&& f) const { f("step", step), f("lo", lo), f("hi", hi); }

  bool operator==(const Quantized&) const = default;

 private:
  detail::GridLevels levels() const { return {step, lo, hi}; }
};

/// As Quantized, with levels at any distance from one another: `QuantizedTo{-1, 0, 1}`.
class QuantizedTo {
 public:
  static constexpr std::string_view name = "QuantizedTo";

  QuantizedTo() = default;
  QuantizedTo(std::initializer_list<double> levels) : QuantizedTo(std::vector<double>(levels)) {}
  explicit QuantizedTo(std::vector<double> levels) : levels_(std::move(levels)) {}

  /// The nearest level; of two that are equally near, the larger one.
  template <Scalar S>
  S weight(S latent) const {
    return levels_.nearest(latent);
  }
  template <Scalar S>
  S parameter(S w) const {
    return w;
  }
  template <Scalar S>
  S pull_back(S latent, S dw) const {
    return detail::straight_through(latent, dw, levels_.rising().front(), levels_.rising().back());
  }
  void validate() const { levels_.check(name); }

  void describe(auto&& f) const { f("levels", levels_.rising()); }

  bool operator==(const QuantizedTo&) const = default;

 private:
  detail::ListedLevels levels_;
};

}  // namespace espalier
