// SPDX-License-Identifier: MIT
// A policy of single numbers, put on the singular values of a weight.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/init/orthogonal.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/singular_rows.hpp"
#include "espalier/kernel/spectral_bound.hpp"

namespace espalier {
namespace detail {

/// May Q stand beside a policy of singular values?
template <class Q>
constexpr bool meets_singular_values() {
  static_assert(!Set<Q> && !ProximalPenalty<Q> && !VectorPenalty<Q> && !MatrixPolicy<Q>,
                "a policy of singular values, as SpectralBall, has no exact algorithm together with "
                "another set or a penalty with a prox: keep one of them, or write a smooth penalty as L2");
  return true;
}

/// What a set of vectors is, put on the singular values: SpectralSet<P>::of(p) is that policy of matrices,
/// NuclearBall for L1Ball and LowRank for TopK, in the header of that one.
template <class P>
struct SpectralSet;

/// The decomposition of a weight whose largest magnitude is scaled to be from 1 to 2.
class SingularValues {
 public:
  /// `room` has singular_room doubles for each number of w. Values below `least` need not be told apart.
  template <Scalar S>
  SingularValues(Block<const S> w, double* room, double least = 0)
      : scale_(inverse_power_of_two(largest_magnitude(w))),
        rows_(short_rows(w, scale_, room),
              {std::same_as<S, float> ? 0x1p-38 : 0x1p-49, least * scale_, 0x1p-60}) {}

  Index size() const { return rows_.rows().count; }
  double operator[](Index i) const { return std::sqrt(rows_.squares()[i]) / scale_; }

  /// w = U diag(factor(s) s) V'. Values whose factor is 1 stay as they are; where all are 0, w is exactly 0.
  /// Only once.
  template <Scalar S, class F>
  void scale_values(Block<S> w, F&& factor) {
    double* const changes = rows_.squares();
    bool all_zero = true;
    for (Index i = 0; i < size(); ++i) {
      const double square = changes[i], own = square > 0 ? factor((*this)[i]) : 0;
      changes[i] = square > 0 ? (own - 1) / square : 0;
      all_zero = all_zero && own == 0;
    }
    if (all_zero) return std::fill(w.data, w.data + w.size(), S(0));
    for (Index j = 0; j < size(); ++j) {
      const double* const change = rows_.combine(j, changes);
      for (Index i = 0; i < rows_.rows().length; ++i) {
        S& x = rows_.rows().transposed ? w.row(i)[j] : w.row(j)[i];
        x = static_cast<S>(static_cast<double>(x) + change[i] / scale_);
      }
    }
  }

 private:
  double scale_;
  SingularRows rows_;
};

/// norm(w)_2 <= bound, proved and not estimated.
template <Scalar S>
bool spectral_norm_holds(Block<const S> w, double bound, double* room) {
  if (w.size() == 0 || surely_far_inside(w, bound, room)) return true;
  const double scale = inverse_power_of_two(bound);
  if (!(largest_magnitude(w) <= bound)) return false;
  const ShortRows y = short_rows(w, scale, room);
  return surely_shorter_than(y, bound * scale, room + w.size());
}

/// The nearest weight for which that holds, to one for which it does not: singular values above the bound
/// become the bound, less what rounding takes and the proof needs.
template <Scalar S>
void project_spectral_norm(Block<S> w, double bound, double* room) {
  if (!std::isfinite(largest_magnitude(Block<const S>(w)))) return;
  // Values far above the bound come down by and by: what remains must not be lost in the roundings of what
  // goes.
  constexpr double stride = 0x1p-8;
  for (double ball = largest_magnitude(Block<const S>(w)) * stride; ball > bound; ball *= stride)
    SingularValues(Block<const S>(w), room, ball).scale_values(w, [&](double s) {
      return s > ball ? ball / s : 1;
    });
  const double goal = bound * (1 - spectral_slack(w.rows, w.cols) - 2 * roundoff<S>);
  SingularValues(Block<const S>(w), room, bound).scale_values(w, [&](double s) {
    return s > goal ? goal / s : 1;
  });
  double margin = 2 * roundoff<S>;
  for (; margin < 1 && !spectral_norm_holds(Block<const S>(w), bound, room); margin *= 2)
    for (Index i = 0; i < w.size(); ++i)
      w.data[i] = static_cast<S>(static_cast<double>(w.data[i]) * (1 - margin));
  if (margin >= 1) std::fill(w.data, w.data + w.size(), S(0));
}

}  // namespace detail

/// U diag(P(s)) V' of a weight U diag(s) V': a set or a penalty with a prox, lifted to matrices. P must not
/// mind signs, since singular values have none: Clip{-2, 2}, not Clip{-2, 3}, which is refused (Lewis 1995).
/// SpectralBall and NuclearNorm are this with Clip and with L1, NuclearBall and LowRank with L1Ball and TopK.
///
/// Where P is a set, an interval from -b to b, norm(w)_2 <= b holds in exact arithmetic after every step, as
/// the Cholesky factor of b^2 I - w w' proves. Weights that are inside by more than the roundings of that
/// proof are not touched. The nearest point is that of the Euclidean norm, and of every scalar metric.
///
/// A step costs a look at each number where the weight is far inside; m n min(m, n) multiplications for the
/// proof where it is close; and about ten to twenty times that where values are above the bound.
template <class P>
struct OnSingularValues {
  P policy;

