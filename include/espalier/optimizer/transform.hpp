// SPDX-License-Identifier: MIT
// Gradient transforms: what an optimizer does to all gradients before its row_sums, in the order written.
#pragma once

#include <cmath>
#include <concepts>

#include "espalier/core/check.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {

/// `apply` sees the gradients of all parameters, penalties included, as one array (gaps between them are
/// zero, whatever was written there before).
template <class T>
concept GradientTransform = requires(const T& t, ArrayMap<float> f, ArrayMap<double> d) {
  t.apply(f);
  t.apply(d);
};

/// Each component into [-limit, limit] (torch.nn.utils.clip_grad_value_).
struct ClipValue {
  double limit = 1;

  void validate() const { detail::check_positive_float("ClipValue", "limit", limit); }
  template <Scalar S>
  void apply(ArrayMap<S>& gradients) const {
    gradients = gradients.max(static_cast<S>(-limit)).min(static_cast<S>(limit));
  }
  bool operator==(const ClipValue&) const = default;
};

/// The norm of all gradients together to at most `limit` (Pascanu et al. 2013, algorithm 1).
struct ClipNorm {
  double limit = 1;

  void validate() const { detail::check_positive_float("ClipNorm", "limit", limit); }
  template <Scalar S>
  void apply(ArrayMap<S>& gradients) const {
    const double length = detail::norm(gradients.data(), gradients.size());
    if (length > limit) gradients *= static_cast<S>(limit / length);
  }
  bool operator==(const ClipNorm&) const = default;
};

static_assert(GradientTransform<ClipValue> && GradientTransform<ClipNorm>);

}  // namespace espalier
