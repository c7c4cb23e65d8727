// SPDX-License-Identifier: MIT
// Weights whose rows are scaled to a bound that is trained, and the penalty on the product of the bounds.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "espalier/constraint/induced_norm.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// Which norm is bounded by a number that is trained: LearnedBound<InfinityNorm>.
template <class Norm>
struct LearnedBound;

/// W_j = P_j min(1, B / sum_i |P_ji|) for each row j, with B = log(1 + exp(c)): so norm(W)_inf <= B, in exact
/// arithmetic, and rows inside are P bit for bit. The number c is trained beside P (Liu et al. 2022, LipMLP,
/// eq. 7 and 8): the parameter "bound". Alone it bounds nothing: LipschitzProduct pays for it. `assign` and
/// initializers give P = W, and the least B that leaves it as it is; of zeros 1.
template <>
struct LearnedBound<InfinityNorm> {
  static constexpr std::string_view name = "LearnedBound";
  static constexpr std::string_view beside_name = "bound";
  static constexpr bool trains_beside = true;

  Index beside(Index, Index) const { return 1; }

  /// B, in double. Below the least normal number it stays there.
  template <Scalar S>
  static double bound(S c) {
    return SoftplusWeight{}.weight(static_cast<double>(c));
  }

  template <Scalar S>
  void weight(Block<const S> p, ConstArrayMap<S> c, Block<S> w, double*) const {
    for (Index j = 0; j < p.rows; ++j) {
      const double factor = factor_of<S>(p.cols, bound(c[0]), row_sum(p, j));
      for (Index i = 0; i < p.cols; ++i)
        w.row(j)[i] = factor == 1 ? p.row(j)[i] : static_cast<S>(static_cast<double>(p.row(j)[i]) * factor);
    }
  }

  template <Scalar S>
  void pull_back(Block<const S> p, ConstArrayMap<S> c, Block<const S>, Block<S> dw, ArrayMap<S> dc,
                 double*) const {
    double of_bound = 0;
    for (Index j = 0; j < p.rows; ++j) {
      const double sum = row_sum(p, j), factor = factor_of<S>(p.cols, bound(c[0]), sum);
      if (factor == 1) continue;
      double along = 0;
      for (Index i = 0; i < p.cols; ++i)
        along += static_cast<double>(dw.row(j)[i]) * (static_cast<double>(p.row(j)[i]) / sum);
      of_bound += along;
      for (Index i = 0; i < p.cols; ++i) {
        const double x = p.row(j)[i], toward = x > 0 ? along : x < 0 ? -along : 0;
        dw.row(j)[i] = static_cast<S>(factor * (static_cast<double>(dw.row(j)[i]) - toward));
      }
    }
    dc[0] = static_cast<S>(SoftplusWeight{}.pull_back(static_cast<double>(c[0]), of_bound));
  }

  template <Scalar S>
  bool parameter(Block<S> w, ArrayMap<S> c, double*) const {
    double most = 0;
    for (Index j = 0; j < w.rows; ++j) most = std::max(most, row_sum(Block<const S>(w), j));
    S found = static_cast<S>(SoftplusWeight{}.parameter(most > 0 ? most : 1.0));
    // Roundings may have left it below by a few units.
    while (bound(found) * safe(w.cols) < most && std::isfinite(found))
      found = std::nextafter(found, std::numeric_limits<S>::infinity());
    c[0] = found;
    return true;
  }

  bool operator==(const LearnedBound&) const = default;

 private:
  template <Scalar S>
  static double row_sum(Block<const S> p, Index j) {
    double sum = 0;
    for (Index i = 0; i < p.cols; ++i) sum += std::abs(static_cast<double>(p.row(j)[i]));
    return sum;
  }
  /// What the roundings of a sum leave of a bound.
  static double safe(Index n) { return 1 - static_cast<double>(n + 2) * detail::roundoff<double>; }
  /// 1 where the row is inside, else what brings it there after each product is rounded to S.
  template <Scalar S>
  static double factor_of(Index n, double most, double sum) {
    if (sum <= most * safe(n)) return 1;
    return most / sum * (safe(n) - 2 * detail::roundoff<S>);
  }
};

/// strength * the product of B over all weights under LearnedBound that fit the pattern: of a chain of them
/// and activations with slopes from -1 to 1 that is the Lipschitz constant in the infinity norm which the
/// bounds prove (Liu et al. 2022, eq. 10). For an optimizer: `Optimizer optimizer{Adam{},
/// LipschitzProduct{1e-6}}`.
struct LipschitzProduct {
  double strength = 0;
  std::string pattern = "*";  ///< of the paths of weights; * stands for any text

  static constexpr std::string_view name = "LipschitzProduct";

  double value(const auto& parameters) const {
    double product = strength;
    each(parameters, [&](const auto& c) { product *= Bound::bound(*parameters.values_of(c).data); });
    return product;
  }
  bool add_gradient(auto& parameters) const {
    const double product = value(parameters);
    if (product == 0) return false;
    each(parameters, [&](const auto& c) {
      const auto at = *parameters.values_of(c).data;
      const double slope = SoftplusWeight{}.pull_back(static_cast<double>(at), product / Bound::bound(at));
      *parameters.gradients_of(c) += static_cast<std::remove_const_t<decltype(at)>>(slope);
    });
    return true;
  }

  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void validate(const auto& parameters) const {
    bool found = false;
    each(parameters, [&](const auto&) { found = true; });
    if (!found) detail::fail(name, "a pattern that fits the path of a weight under LearnedBound", pattern);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const LipschitzProduct&) const = default;

 private:
  using Bound = LearnedBound<InfinityNorm>;

  /// f(the entry of c) for each weight that fits: it stands behind that of the weight.
  void each(auto& parameters, auto&& f) const {
    for (const auto& e : parameters.entries())
      if (e.fits(pattern) && e.pack.template find<Bound>()) f(*(&e + 1));
  }
};

}  // namespace espalier
