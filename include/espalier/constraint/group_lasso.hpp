// SPDX-License-Identifier: MIT
// The penalty on the norms of vectors, by its proximal operator: vectors that do not pay for themselves are
// exactly zero.
#pragma once

#include <cmath>
#include <limits>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier {

/// strength * sqrt(n) norm(w_j), summed over all neurons j with their n weights each (Yuan & Lin 2006, with
/// the root of the size: Keras and mlpack leave it out). PerInput{GroupLasso{..}} takes the columns, so that
/// inputs which nobody needs are read by no neuron. With L1 it is the sparse group lasso.
///
/// With lambda = strength sqrt(n): the step's y goes to zero iff norm(y_i / t_i) <= lambda, and else to
/// z_i s / (s + lambda t_i), s its own norm; z is y after the prox of an L1.
struct GroupLasso {
  double strength = 0;

  static constexpr std::string_view name = "GroupLasso";
  static constexpr bool of_norm = true;

  template <class Q>
  static constexpr bool meets() {
    static_assert(
        !ProximalPenalty<Q> || homogeneous_policy<Q>(),
        "GroupLasso with a penalty that is not homogeneous has no exact algorithm: write L1 with it, or "
        "drop one of them");
    return true;
  }

  template <Scalar S>
  S value(ConstRow<S> w) const {
    return static_cast<S>(strength * std::sqrt(static_cast<double>(w.size())) *
                          detail::norm(w.data(), w.size()));
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements) const {
    const Prox<S, std::decay_t<decltype(elements)>> problem{
        elements, detail::Intervals<S, std::decay_t<decltype(elements)>>(elements),
        ConstRow<S>(w.data(), w.size()), t, strength * std::sqrt(static_cast<double>(w.size()))};
    problem.write(problem.size(), w.data());
  }
  /// The root mean square of the gradient of a vector, whose norm is strength sqrt(n).
  double slope_bound() const { return strength; }
  void validate() const {
    detail::check_not_negative(name, "strength", strength);
    if (!std::isfinite(static_cast<float>(strength)))
      detail::fail(name, "a strength that is finite also as a float", strength);
  }

  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const GroupLasso&) const = default;

 private:
  template <Scalar S, class Elements>
  struct Prox {
    const Elements& elements;
    detail::Intervals<S, Elements> intervals;
    ConstRow<S> y;
    Steps<S> t;
    double lambda;

    double step(Index i) const { return static_cast<double>(t[i]); }
    double thresholded(Index i) const { return elements.at(i).prox(static_cast<double>(y[i]), step(i)); }
    /// x_i, if norm(x) is s; infinity: without the penalty.
    double at(Index i, double s) const {
      const double z = thresholded(i);
      if (z == 0 || std::isinf(s)) return intervals[i].clamp(z);
      if (s == 0) return 0;
      return intervals[i].clamp(z * (s / (s + lambda * step(i))));
    }

    /// lines(i, z, t) for the weights from the i-th on, a line of doubles at a time, and single(i) for the
    /// rest; z is y after the prox of an L1.
    template <class Lines, class Single>
    EIGEN_ALWAYS_INLINE void each(Lines&& lines, Single&& single) const {
      constexpr Index length = detail::line_length<S>;
      const Index n = y.size(), whole = Elements::alike ? n / length * length : 0;
      const detail::WideLine<S> uniform = detail::widened(Line<S>(t.uniform));
      for (Index i = 0; i < whole; i += length) {
        const detail::WideLine<S> from = detail::widened(Line<S>::load(y.data() + i)),
                                  steps = t.each ? detail::widened(Line<S>::load(t.each + i)) : uniform;
        detail::unrolled<std::tuple_size_v<detail::WideLine<S>>>([&](auto k) __attribute__((always_inline)) {
          if constexpr (Elements::none || !Elements::alike)
            lines(i + k * Line<double>::size, from[k], steps[k]);
          else
            lines(i + k * Line<double>::size, elements.prox(from[k], steps[k]), steps[k]);
        });
      }
      for (Index i = whole; i < n; ++i) single(i);
    }

    void write(double s, S* x) const {
      const detail::WideInterval wide(intervals.common());
      const bool free = std::isinf(s), zero = s == 0;
      each(
          [&](Index i, const Line<double>& z, const Line<double>& step) __attribute__((always_inline)) {
            const Line<double> shrunk = free   ? z
                                        : zero ? Line<double>::if_zero(z, z, 0.0)
                                               : z * (s / (s + lambda * step));
            detail::store_narrow(zero ? shrunk : wide.clamp(shrunk), x + i);
          },
          [&](Index i) { x[i] = static_cast<S>(at(i, s)); });
    }

    /// Is zero allowed, and not worse than a little? Then the slope of the rest there is at most lambda.
    bool goes_to_zero() const {
      for (Index i = 0; i < (Elements::alike ? 1 : y.size()); ++i)
        if (intervals[i].clamp(0) != 0) return false;
      const detail::WideInterval wide(intervals.common());
      Line<double> sums = 0.0;
      double squares = 0;
      each(
          [&](Index, const Line<double>& z, const Line<double>& step) __attribute__((always_inline)) {
            const Line<double> counts = Line<double>::below(0.0, wide.clamp(z) * z);
            sums += z * 0.0;  // NaN is not small
            sums += Line<double>::if_zero(counts, 0.0, (z / (lambda * step)).square());
          },
          [&](Index i) {
            const double z = thresholded(i);
            squares += z * 0;
            if (intervals[i].clamp(z) * z > 0) squares += std::pow(z / (lambda * step(i)), 2);
          });
      return sums.sum() + squares <= 1;
    }

    /// norm(x) of the result: where s / norm(x(s)) is 1, which rises with s.
    double size() const {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      if (!(lambda > 0)) return infinity;
      if (goes_to_zero()) return 0;
      const double most = std::sqrt(squares_at(infinity).value);
      if (!(most > 0 && std::isfinite(most))) return infinity;
      return detail::falling_root({most, 0, infinity, most}, [&](double s) {
        const detail::ValueAndSlope squares = squares_at(s);
        const double norm = std::sqrt(squares.value), quotient = s / norm;
        return detail::ValueAndSlope{1 - quotient, (quotient * squares.slope / (2 * norm) - 1) / norm,
                                     0x1p-51};
      });
    }
    /// norm(x(s))^2 and its slope.
    detail::ValueAndSlope squares_at(double s) const {
      const detail::WideInterval wide(intervals.common());
      const bool free = std::isinf(s);
      Line<double> sums = 0.0, slopes = 0.0;
      double squares = 0, slope = 0;
      each(
          [&](Index, const Line<double>& z, const Line<double>& step) __attribute__((always_inline)) {
            if (free) return void(sums += wide.clamp(z).square());
            const Line<double> pull = lambda * step, part = 1 / (s + pull), x = wide.clamp(z * (s * part));
            sums += x.square();
            slopes += wide.strictly_inside(x) * x.square() * (pull * part);
          },
          [&](Index i) {
            const double x = at(i, s), pull = lambda * step(i);
            squares += x * x;
            if (intervals[i].strictly_inside(x) && !free) slope += x * x * (pull / (s + pull));
          });
      return {sums.sum() + squares, free ? 0 : 2 * (slopes.sum() + slope) / s, 0};
    }
  };
};

}  // namespace espalier
