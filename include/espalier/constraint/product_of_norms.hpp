// SPDX-License-Identifier: MIT
// A penalty on the product of the infinity norms of several weights.
#pragma once

#include <cmath>
#include <string>

#include "espalier/core/check.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// strength * the product over all weights W that fit the pattern of max_j sum_i |W_ji|. Of a chain of Dense
/// and Conv2D layers and activations with slopes from -1 to 1 the product bounds how far the outputs move,
/// each, where no input moves by more than 1: the Lipschitz constant in the infinity norm (Gouk et al. 2021;
/// Liu et al. 2022 penalize a product of learned bounds). Its gradient is one-sided where rows of a weight
/// tie: that of the first; where a weight is zero it is zero. For an optimizer: `Optimizer optimizer{Adam{},
/// ProductOfNorms{1e-3}}`.
struct ProductOfNorms {
  double strength = 0;
  std::string pattern = "*";  ///< of the paths of weights; * stands for any text

  static constexpr std::string_view name = "ProductOfNorms";

  double value(const auto& parameters) const {
    double product = strength;
    each(parameters, [&](const auto&, const auto& w) { product *= longest_row(w).norm; });
    return product;
  }
  bool add_gradient(auto& parameters) const {
    const double product = value(parameters);
    if (product == 0) return false;
    each(parameters, [&](const auto& e, const auto& w) {
      const LongestRow longest = longest_row(w);
      const double slope = product / longest.norm;
      add_signs(w.row(longest.index), w.cols, slope, parameters.gradients_of(e) + longest.index * w.cols);
    });
    return true;
  }

  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void validate(const auto& parameters) const {
    bool found = false;
    each(parameters, [&](const auto& e, const auto&) {
      found = true;
      if (e.pack.traits().scales_rows || e.pack.traits().maps)
        detail::fail(e.path, "a weight that is what is stored, for ProductOfNorms", e.pack.names().front());
    });
    if (!found) detail::fail(name, "a pattern that fits the path of a weight", pattern);
  }

  void describe(auto&& f) const {
    f("strength", strength), f("pattern", detail::quoted_text(pattern, pattern.size()));
  }

  bool operator==(const ProductOfNorms&) const = default;

 private:
  struct LongestRow {
    Index index;
    double norm;
  };
  static LongestRow longest_row(const auto& w) {
    LongestRow longest{0, 0};
    for (Index j = 0; j < w.rows; ++j) {
      double sum = 0;
      for (Index i = 0; i < w.cols; ++i) sum += std::abs(static_cast<double>(w.row(j)[i]));
      if (!(sum <= longest.norm)) longest = {j, sum};
    }
    return longest;
  }
  template <class S>
  static void add_signs(const S* w, Index n, double slope, S* g) {
    for (Index i = 0; i < n; ++i) g[i] += static_cast<S>(w[i] > 0 ? slope : w[i] < 0 ? -slope : 0);
  }

  /// f(entry, its numbers) for each weight that fits.
  void each(auto& parameters, auto&& f) const {
    for (const auto& e : parameters.entries())
      if (e.kind == ParameterKind::weight && e.fits(pattern)) f(e, parameters.values_of(e));
  }
};

}  // namespace espalier
