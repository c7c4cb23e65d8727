// SPDX-License-Identifier: MIT
// What a run that is taken up must have alike: how its model and optimizer are built, and their settings, as
// text, a line for each.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "espalier/io/run_observers.hpp"
#include "espalier/io/stored.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/on.hpp"
#include "espalier/optimizer/rule.hpp"
#include "espalier/optimizer/saved_optimizer.hpp"
#include "espalier/optimizer/update_transform.hpp"
#include "espalier/train/settings.hpp"

namespace espalier::detail {

/// What the numbers of a run are numbers of. "build": layers, parameters with their shapes and the names of
/// their policies, the rule. Then the options of all these, with which the numbers would also make sense.
struct RunText {
  std::string build, settings;
};

constexpr std::string_view text_of(AtBound at_bound) {
  switch (at_bound) {
    case AtBound::zero:
      return "zero";
    case AtBound::tangent:
      return "tangent";
    case AtBound::displacement:
      return "displacement";
    default:
      return "keep";
  }
}

/// "Adam{learning_rate = 0.001, beta1 = 0.9, ..., at_bound = keep}"
template <class R>
std::string text_of_rule(const R& rule) {
  Description options(Detail::all);
  options("learning_rate", static_cast<double>(rule.learning_rate));
  describe(rule, options);
  options("at_bound", text_of(rule.at_bound));
  return options.with(rule_name<R>());
}

/// Adds what an optimizer is given beside its rule, unless parameters have it: transforms, factors of rates.
template <class E>
[[gnu::cold]] void add_extra(std::string& text, const E& extra) {
  const auto add = [&](std::string_view one) { (text += text.empty() ? "" : ", ") += one; };
  if constexpr (is_on<E>) {
    std::string items;
    extra.for_each([&](const auto& item) { add_extra(items, item); });
    if (!items.empty()) add("On{" + quoted_text(extra.pattern, extra.pattern.size()) + ", " + items + "}");
  } else if constexpr (GradientTransform<E> || UpdateTransform<E> || std::same_as<E, RateFactor> ||
                       std::same_as<E, Elementwise>) {
    add(described(extra));
  }
}

template <Scalar S>
[[gnu::cold]] void add_parameters(RunText& text, const Parameters<S>& parameters) {
  for (const ParameterEntry<S>& e : parameters.entries()) {
    std::string build = format_message("{} x {}", {e.rows, e.cols}), policies;
    for (std::size_t k = 0; k < e.pack.names().size(); ++k) {
      (build += ", ") += e.pack.names()[k];
      (policies += k == 0 ? "" : ", ") += e.pack.text(k, Detail::all);
    }
    if (e.tied >= 0) (build += ", tied to ") += parameters.entries()[static_cast<std::size_t>(e.tied)].path;
    add_setting(text.build, e.path, build);
    if (!policies.empty()) add_setting(text.settings, e.path, policies);
  }
  std::string names, joint;
  for (const JointEntry<S>& e : parameters.joint_penalties()) {
    (names += names.empty() ? "" : ", ") += e.penalty.name();
    (joint += joint.empty() ? "" : ", ") += e.penalty.text();
  }
  if (names.empty()) return;
  add_setting(text.build, "penalties on several parameters", names);
  add_setting(text.settings, "penalties on several parameters", joint);
}

[[gnu::cold]] inline void add_layers(RunText& text, const StoredModel& model) {
  for (const StoredLayer& layer : model.layers) {
    add_setting(text.build, "layer " + layer.path, layer.text);
    if (!layer.training.empty()) add_setting(text.settings, "layer " + layer.path, layer.training);
  }
}

template <class O>
[[gnu::cold]] void add_optimizer(RunText& text, const O& optimizer) {
  if constexpr (requires { optimizer.rule(), optimizer.extras(); }) {
    std::string extras;
    std::apply([&](const auto&... extra) { (add_extra(extras, extra), ...); }, optimizer.extras());
    add_setting(text.build, "optimizer", rule_name<std::remove_cvref_t<decltype(optimizer.rule())>>());
    add_setting(text.settings, "optimizer", text_of_rule(optimizer.rule()));
    if (!extras.empty()) add_setting(text.settings, "transforms", extras);
  }
}

/// Observers that keep nothing do not count, nor do those that describe no options.
template <class O>
void add_observer([[maybe_unused]] RunText& text, [[maybe_unused]] int& place,
                  [[maybe_unused]] const O& observer) {
  if constexpr (KeepsState<O>) {
    ++place;
    if constexpr (requires(Description & d) { observer.describe(d); })
      add_setting(text.settings, format_message("observer {}", {place}), described(observer));
  }
}

/// Of a model that the optimizer has prepared.
template <class M, class O, class... Observers>
RunText run_text(const M& model, const O& optimizer, const Observers&... observers) {
  RunText text;
  add_layers(text, stored(model));
  add_parameters(text, model.parameters());
  add_optimizer(text, optimizer);
  [[maybe_unused]] int place = 0;
  (add_observer(text, place, observers), ...);
  return text;
}

}  // namespace espalier::detail
