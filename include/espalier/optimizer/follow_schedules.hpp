// SPDX-License-Identifier: MIT
// The policies of a model follow their schedules: `follow_schedules(net, progress)`, before each step.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/schedule.hpp"

namespace espalier {

namespace detail {

template <Scalar S>
bool has_schedules(const Parameters<S>& parameters) {
  const auto entries = parameters.entries();
  return std::any_of(entries.begin(), entries.end(), [](const auto& e) { return e.pack.scheduled(); });
}

/// The packs of the parameters that have schedules, as these have them in the coming step, by places.
/// ValueError, naming the parameter, for values that make no sense there.
template <Scalar S>
std::vector<std::pair<std::size_t, AnyPack<S>>> packs_in_progress(const Parameters<S>& parameters,
                                                                  const Progress& progress) {
  std::vector<std::pair<std::size_t, AnyPack<S>>> packs;
  const auto entries = parameters.entries();
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const ParameterEntry<S>& e = entries[k];
    if (!e.pack.scheduled() || !e.trained()) continue;
    try {
      packs.emplace_back(k, e.pack.in_progress(progress));
      packs.back().second.validate(e.path, e.rows, e.cols);
    } catch (const ValueError& error) {
      throw ValueError(format_message("step {}: {}", {progress.step + 1, error.what()}));
    }
  }
  return packs;
}

/// The packs take the places of those that there are, tied ones too. Nothing moves. Have factors changed?
template <Scalar S>
bool put_packs(Parameters<S>& parameters, const std::vector<std::pair<std::size_t, AnyPack<S>>>& packs) {
  bool changed = false;
  for (const auto& [k, pack] : packs) {
    const auto place = static_cast<Index>(k);
    changed = changed || pack.factors() != parameters.entries()[k].pack.factors();
    for (ParameterEntry<S>& e : InStep<S>(parameters).entries())
      if (&e == &parameters.entries()[k] || e.tied == place) e.pack = pack;
  }
  if (changed) Change<S>{parameters};  // optimizers look again
  return changed;
}

/// Shows schedules a step of the past.
template <Scalar S>
void replay_schedules(Parameters<S>& parameters, const Progress& progress) {
  put_packs(parameters, packs_in_progress(parameters, progress));
}

}  // namespace detail

/// Before a step: each policy in Scheduled takes the factor that its schedule has for the coming step, and
/// the weights are moved into sets that have shrunk. `fit` calls it; in a loop of your own
///
///   for (Progress progress{.steps = 1000}; progress.step < progress.steps; ++progress.step) {
///     follow_schedules(net, progress);
///     loss(net.forward(x), target, gradient), net.backward(x, gradient), optimizer.step(net);
///   }
///
/// Policies of an optimizer are on the model after `optimizer.prepare(net)`. What is frozen stays as it is.
/// Throws ValueError, and changes nothing, for factors that make no sense, as a MaxNorm of radius 0.
template <Scalar S>
void follow_schedules(Parameters<S>& parameters, const Progress& progress) {
  const auto packs = detail::packs_in_progress(parameters, progress);
  if (packs.empty() || !detail::put_packs(parameters, packs)) return;
  for (const auto& [k, pack] : packs)  // one in Every holds where it has acted
    pack.in_step(progress.step).project(parameters.values_of(parameters.entries()[k]));
  parameters.copy_tied();
}
template <class M>
requires requires(M& model) { model.parameters(); }
void follow_schedules(M& model, const Progress& progress) { follow_schedules(model.parameters(), progress); }

}  // namespace espalier
