// SPDX-License-Identifier: MIT
// Few weights in each block of neighbors are not zero.
#pragma once

#include <algorithm>

#include "espalier/constraint/top_k.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/init/refined.hpp"
#include "espalier/kernel/selection.hpp"

namespace espalier {

/// Of each m neighbors of a vector, from the first on, at most n are not zero, and of the last ones, if they
/// are fewer than m, at most n too. NofM{2, 4} is the 2:4 sparsity of tensor cores (Mishra et al. 2021).
/// Blocks are projected onto as whole vectors under TopK, and go together with the same policies. Not convex.
struct NofM {
  Index n = 2, m = 4;
  Metric metric = Metric::step;

  static constexpr std::string_view name = "NofM";
  static constexpr bool flat = true, corners = true, solid = true, cone = true;
  static constexpr Index room = 2;

  template <class Q>
  static constexpr bool meets() {
    return detail::meets_selection<Q>();
  }

  template <Scalar S>
  bool contains(ConstRow<S> w) const {
    return detail::selection_holds(w.data(), w.size(), n, m);
  }
  template <Scalar S>
  void project(Row<S> w, Steps<S> t, const auto& elements, double* numbers) const {
    detail::project_on_selection(w.data(), w.size(), t, elements, numbers, n, m);
  }
  bool reaches(const auto& each, Index size) const { return std::min(m, size) <= n || each.clamp(0) == 0; }
  SomeOfNeighbors initializer() const { return {n, m}; }
  void validate() const {
    if (!(n >= 1 && n <= m))
      detail::fail(name, "1 <= n <= m", detail::format_message("n = {}, m = {}", {n, m}));
  }

  void describe(auto&& f) const { f("n", static_cast<double>(n)), f("m", static_cast<double>(m)); }

  bool operator==(const NofM&) const = default;
};

}  // namespace espalier
