// SPDX-License-Identifier: MIT
// An input acts in the hidden units only as far as its linear weights allow.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// The hierarchical penalty of LassoNet (Lemhadri, Ruan, Abraham & Tibshirani 2021, eq. 2 and theorem 1) on
/// the columns of a weight whose last `skips` rows do not feed hidden units, but the outputs themselves
/// (layer/skip_connection.hpp): of the column (w, theta) of an input it is strength * norm(theta) where
/// every |w_k| <= hierarchy * norm(theta), and infinite elsewhere. As a set would, it keeps that in exact
/// arithmetic, after each step and wherever weights come from: those of an initializer, an average or a file
/// are moved to the nearest ones where it holds. Without theta an input is not read at all. A large hierarchy
/// makes it all but a penalty on the first layer, one near 0 a linear model.
///
/// In any metric t = 1 / d: theta_o = y_o / (1 + mu t_o), with b its norm, and w_k is y_k clipped to
/// [-hierarchy b, hierarchy b], mu the root of the function that falls
///   strength - mu b - hierarchy sum_k d_k max(|y_k| - hierarchy b, 0).
/// All are 0 iff norm(y_o d_o) + hierarchy sum_k d_k |y_k| <= strength. The original takes this in the
/// Euclidean metric after the step of whatever optimizer. Where y has no theta at all, the one with the
/// longest step becomes positive.
struct LassoNet {
  double strength = 0;
  double hierarchy = 10;  ///< M of the paper, whose default it is
  Index skips = 1;        ///< outputs of the model

  static constexpr std::string_view name = "LassoNet";
  static constexpr Grain grain = Grain::column;
  static constexpr bool convex = false;

  template <class Q>
  static constexpr bool meets() {
    static_assert(!Set<Q> && !ProximalPenalty<Q>,
                  "LassoNet with a set or another penalty with a prox on the same weight has no exact "
                  "algorithm: drop one of them");
    return true;
  }

  template <Scalar S>
  double value(ConstRow<S> column) const {
    if (!in_domain(column) && !column.hasNaN()) return std::numeric_limits<double>::infinity();
    return strength * detail::norm(column.data() + (column.size() - skips), skips) +
           static_cast<double>(0 * column.sum());
  }
  template <Scalar S>
  bool in_domain(ConstRow<S> column) const {
    const Index hidden = column.size() - skips;
    return (column.head(hidden).abs() <= most(column.data() + hidden)).all();
  }
  /// Without strength, prox is the projection.
  template <Scalar S>
  void to_domain(Row<S> y) const {
    const std::vector<S> ones(static_cast<std::size_t>(y.size()), S(1));
    LassoNet{0, hierarchy, skips}.prox(y, ConstRow<S>(ones.data(), y.size()));
  }

  template <Scalar S>
  void prox(Row<S> y, ConstRow<S> t) const {
    if ((t == S(0)).all()) return;
    const Index hidden = y.size() - skips;
    std::vector<double> theta(static_cast<std::size_t>(skips));
    Problem<S>(*this, y.data(), t.data(), hidden).solve(theta.data());
    for (Index o = 0; o < skips; ++o) y[hidden + o] = static_cast<S>(theta[static_cast<std::size_t>(o)]);
    const S bound = most(y.data() + hidden);
    for (Index k = 0; k < hidden; ++k) y[k] = y[k] < -bound ? -bound : y[k] > bound ? bound : y[k];
  }
  double slope_bound() const { return strength; }

