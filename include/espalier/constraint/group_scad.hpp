// SPDX-License-Identifier: MIT
// The smoothly clipped absolute deviation of the norms of vectors: a lasso that lets go of long vectors.
#pragma once

#include <cmath>
#include <type_traits>

#include "espalier/constraint/group_mcp.hpp"

namespace espalier {

/// The sum over all neurons j of p(norm(w_j)), where with lambda = strength sqrt(n), n weights each, p'(s) is
/// lambda up to s = lambda, falls from there in a line to 0 at gamma lambda, and stays 0 (Fan & Li 2001,
/// whose gamma is 3.7; of groups: Breheny & Huang 2015). Vectors up to lambda are treated as GroupLasso
/// treats them, those longer than gamma lambda are not shrunk. PerInput{GroupScad{..}} takes the columns.
///
/// The step's y goes to zero if norm(y_i / t_i) <= lambda, stays if norm(y) >= gamma lambda, and else becomes
/// x_i = y_i / (1 + mu t_i), where mu norm(x) is lambda if norm(x) <= lambda, and (gamma lambda - norm(x)) /
/// (gamma - 1) if it is longer. So it is where all step sizes t are below gamma - 1; where some are longer
/// two of these may hold, and the better one is taken, as by GroupMcp.
struct GroupScad {
  double strength = 0;
  double gamma = 3.7;

  static constexpr std::string_view name = "GroupScad";

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_concave_group<Q>();
  }

  template <Scalar S>
  double value(ConstRow<S> w) const {
    return value_at(detail::norm(w.data(), w.size()), lambda(w.size()));
  }
  template <Scalar S>
  void prox(Row<S> w, Steps<S> t, const auto& elements) const {
    const double all = lambda(w.size()), end = gamma * all, bend = 1 / (gamma - 1);
    detail::ConcaveGroupProx<2, S, std::decay_t<decltype(elements)>>(
        elements, w.data(), w.size(), t, {{{all, 0, all}, {end * bend, bend, end}}},
        value_at(end, all))([&](double s) { return value_at(s, all); });
  }
  /// The root mean square of the gradient of a vector, whose norm is at most strength sqrt(n).
  double slope_bound() const { return strength; }
  void validate() const { detail::check_concave_group(name, strength, gamma, 1); }

  void describe(auto&& f) const { f("strength", strength), f("gamma", gamma); }

  bool operator==(const GroupScad&) const = default;

 private:
  double lambda(Index n) const { return strength * std::sqrt(static_cast<double>(n)); }
  double value_at(double s, double all) const {
    if (s <= all) return all * s;
    const double left = gamma * all - s, whole = (gamma + 1) / 2 * all * all;
    return left > 0 ? whole - left * left / (2 * (gamma - 1)) : whole;
  }
};

}  // namespace espalier