  static constexpr std::string_view name = "OnSingularValues";
  static constexpr bool of_singular_values = true, corners = true;
  static constexpr Index room = detail::singular_room;

  static_assert(ElementSet<P> || ProximalPenalty<P>,
                "OnSingularValues{...} is for sets and penalties with a prox that look at single numbers, as "
                "Clip and L1, and for L1Ball and TopK");

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_singular_values<Q>();
  }

  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const requires ElementSet<P> {
    return detail::spectral_norm_holds(w, bound(), numbers);
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const requires ElementSet<P> {
    if (!contains(Block<const S>(w), numbers)) detail::project_spectral_norm(w, bound(), numbers);
  }

  /// All singular values at the bound, or where HeNormal would have them in a square weight if that is less.
  Orthogonal initializer() const requires ElementSet<P> { return {std::min(bound(), std::numbers::sqrt2)}; }

  template <Scalar S>
  double value(Block<const S> w) const requires ProximalPenalty<P> {
    if (!(detail::largest_magnitude(w) > 0)) return 0;
    std::vector<double> own(static_cast<std::size_t>(room * w.size()));
    const detail::SingularValues values(w, own.data());
    double sum = 0;
    for (Index i = 0; i < values.size(); ++i) sum += policy.value(values[i]);
    return sum;
  }
  template <Scalar S>
  void prox(Block<S> w, S t, double* numbers) const requires ProximalPenalty<P> {
    const double largest = detail::largest_magnitude(Block<const S>(w));
    if (!(largest > 0) || std::isinf(largest)) return;
    const double step = static_cast<double>(t);
    detail::SingularValues(Block<const S>(w), numbers).scale_values(w, [&](double s) {
      return policy.prox(s, step) / s;
    });
  }
  /// A singular value is at most the sum of the magnitudes of the weights.
  double slope_bound() const requires requires(const P& p) { p.slope_bound(); }
  { return policy.slope_bound(); }

  void validate() const {
    if constexpr (requires { policy.validate(); }) policy.validate();
    if constexpr (ElementSet<P>) {
      constexpr double most = std::numeric_limits<double>::max();
      const double low = policy.project(-most), high = policy.project(most);
      if (low != -high || !(high > 0))
        detail::fail(name,
                     low > 0 ? "a set from -b to b, b > 0 (write Conditioned for values from lo > 0 on)"
                             : "a set from -b to b, b > 0, since singular values have no sign",
                     detail::format_message("{} to {}", {low, high}));
      detail::check_positive_float(name, "bound", high);
    } else {
      for (const double s : {1e-3, 0.1, 1.0, 30.0})
        if (policy.value(-s) != policy.value(s) || policy.prox(-s, 0.5) != -policy.prox(s, 0.5))
          detail::fail(
              name, "a penalty of |w|, since singular values have no sign",
              detail::format_message("{} at {} and {} at {}", {policy.value(s), s, policy.value(-s), -s}));
    }
  }

  void describe(auto&& f) const {
    if constexpr (requires { policy.describe(f); }) policy.describe(f);
  }

  bool operator==(const OnSingularValues&) const = default;

 private:
  double bound() const { return policy.project(std::numeric_limits<double>::max()); }
};
template <class P>
OnSingularValues(P) -> OnSingularValues<P>;

/// With a set of vectors: what the policy of that name says.
template <class P>
requires requires(const P& p) { detail::SpectralSet<P>::of(p); }
struct OnSingularValues<P> {
  using Named = decltype(detail::SpectralSet<P>::of(P{}));
  P policy{};

  static constexpr std::string_view name = "OnSingularValues";
  static constexpr bool of_singular_values = true, corners = true;
  static constexpr bool flat = requires { Named::flat; };
  static constexpr Index room = Named::room;

  template <class Q>
  static constexpr bool meets() {
    return Named::template meets<Q>();
  }
  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    return named().contains(w, numbers);
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    named().project(w, numbers);
  }
  OrthogonalFactors initializer() const { return named().initializer(); }
  void validate() const { policy.validate(); }
  void validate(std::string_view where, Index rows, Index cols) const {
    if constexpr (requires { named().validate(where, rows, cols); }) named().validate(where, rows, cols);
  }
  void describe(auto&& f) const { policy.describe(f); }

  bool operator==(const OnSingularValues&) const = default;

 private:
  Named named() const { return detail::SpectralSet<P>::of(policy); }
};

}  // namespace espalier
