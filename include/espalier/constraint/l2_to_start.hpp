// SPDX-License-Identifier: MIT
// The L2 penalty on the way from where training starts.
#pragma once

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/kernel/line.hpp"

namespace espalier {

/// strength / 2 * sum (w - w_0)^2, gradient strength * (w - w_0), which joins the gradient of the loss as
/// that of L2 does (L2-SP: Li et al. 2018, for fine-tuning). w_0 is the weight as `initialize` or the latest
/// `assign` left it, inside its sets; the model keeps it, and copies of the model do.
struct L2ToStart {
  double strength = 0;

  static constexpr std::string_view name = "L2ToStart";

  /// w_0; 0 as long as there are no weights.
  template <Scalar S>
  S keep(S w, Cell) const {
    return w == w ? w : S(0);
  }
  template <Scalar S>
  S value(S w, S start) const {
    return static_cast<S>(strength / 2) * (w - start) * (w - start);
  }
  template <Scalar S>
  S gradient(S w, S start) const {
    return static_cast<S>(strength) * (w - start);
  }
  template <Scalar S>
  Line<S> gradient(const Line<S>& w, const Line<S>& start) const {
    return static_cast<S>(strength) * (w - start);
  }
  void validate() const { detail::check_not_negative(name, "strength", strength); }
  void describe(auto&& f) const { f("strength", strength); }

  bool operator==(const L2ToStart&) const = default;
};

}  // namespace espalier