  /// The least strength for which zeros stay, at this gradient of the loss.
  double zero_strength(const double* gradient, Index n) const {
    double sum = 0;
    for (Index k = 0; k < n - skips; ++k) sum += std::abs(gradient[k]);
    return detail::norm(gradient + (n - skips), skips) + hierarchy * sum;
  }

  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    detail::check_positive_float(name, "hierarchy", hierarchy);
    if (!std::isfinite(static_cast<float>(strength)))
      detail::fail(name, "a strength that is finite also as a float", strength);
    if (skips < 1) detail::fail(name, "skips >= 1", skips);
  }
  /// Throws ShapeError, naming `where`, unless there are rows of both kinds.
  void validate(std::string_view where, Index n) const {
    if (n <= skips)
      detail::fail<ShapeError>(where, {"more rows than the {} that are skips of a LassoNet", {skips}}, n);
  }

  void describe(auto&& f) const {
    f("strength", strength), f("hierarchy", hierarchy), f("skips", static_cast<double>(skips));
  }

  bool operator==(const LassoNet&) const = default;

 private:
  /// A step size of zero holds its weight as good as fast.
  template <Scalar S>
  static double weight(S t) {
    const double step = static_cast<double>(t);
    return step > 0x1p-200 ? 1 / step : 0x1p200;
  }

  /// The largest magnitude that weights of hidden units may have beside these skips: below hierarchy * norm
  /// in exact arithmetic, since the norm is good to 4 units of roundoff of a double.
  template <Scalar S>
  S most(const S* theta) const {
    const double bound = hierarchy * detail::norm(theta, skips) * (1 - 0x1p-49);
    S rounded = static_cast<S>(std::min(bound, static_cast<double>(std::numeric_limits<S>::max())));
    if (static_cast<double>(rounded) > bound) rounded = std::nextafter(rounded, S(0));
    return rounded;
  }

  /// With l the smallest weight d of a skip, mu is l (nu - 1): where y has next to nothing at the skip of l,
  /// nu is near 0, and mu could not be told from -l. y and the strength are taken times a power of two that
  /// brings y next to 1, so that squares of doubles neither overflow nor vanish.
  template <Scalar S>
  class Problem {
   public:
    Problem(const LassoNet& policy, const S* y, const S* t, Index hidden)
        : policy_(policy), y_(y), t_(t), hidden_(hidden), lightest_(d(hidden)), place_(hidden) {
      for (Index i = 0; i < end(); ++i) most_ = std::max(most_, std::abs(static_cast<double>(y[i])));
      if (most_ > 0 && std::isfinite(most_))
        scale_ = std::ldexp(1.0, std::clamp(-std::ilogb(most_), -1000, 1000));
      strength_ = policy.strength * scale_, most_ *= scale_;
      for (Index o = hidden; o < end(); ++o)
        if (d(o) < lightest_) lightest_ = d(o), place_ = o;
    }

    void solve(double* theta) const {
      double squares = 0;
      for (Index o = hidden_; o < end(); ++o) squares += std::pow(y(o) * d(o), 2);
      if (std::sqrt(squares) + pull(0).value <= strength_)
        return void(std::fill_n(theta, policy_.skips, 0.0));
      const bool held = has_nothing_at_lightest();
      const double shortest = held ? norm(0).value : HUGE_VAL;
      const bool beyond = held && lacks(shortest) > 0;
      const double nu =
          beyond ? 0 : detail::falling_root({1, 0, HUGE_VAL, 1}, [&](double at) { return excess(at); });
      for (Index o = hidden_; o < end(); ++o) theta[o - hidden_] = skip(o, nu) / scale_;
      if (!beyond) return;
      const double b = detail::falling_root(
          {shortest, shortest, HUGE_VAL, pull(shortest).value / lightest_}, [&](double at) {
            const detail::ValueAndSlope p = pull(at);
            return detail::ValueAndSlope{lacks(at), p.slope - lightest_, 0x1p-50 * p.value};
          });
      const double rest = std::sqrt((b - shortest) * (b + shortest));
      theta[place_ - hidden_] = (y_[place_] < 0 ? -rest : rest) / scale_;
    }

   private:
    double d(Index i) const { return weight(t_[i]); }
    double y(Index i) const { return static_cast<double>(y_[i]) * scale_; }
    Index end() const { return hidden_ + policy_.skips; }
    /// Has y nothing, or next to it, at the skips of the smallest weight?
    bool has_nothing_at_lightest() const {
      for (Index o = hidden_; o < end(); ++o)
        if (d(o) == lightest_ && !(std::abs(y(o)) <= 0x1p-200 * most_)) return false;
      return true;
    }
    double skip(Index o, double nu) const {
      if (nu == 1) return y(o);  // to the last bit
      const double below = (d(o) - lightest_) + lightest_ * nu;
      return y(o) == 0 || below == 0 ? 0 * y(o) : y(o) * (d(o) / below);
    }
    /// The norm b of the skips, and its slope along nu.
    detail::ValueAndSlope norm(double nu) const {
      double squares = 0, slope = 0;
      for (Index o = hidden_; o < end(); ++o) {
        const double square = std::pow(skip(o, nu), 2);
        squares += square;
        if (square > 0) slope -= square * lightest_ / ((d(o) - lightest_) + lightest_ * nu);
      }
      const double b = std::sqrt(squares);
      return {b, b > 0 ? slope / b : 0, 0};
    }
    /// What the weights of hidden units pull at skips of norm b, and its slope.
    detail::ValueAndSlope pull(double b) const {
      double sum = 0, inside = 0;
      for (Index k = 0; k < hidden_; ++k) {
        const double over = std::abs(y(k)) - policy_.hierarchy * b;
        sum += d(k) * std::max(over, 0.0);
        if (over > 0) inside += d(k);
      }
      return {policy_.hierarchy * sum, -policy_.hierarchy * policy_.hierarchy * inside, 0};
    }
    /// How much is missing to keep skips of norm b that all stand in the skip of the smallest weight.
    double lacks(double b) const { return pull(b).value - strength_ - lightest_ * b; }
    detail::ValueAndSlope excess(double nu) const {
      const detail::ValueAndSlope b = norm(nu), p = pull(b.value);
      const double mu = lightest_ * (nu - 1);
      return {strength_ - mu * b.value - p.value, -lightest_ * b.value - mu * b.slope - p.slope * b.slope,
              0x1p-50 * (strength_ + std::abs(mu) * b.value + p.value)};
    }

    const LassoNet& policy_;
    const S *y_, *t_;
    Index hidden_;
    double lightest_;
    Index place_;
    double most_ = 0, scale_ = 1, strength_ = 0;
  };
};

}  // namespace espalier
