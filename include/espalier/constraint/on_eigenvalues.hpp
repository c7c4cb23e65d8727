// SPDX-License-Identifier: MIT
// A set of numbers, put on the eigenvalues of a symmetric weight.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <string_view>

#include "espalier/constraint/non_negative.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/definite.hpp"
#include "espalier/kernel/eigenvectors.hpp"

namespace espalier {
namespace detail {

/// Doubles for each number of a weight that its eigenvalues are computed in.
inline constexpr Index eigen_room = 5;

template <Scalar S>
bool is_symmetric(Block<const S> w) {
  if (w.rows != w.cols) return false;
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < j; ++i)
      if (!(w.row(j)[i] == w.row(i)[j])) return false;
  return true;
}

/// Is sign scale A + (bound + slack) I surely positive semidefinite for a symmetric A?
template <Scalar S>
bool shifted_is_semidefinite(Block<const S> w, double scale, double sign, double bound, double slack,
                             double* room) {
  const Index n = w.rows;
  const double shift = bound + slack;
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i <= j; ++i) room[j * n + i] = sign * scale * static_cast<double>(w.row(j)[i]);
    room[j * n + j] += shift;
  }
  return surely_semidefinite(room, n, roundoff<double> * 2 * (std::abs(bound) + slack));
}

/// The symmetric matrix with the eigenvectors of w + w' and the eigenvalues f(own), rounded alike on either
/// side of the diagonal.
template <Scalar S, class F>
void map_eigenvalues(Block<S> w, double* room, F&& f) {
  const Index n = w.rows;
  double *const a = room, *const z = a + n * n, *const values = z + n * n, *const beside = values + n;
  const double scale = inverse_power_of_two(largest_magnitude(Block<const S>(w)));
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i < n; ++i)
      a[j * n + i] =
          (static_cast<double>(w.row(j)[i]) * scale + static_cast<double>(w.row(i)[j]) * scale) / 2;
  SymmetricEigenvectors(a, n, values, beside)(z);
  std::fill(a, a + n * n, 0.0);
  for (Index k = 0; k < n; ++k) {
    const double own = f(values[k] / scale);
    for (Index j = 0; j < n && own != 0; ++j) add_multiple(a + j * n, own * z[k * n + j], z + k * n, j + 1);
  }
  for (Index j = 0; j < n; ++j)
    for (Index i = 0; i <= j; ++i) w.row(j)[i] = w.row(i)[j] = static_cast<S>(a[j * n + i]);
}

}  // namespace detail

/// W is square and symmetric, exactly, and its eigenvalues are in P's set, an interval: Clip{lo, hi}, or
/// NonNegative, which is PositiveSemidefinite. A step's Y goes to Z diag(P(e)) Z' of its symmetric part
/// Z diag(e) Z' = (Y + Y') / 2, the nearest point of the Euclidean norm and of every scalar metric (Higham
/// 1988 for NonNegative; Lewis 1996).
///
/// Cholesky factors prove after every step that no eigenvalue is outside of the interval by more than
///
///   (2 u + v n (n + 120)) norm(W)_F,
///
/// with the unit of roundoff u of the weights and v = 2^-53: rounding the numbers alone moves eigenvalues by
/// up to u norm(W)_F. Weights of which that is proved are not touched, and all whose eigenvalues are in the
/// interval are among them.
///
/// A step costs n^3 / 6 multiplications for each bound where W is inside, and about 10 n^3 where it is not,
/// as after nearly every step, which is seldom symmetric.
template <class P>
struct OnEigenvalues {
  P policy{};

  static constexpr std::string_view name =
      std::same_as<P, NonNegative> ? "PositiveSemidefinite" : "OnEigenvalues";
  static constexpr bool corners = true, flat = true;
  static constexpr Index room = detail::eigen_room;

  static_assert(ElementSet<P> && !KeepsNumbers<P>,
                "OnEigenvalues{...} is for sets of single numbers that are alike for all, as Clip and "
                "NonNegative");

  template <class Q>
  static constexpr bool meets() {
    static_assert(!Set<Q> && !ProximalPenalty<Q> && !VectorPenalty<Q> && !MatrixPolicy<Q>,
                  "a policy of eigenvalues, as PositiveSemidefinite, has no exact algorithm together with "
                  "another set or a penalty with a prox: keep one of them, or write a smooth penalty as L2");
    return true;
  }

  template <Scalar S>
  bool contains(Block<const S> w, double* numbers) const {
    const double largest = detail::largest_magnitude(w);
    if (!detail::is_symmetric(w) || std::isinf(largest)) return false;
    if (largest == 0) return policy.contains(S(0));
    const double scale = detail::inverse_power_of_two(largest), low = policy.project(-most),
                 high = policy.project(most);
    const double slack = tolerance<S>(w.rows) * (detail::norm(w.data, w.size()) * scale);
    const auto holds = [&](double sign, double bound) {
      if (std::abs(bound) * scale > 0x1p200) return bound > 0;
      return detail::shifted_is_semidefinite(w, scale, sign, bound * scale, slack, numbers);
    };
    return (low == -most || holds(1, -low)) && (high == most || holds(-1, high));
  }
  template <Scalar S>
  void project(Block<S> w, double* numbers) const {
    const double largest = detail::largest_magnitude(Block<const S>(w));
    if (std::isinf(largest)) return;
    double inside = 0;
    for (int pass = 0; pass < 6 && detail::largest_magnitude(Block<const S>(w)) > 0; ++pass) {
      if (contains(Block<const S>(w), numbers)) return;
      detail::map_eigenvalues(w, numbers, [&](double e) { return clamp(e, inside); });
      inside = std::max(4 * inside, 2 * tolerance<S>(w.rows) * detail::norm(w.data, w.size()));
    }
    if (contains(Block<const S>(w), numbers)) return;
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i < w.cols; ++i) w.row(j)[i] = i == j ? policy.project(S(0)) : S(0);
  }

  void validate() const {
    if constexpr (requires { policy.validate(); }) policy.validate();
    for (const double bound : {policy.project(-most), policy.project(most)})
      if (bound != 0 && std::abs(bound) != most)
        detail::check_positive_float(name, "the magnitude of a bound that is not 0", std::abs(bound));
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    if (rows != cols)
      detail::fail<ShapeError>(where, {"a square weight for {}", {name}},
                               detail::format_message("{} x {}", {rows, cols}));
  }
  void describe(auto&& f) const {
    if constexpr (requires { policy.describe(f); }) policy.describe(f);
  }

  bool operator==(const OnEigenvalues&) const = default;

 private:
  static constexpr double most = std::numeric_limits<double>::max();

  /// The nearest number that is inside by so much, or in the middle where none is.
  double clamp(double e, double inside) const {
    const double low = policy.project(-most), high = policy.project(most);
    const double least = low == -most ? low : low + inside, last = high == most ? high : high - inside;
    return least <= last ? std::clamp(e, least, last) : low + (high - low) / 2;
  }
  template <Scalar S>
  static double tolerance(Index n) {
    const double k = static_cast<double>(n);
    return 2 * detail::roundoff<S> + detail::roundoff<double> * k * (k + 120);
  }
};
template <class P>
OnEigenvalues(P) -> OnEigenvalues<P>;

}  // namespace espalier
