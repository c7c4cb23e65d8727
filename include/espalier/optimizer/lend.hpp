// SPDX-License-Identifier: MIT
// The policies and the rates that an optimizer has for the parameters of a model, and how they come there.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "espalier/model/change.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/gradients.hpp"
#include "espalier/optimizer/on.hpp"

namespace espalier::detail {

/// What On{pattern, ...} says of rates and policies, without the types of the policies.
template <Scalar S>
struct OnPaths {
  std::string pattern;
  double rate_factor = 1;
  bool elementwise = false;
  AnyPack<S> weight{}, gain{}, bias{};

  const AnyPack<S>& pack_of(ParameterKind kind) const {
    static const AnyPack<S> none;
    return kind == ParameterKind::weight ? weight
           : kind == ParameterKind::gain ? gain
           : kind == ParameterKind::bias ? bias
                                         : none;
  }
  bool has_packs() const { return !weight.empty() || !gain.empty() || !bias.empty(); }
};

template <Scalar S, class... Items>
OnPaths<S> on_paths(const On<Items...>& on) {
  OnPaths<S> result{on.pattern};
  result.elementwise = says_elementwise<On<Items...>>;
  result.weight = AnyPack<S>(
      std::apply([](const Items&... item) { return pack_of<PoliciesOfPattern>(item...); }, on.items));
  on.for_each([&]<class T>(const T& item) {
    if constexpr (std::same_as<T, RateFactor>) result.rate_factor *= item.factor;
    if constexpr (is_bias<T>) result.bias = AnyPack<S>(item.pack);
    if constexpr (is_gain<T>) result.gain = AnyPack<S>(item.pack);
  });
  return result;
}

/// The names of a pack's policies, for messages.
template <Scalar S>
std::string names_of(const AnyPack<S>& pack) {
  std::string names;
  for (const std::string_view name : pack.names()) (names += names.empty() ? "" : ", ") += name;
  return names;
}

template <Scalar S>
struct LentPolicies {
  AnyPack<S> rest{};  ///< for weights that neither their layer nor a pattern has policies for
  std::vector<OnPaths<S>> patterns{};
  std::vector<AnyJointPenalty<S>> joint{};

  /// Takes what an optimizer is given, if it is for patterns or for several parameters.
  template <class E>
  void add([[maybe_unused]] const E& extra) {
    if constexpr (JointPenalty<E>) joint.push_back(AnyJointPenalty<S>(extra));
    if constexpr (is_on<E>) patterns.push_back(on_paths<S>(extra));
  }

  /// The pack that a parameter is to have; null: its own, whatever that is.
  const AnyPack<S>* pack_for(const ParameterEntry<S>& e) const {
    if (e.edited) return nullptr;
    for (const OnPaths<S>& on : patterns)
      if (!on.pack_of(e.kind).empty() && e.fits(on.pattern)) return &on.pack_of(e.kind);
    const bool takes_rest = e.kind == ParameterKind::weight && (e.pack.empty() || e.lent);
    return takes_rest && !rest.empty() ? &rest : nullptr;
  }

  /// Have the parameters what they are to have?
  bool are_on(const Parameters<S>& parameters) const {
    return joint_are_on(parameters) && std::all_of(parameters.entries().begin(), parameters.entries().end(),
                                                   [&](const ParameterEntry<S>& e) {
                                                     const AnyPack<S>* pack =
                                                         e.tied < 0 ? pack_for(e) : nullptr;
                                                     return !pack || e.pack == *pack;
                                                   });
  }

  /// Puts the policies on parameters, and moves these into their sets. Throws where that makes no sense, with
  /// some of the parameters changed.
  void lend(Parameters<S>& parameters) const {
    for (const OnPaths<S>& on : patterns) check(on, parameters);
    for (const AnyJointPenalty<S>& penalty : joint) penalty.validate(parameters);
    check_rest(parameters);
    const Change<S> change(parameters);
    for (ParameterEntry<S>& e : change.entries())
      if (const AnyPack<S>* pack = e.tied < 0 ? pack_for(e) : nullptr) lend(*pack, e, parameters);
    for (ParameterEntry<S>& e : change.entries()) {
      if (e.tied < 0) continue;
      const ParameterEntry<S>& one = parameters.entries()[static_cast<std::size_t>(e.tied)];
      if (!(e.pack == one.pack)) put(one.pack, e);
    }
    parameters.copy_tied();
    parameters.copy_tied_memory();
    if (joint_are_on(parameters)) return;
    change.joint_penalties().clear();
    for (const AnyJointPenalty<S>& penalty : joint)
      change.joint_penalties().push_back({penalty, add_joint_penalties<S>});
  }

