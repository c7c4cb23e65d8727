// SPDX-License-Identifier: MIT
// What an optimizer keeps between steps, by name, as a value: for files, and to go on from.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/type_name.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier {

/// A row-major matrix with a name.
template <Scalar S>
struct NamedNumbers {
  std::string name;  ///< "0.weight.first_moment": the path of the parameter, and what the rule calls it
  Index rows = 0, cols = 0;
  std::vector<S> numbers;

  bool operator==(const NamedNumbers&) const = default;
};

/// `SavedOptimizer saved = optimizer.state(net);` and `optimizer.restore(net, saved);`
template <Scalar S>
struct SavedOptimizer {
  std::string rule;        ///< "Adam"
  long steps = 0;          ///< made so far
  double rate_factor = 1;  ///< of a schedule, in the next step
  std::vector<NamedNumbers<S>> numbers;

  bool operator==(const SavedOptimizer&) const = default;
};

namespace detail {

/// The name that a rule gives itself; without one, that of its type.
template <class R>
std::string rule_name() {
  if constexpr (requires { std::string(R::name); }) return std::string(R::name);
  return std::string(short_name(type_name<R>()));
}

/// What a rule calls its k-th state.
template <class R>
std::string state_name(int k) {
  if constexpr (requires { R::state_names.size(); })
    return std::string(R::state_names[static_cast<std::size_t>(k)]);
  return format_message("state_{}", {k});
}

template <class R>
std::vector<std::string> state_names(const R& rule) {
  std::vector<std::string> names;
  for (int k = 0; k < rule.states(); ++k) names.push_back(state_name<R>(k));
  return names;
}

/// f(name, entry, where its numbers begin in the arenas of the states) for each state of each parameter.
template <Scalar S, class F>
void each_state(const Parameters<S>& parameters, const std::vector<std::string>& names, F&& f) {
  for (const ParameterEntry<S>& e : parameters.entries())
    for (std::size_t k = 0; k < names.size(); ++k)
      if (e.kind != ParameterKind::buffer && e.tied < 0)
        f(e.path + "." + names[k], e, k * parameters.values().size() + static_cast<std::size_t>(e.offset));
}

/// The states of all parameters by name; of one that is not there yet, zeros.
template <Scalar S>
std::vector<NamedNumbers<S>> states_by_name(const Parameters<S>& parameters, std::span<const S> states,
                                            const std::vector<std::string>& names) {
  std::vector<NamedNumbers<S>> result;
  each_state(parameters, names, [&](std::string name, const ParameterEntry<S>& e, std::size_t begin) {
    std::vector<S> numbers(static_cast<std::size_t>(e.size()), S(0));
    if (!states.empty())
      std::copy_n(states.begin() + static_cast<std::ptrdiff_t>(begin), e.size(), numbers.begin());
    result.push_back({std::move(name), e.rows, e.cols, std::move(numbers)});
  });
  return result;
}

/// The states in the layout of the arenas, from what has been saved by name. Throws unless it has exactly the
/// states of these parameters, all finite.
template <Scalar S>
AlignedVector<S> states_from_names(const Parameters<S>& parameters, const std::vector<NamedNumbers<S>>& saved,
                                   const std::vector<std::string>& names) {
  AlignedVector<S> states(parameters.values().size() * names.size(), S(0));
  std::size_t wanted = 0;
  each_state(parameters, names, [&](const std::string& name, const ParameterEntry<S>& e, std::size_t begin) {
    ++wanted;
    const auto found =
        std::find_if(saved.begin(), saved.end(), [&](const auto& n) { return n.name == name; });
    if (found == saved.end()) fail(name, "these numbers of the optimizer", "none of that name");
    check_shape(name, "{} x {}", e.rows, e.cols, found->rows, found->cols);
    if (static_cast<Index>(found->numbers.size()) != e.size())
      fail<ShapeError>(name, {"{} numbers", {e.size()}}, found->numbers.size());
    if (!all_finite(found->numbers.data(), e.size()))
      fail<NotFiniteError>(name, "finite numbers", "NaN or infinity");
    std::copy(found->numbers.begin(), found->numbers.end(),
              states.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  if (wanted != saved.size())
    fail("optimizer", {"the {} states of this rule and model", {wanted}}, saved.size());
  return states;
}

/// Throws for what no optimizer with this rule has saved.
template <Scalar S>
void check_saved(const SavedOptimizer<S>& saved, std::string_view rule, double learning_rate) {
  if (saved.rule != rule) fail("optimizer", {"the state of a rule {}", {rule}}, saved.rule);
  if (saved.steps < 0) fail("optimizer", "a number of steps >= 0", saved.steps);
  check_not_negative("optimizer", "rate_factor", saved.rate_factor);
  if (std::isinf(static_cast<float>(learning_rate * saved.rate_factor)))
    fail("optimizer", "a rate_factor whose learning rate is finite as a float", saved.rate_factor);
}

}  // namespace detail
}  // namespace espalier
