// SPDX-License-Identifier: MIT
// The singular values of a weight are bounded from above and from below.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "espalier/constraint/on_singular_values.hpp"
#include "espalier/kernel/singular_vectors.hpp"

namespace espalier {

/// All min(rows, cols) singular values of W are from `lo` to `hi`: W stretches no input by more than hi, and
/// none that it can see (no output it can reach) by less than lo, so that its condition number is at most
/// hi / lo. Values outside go to the nearer bound, as Clip{lo, hi} of them; that is a nearest point of the
/// Euclidean norm and of every scalar metric. The set is not convex.
///
/// Both bounds hold in exact arithmetic after every step, with no tolerance: Cholesky factors of hi^2 I - G
/// and of G - lo^2 I prove it, G = W W'. So weights are moved that are closer to a bound than the roundings
/// of that and of the weights: by up to sqrt(min(rows, cols)) units of roundoff of hi. Hence lo and hi must
/// differ by a thousandth; Orthonormal is for lo = hi = 1. Values that are zero are raised along unit
/// vectors, as far as the other singular vectors leave those: a weight of zeros becomes lo times the first
/// rows of the unit matrix.
///
/// A step costs min(rows, cols)^2 max(rows, cols) multiplications for the two proofs where W is inside, and
/// about twenty times that where it is not.
struct Conditioned {
  double lo = 0.5, hi = 2;

  static constexpr std::string_view name = "Conditioned";
  static constexpr bool of_singular_values = true, corners = true;
  static constexpr Index room = detail::vectors_room;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_singular_values<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    if (w.size() == 0) return true;
    if (!detail::spectral_norm_holds(w, hi, numbers)) return false;
    const double scale = detail::inverse_power_of_two(hi);
    return detail::surely_longer_than(detail::short_rows(w, scale, numbers), lo * scale, numbers + w.size());
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    if (!std::isfinite(detail::largest_magnitude(Block<const S>(w)))) return;
    const double k = static_cast<double>(std::min(w.rows, w.cols));
    double rounded = 1.1 * detail::roundoff<S> * std::sqrt(k) * hi;
    for (int pass = 0; pass < 4; ++pass, rounded *= 4) {
      if (contains(Block<const S>(w), numbers)) return;
      const double most = hi * (1 - 2 * detail::spectral_slack(w.rows, w.cols)) - rounded;
      const double least = std::hypot(lo, hi * std::sqrt(2 * detail::gram_slack(w.rows, w.cols))) + rounded;
      detail::SingularVectors(Block<const S>(w), numbers).compose(w, [&](double s) {
        return std::clamp(s, std::min(least, most), most);
      });
    }
    if (!contains(Block<const S>(w), numbers)) write_middle(w);
  }

  /// All singular values where HeNormal would have them in a square weight, or at the bound next to that.
  Orthogonal initializer() const { return {std::clamp(std::numbers::sqrt2, lo, hi)}; }
  void validate() const {
    detail::check_positive_float(name, "lo", lo);
    detail::check_positive_float(name, "hi", hi);
    if (!(lo >= 1e-4 * hi && lo <= 0.999 * hi))
      detail::fail(name, "lo from 1e-4 hi to 0.999 hi (Orthonormal is for values of 1)",
                   detail::format_message("lo = {} and hi = {}", {lo, hi}));
  }
  void describe(auto&& f) const { f("lo", lo), f("hi", hi); }

  bool operator==(const Conditioned&) const = default;

 private:
  template <Scalar S>
  void write_middle(Block<S> w) const {
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i < w.cols; ++i) w.row(j)[i] = i == j ? static_cast<S>((lo + hi) / 2) : S(0);
  }
};

}  // namespace espalier