  /// The factor of the learning rate of each parameter; empty: 1 for all.
  std::vector<double> rate_factors(const Parameters<S>& parameters) const {
    std::vector<double> factors;
    for (const OnPaths<S>& on : patterns) {
      if (on.rate_factor == 1) continue;
      factors.resize(parameters.entries().size(), 1);
      for (std::size_t k = 0; k < factors.size(); ++k)
        if (parameters.entries()[k].fits(on.pattern)) factors[k] *= on.rate_factor;
    }
    return factors;
  }
  /// Which parameters a rule that sees matrices moves number by number all the same; empty: none.
  std::vector<bool> elementwise(const Parameters<S>& parameters) const {
    std::vector<bool> found;
    for (const OnPaths<S>& on : patterns) {
      if (!on.elementwise) continue;
      found.resize(parameters.entries().size());
      for (std::size_t k = 0; k < found.size(); ++k)
        if (parameters.entries()[k].fits(on.pattern)) found[k] = true;
    }
    return found;
  }

 private:
  bool joint_are_on(const Parameters<S>& parameters) const {
    const auto& there = parameters.joint_penalties();
    return joint.empty() || std::equal(joint.begin(), joint.end(), there.begin(), there.end(),
                                       [](const auto& a, const auto& b) { return a == b.penalty; });
  }
  static void put(const AnyPack<S>& pack, ParameterEntry<S>& e) {
    e.pack = pack, e.lent = true, e.edited = false;
    e.activity.assign(pack.names().size(), {});
  }
  static void lend(const AnyPack<S>& pack, ParameterEntry<S>& e, Parameters<S>& parameters) {
    if (!(e.pack == pack)) {
      pack.validate(e.path + " (policies of the optimizer)", e.rows, e.cols);
      put(pack, e);
      parameters.remember(e, Remember::started);
      if (!e.frozen && pack.traits().memories > 0) {
        pack.project(parameters.values_of(e));
        parameters.remember(e, Remember::settled);  // of weights inside the sets, as `assign` has it
      }
    }
    if (!e.frozen) pack.project(parameters.values_of(e));
    if ((e.frozen || pack.traits().memories > 0) && !pack.contains(parameters.values_of(e)))
      fail(e.path, "frozen weights inside the sets of the optimizer", "weights outside: unfreeze them first");
  }

  /// Is there a parameter for all that a pattern says, and nobody else who says it?
  void check(const OnPaths<S>& on, const Parameters<S>& parameters) const {
    std::string found;
    bool kinds[3] = {};
    for (const ParameterEntry<S>& e : parameters.entries()) {
      if (!e.fits(on.pattern)) continue;
      (found += found.empty() ? "" : ", ") += e.path;
      if (e.tied >= 0 || e.kind == ParameterKind::buffer) continue;
      kinds[static_cast<std::size_t>(e.kind)] = true;
      if (!on.pack_of(e.kind).empty()) check_alone(on, e);
    }
    if (found.empty()) parameters.at(on.pattern);
    if (!kinds[0] && !kinds[1] && !kinds[2]) fail(on.pattern, "a pattern that fits what is trained", found);
    const auto require = [&](ParameterKind kind, const char* what) {
      if (const AnyPack<S>& pack = on.pack_of(kind); !pack.empty() && !kinds[static_cast<std::size_t>(kind)])
        fail(on.pattern, {"a pattern that fits a {}, which {} is for", {what, names_of(pack)}}, found);
    };
    if (on.elementwise && !kinds[static_cast<std::size_t>(ParameterKind::weight)])
      fail(on.pattern, "a pattern that fits a weight, which Elementwise is for", found);
    require(ParameterKind::weight, "weight (policies for others are written Bias{...} or Gain{...})");
    require(ParameterKind::gain, "gain");
    require(ParameterKind::bias, "bias");
  }
  /// Is there a weight for the policies of the optimizer?
  void check_rest(const Parameters<S>& parameters) const {
    const auto takes = [&](const ParameterEntry<S>& e) {
      return e.tied < 0 && (e.edited || pack_for(e) == &rest);
    };
    const auto entries = parameters.entries();
    if (!rest.empty() && std::none_of(entries.begin(), entries.end(), takes))
      fail("optimizer", {"a weight without policies of its own, for {}", {names_of(rest)}}, "none");
  }
  void check_alone(const OnPaths<S>& on, const ParameterEntry<S>& e) const {
    if (!e.pack.empty() && !e.lent && !e.edited)
      fail(e.path, {"no policies of its layer beside those that the optimizer has for {}", {on.pattern}},
           names_of(e.pack));
    for (const OnPaths<S>& other : patterns)
      if (&other != &on && !other.pack_of(e.kind).empty() && e.fits(other.pattern))
        fail(e.path, "policies of one pattern of the optimizer: write them into one On",
             format_message("those of {} and of {}", {on.pattern, other.pattern}));
  }
};

/// What an optimizer that is given all this has for a model.
template <Scalar S, class PackType, class... Extras>
std::shared_ptr<const LentPolicies<S>> lent_policies(const PackType& rest,
                                                     const std::tuple<Extras...>& extras) {
  const auto lent = std::make_shared<LentPolicies<S>>();
  lent->rest = AnyPack<S>(rest);
  std::apply([&](const Extras&... all) { (lent->add(all), ...); }, extras);
  return lent;
}

}  // namespace espalier::detail
