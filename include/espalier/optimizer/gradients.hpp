// SPDX-License-Identifier: MIT
// From the gradients of the loss to those that a rule takes: smooth penalties, then the transforms.
#pragma once

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/on.hpp"
#include "espalier/optimizer/transform.hpp"

namespace espalier::detail {

/// What is not trained has no gradient, so that no norm of all gradients counts it.
template <Scalar S>
void clear_untrained(Parameters<S>& parameters) {
  for (const ParameterEntry<S>& e : parameters.entries())
    if (!e.trained()) std::fill_n(parameters.gradients_of(e), e.size(), S(0));
}

/// No transform sees the gradients of weights that their sets do not let move, as masked and frozen ones.
template <Scalar S>
void clear_held(Parameters<S>& parameters) {
  for (const ParameterEntry<S>& e : parameters.entries())
    e.pack.clear_held(parameters.values_of(e), parameters.gradients_of(e));
}

/// Adds the gradients of the smooth penalties of all packs; `active` has an entry for each parameter.
template <Scalar S>
void add_smooth_penalties(Parameters<S>& parameters, std::vector<PolicyCounts>& active) {
  std::size_t index = 0;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    PolicyCounts& own = active[index++];
    if (!e.trained()) continue;
    e.pack.add_gradient(parameters.values_of(e), parameters.gradients_of(e), own.data());
    e.pack.add_matrix_gradient(parameters.values_of(e), parameters.gradients_of(e), own.data());
  }
}

/// Adds the gradients of the smooth penalties that look at a whole weight, before a step changes any of it.
/// Throws NotFiniteError where a sum is more than `largest`.
template <Scalar S>
void add_matrix_penalties(Parameters<S>& parameters, S largest, std::vector<PolicyCounts>& active) {
  std::size_t index = 0;
  bool any = false;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    PolicyCounts& own = active[index++];
    if (!e.trained() || !e.pack.traits().smooth_matrix) continue;
    e.pack.add_matrix_gradient(parameters.values_of(e), parameters.gradients_of(e), own.data());
    any = true;
  }
  if (any) require_finite(parameters, "gradients with penalties", parameters.gradients(), largest);
}

/// Adds the gradients of joint penalties. Throws NotFiniteError, and counts nothing, where a sum is more than
/// `largest`.
template <Scalar S>
void add_joint_penalties(Parameters<S>& parameters, S largest) {
  std::vector<JointEntry<S>>& all = InStep<S>(parameters).joint_penalties();
  if (all.empty()) return;
  for (JointEntry<S>& e : all) e.added = e.penalty.add_gradient(parameters);
  parameters.add_tied_gradients();
  clear_untrained(parameters);
  parameters.clear_gaps();
  require_finite(parameters, "gradients with joint penalties", parameters.gradients(), largest);
  for (JointEntry<S>& e : all) e.activity.record(e.added, 1);
}

/// A transform of the gradients of the parameters that fit a pattern, which are gathered in `room`.
template <class T, Scalar S>
void apply_transform(const T& transform, std::string_view pattern, Parameters<S>& parameters,
                     AlignedVector<S>& room) {
  const auto each = [&](auto&& f) {
    std::size_t next = 0;
    for (const ParameterEntry<S>& e : parameters.entries())
      if (e.trained() && e.fits(pattern)) {
        f(parameters.gradients_of(e), e.size(), next);
        next += static_cast<std::size_t>(e.size());
      }
    return next;
  };
  const std::size_t all = each([](S*, Index, std::size_t) {});
  if (room.size() < all) room.resize(all);
  each([&](S* g, Index n, std::size_t at) { std::copy_n(g, n, room.data() + at); });
  ArrayMap<S> gathered(room.data(), static_cast<Index>(all));
  if (all > 0) transform.apply(gathered);
  each([&](S* g, Index n, std::size_t at) { std::copy_n(room.data() + at, n, g); });
}

/// Applies the gradient transforms among what an optimizer is given, in the order in which they are written.
template <Scalar S, class... Extras>
void apply_transforms(const std::tuple<Extras...>& extras, Parameters<S>& parameters,
                      AlignedVector<S>& room) {
  const auto apply = [&]<class E>([[maybe_unused]] const E& extra) {
    if constexpr (GradientTransform<E>) apply_transform(extra, parameters), parameters.clear_gaps();
    if constexpr (is_on<E>)
      extra.for_each([&]<class T>([[maybe_unused]] const T& item) {
        if constexpr (GradientTransform<T>) apply_transform(item, extra.pattern, parameters, room);
      });
  };
  std::apply([&](const Extras&... all) { (apply(all), ...); }, extras);
}

/// Smooth penalties, then the transforms. Throws NotFiniteError where a sum is not finite, or afterwards more
/// than `largest`.
template <Scalar S, class... Extras>
void transform_gradients(const std::tuple<Extras...>& extras, Parameters<S>& parameters, S largest,
                         std::vector<PolicyCounts>& active, AlignedVector<S>& room) {
  add_smooth_penalties(parameters, active);
  clear_held(parameters);
  require_finite(parameters, "gradients with penalties", parameters.gradients());
  apply_transforms(extras, parameters, room);
  require_finite(parameters, "transformed gradients", parameters.gradients(), largest);
}

}  // namespace espalier::detail
