// SPDX-License-Identifier: MIT
// The proximal operator of a penalty on the norm of a vector, in a diagonal metric and together with policies
// of elements: one unknown, the norm of the result.
#pragma once

#include <cmath>
#include <limits>

#include "espalier/core/block.hpp"
#include "espalier/core/elements.hpp"
#include "espalier/kernel/falling_root.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/wide_line.hpp"

namespace espalier::detail {

/// min sum (x_i - y_i)^2 / (2 t_i) + h(x_i) + p(norm(x)) over x_i in an interval I_i, where p'(s) is lambda -
/// bend s. If norm(x) is s, then x_i(s) = P_I_i(z_i s / (s (1 - bend t_i) + lambda t_i)), z = prox_h(y). For
/// an h that is not linear on either side of zero that is wrong. Without `concave`, bend is 0.
template <bool concave, Scalar S, class Elements>
struct GroupProx {
  const Elements& elements;
  const S* y;
  Index n;
  Steps<S> t;
  double lambda, bend = 0;
  Intervals<S, Elements> intervals{elements};

  double step(Index i) const { return static_cast<double>(t[i]); }
  double thresholded(Index i) const { return elements.at(i).prox(static_cast<double>(y[i]), step(i)); }
  /// x_i, if norm(x) is s; infinity: without the penalty.
  double at(Index i, double s) const {
    const double z = thresholded(i);
    if (z == 0 || std::isinf(s)) return intervals[i].clamp(z);
    if (s == 0) return 0;
    return intervals[i].clamp(z * (s / denominator(s, step(i))));
  }

  /// lines(i, z, t) for the weights from the i-th on, a line of doubles at a time, and single(i) for the
  /// rest; z is y after the prox of an L1.
  template <class Lines, class Single>
  ESPALIER_INLINE void each(Lines&& lines, Single&& single) const {
    constexpr Index length = line_length<S>;
    const Index whole = Elements::alike ? n / length * length : 0;
    const WideLine<S> uniform = widened(Line<S>(t.uniform));
    for (Index i = 0; i < whole; i += length) {
      const WideLine<S> from = widened(Line<S>::load(y + i)),
                        steps = t.each ? widened(Line<S>::load(t.each + i)) : uniform;
      unrolled<std::tuple_size_v<WideLine<S>>>([&](auto k) ESPALIER_INLINE_LAMBDA {
        if constexpr (Elements::none || !Elements::alike)
          lines(i + k * Line<double>::size, from[k], steps[k]);
        else
          lines(i + k * Line<double>::size, elements.prox(from[k], steps[k]), steps[k]);
      });
    }
    for (Index i = whole; i < n; ++i) single(i);
  }

  void write(double s, S* x) const {
    const WideInterval wide(intervals.common());
    const bool free = std::isinf(s), zero = s == 0;
    each(
        [&](Index i, const Line<double>& z, const Line<double>& step) ESPALIER_INLINE_LAMBDA {
          const Line<double> shrunk = free   ? z
                                      : zero ? Line<double>::if_zero(z, z, 0.0)
                                             : z * (s / denominator(s, step));
          store_narrow(zero ? shrunk : wide.clamp(shrunk), x + i);
        },
        [&](Index i) { x[i] = static_cast<S>(at(i, s)); });
  }

  /// Is zero allowed, and not worse than a little? Then the slope of the rest there is at most lambda. What
  /// is not finite does not go to zero.
  bool goes_to_zero() const {
    for (Index i = 0; i < (Elements::alike ? 1 : n); ++i)
      if (intervals[i].clamp(0) != 0) return false;
    const WideInterval wide(intervals.common());
    Line<double> sums = 0.0;
    double squares = 0;
    each(
        [&](Index, const Line<double>& z, const Line<double>& step) ESPALIER_INLINE_LAMBDA {
          const Line<double> counts = Line<double>::below(0.0, wide.clamp(z) * z);
          sums += Line<double>::if_zero(counts, z * 0.0, (z / (lambda * step)).square());
        },
        [&](Index i) {
          const double z = thresholded(i);
          squares += intervals[i].clamp(z) * z > 0 ? std::pow(z / (lambda * step(i)), 2) : z * 0;
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
    return falling_root({most, 0, infinity, most}, [&](double s) {
      const ValueAndSlope squares = squares_at(s);
      const double norm = std::sqrt(squares.value), quotient = s / norm;
      return ValueAndSlope{1 - quotient, (quotient * squares.slope / (2 * norm) - 1) / norm, 0x1p-51};
    });
  }
  /// norm(x(s))^2 and its slope.
  ValueAndSlope squares_at(double s) const {
    const WideInterval wide(intervals.common());
    const bool free = std::isinf(s);
    Line<double> sums = 0.0, slopes = 0.0;
    double squares = 0, slope = 0;
    each(
        [&](Index, const Line<double>& z, const Line<double>& step) ESPALIER_INLINE_LAMBDA {
          if (free) return void(sums += wide.clamp(z).square());
          const Line<double> pull = lambda * step, part = 1 / denominator(s, step),
                             x = wide.clamp(z * (s * part));
          sums += x.square();
          slopes += wide.strictly_inside(x) * x.square() * (pull * part);
        },
        [&](Index i) {
          const double x = at(i, s), pull = lambda * step(i);
          squares += x * x;
          if (intervals[i].strictly_inside(x) && !free) slope += x * x * (pull / denominator(s, step(i)));
        });
    return {sums.sum() + squares, free ? 0 : 2 * (slopes.sum() + slope) / s, 0};
  }

  template <class T>  // double, or a line of them
  ESPALIER_INLINE T denominator(double s, const T& step) const {
    if constexpr (concave)
      return s * (1 - bend * step) + lambda * step;
    else
      return s + lambda * step;
  }
};

}  // namespace espalier::detail
