// SPDX-License-Identifier: MIT
// What an optimizer keeps between steps: the numbers of its rule for every weight, and buffers for its
// threads.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/moving.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/optimizer/lend.hpp"
#include "espalier/optimizer/rule_step.hpp"
#include "espalier/optimizer/update.hpp"

namespace espalier::detail {

/// Shape of a parameter. An optimizer compares them to know the model that its state belongs to.
struct ParameterShape {
  Index rows, cols;
  bool operator==(const ParameterShape&) const = default;
};

/// Into how many parts to divide a parameter: into rows, or lines of numbers where no policy looks at rows.
/// (Where one needs all of the parameter, it follows when all parts have made their step.)
inline Index parts_of_update(Grain grain, Index rows, Index cols) {
  return std::min(grain == Grain::row ? rows : rows * cols, parts_of(rows * cols, weights_of_part));
}

/// For what a step has been checked and planned.
struct Begun {
  std::uint64_t version = 0;  ///< of the parameters
  int threads = 0;
  double rate = 0;
  bool operator==(const Begun&) const = default;
};

/// The numbers of a rule for all parameters of a model, one kind after another in the layout of the model's
/// arena.
template <Scalar S>
struct OptimizerState {
  OptimizerState(const Parameters<S>& parameters, std::shared_ptr<const LentPolicies<S>> policies,
                 int states);
  OptimizerState(const OptimizerState&);
  OptimizerState(OptimizerState&&) noexcept;
  OptimizerState& operator=(const OptimizerState&);
  OptimizerState& operator=(OptimizerState&&) noexcept;
  ~OptimizerState();

  std::size_t size;
  std::vector<ParameterShape> shapes;
  std::shared_ptr<const LentPolicies<S>> lent{};  // null: the optimizer has none
  std::vector<double> rate_factors{};             // of each parameter; empty: 1 for all
  std::vector<bool> elementwise{};                // does the rule not see it as a matrix? empty: none
  AlignedVector<S> numbers;
  std::vector<ChunkBuffers<S>> buffers;  // of each thread
  std::vector<PolicyCounts> active;      // of each parameter, in the step at hand
  AlignedVector<S> gathered{};           // gradients of the parameters that a pattern fits
  Moving<Begun> begun{};

  double rate_factor(std::size_t index) const { return rate_factors.empty() ? 1 : rate_factors[index]; }

  bool belongs_to(const Parameters<S>& parameters) const;

  /// Buffers for as many threads as there may be today, and for the packs that there are. The first one may
  /// have to hold all of a parameter.
  void plan_threads(const Parameters<S>& parameters);

  /// Pointers to the weights at `offset` in the arenas, to their gradients and to the rule's numbers.
  Pointers<S> at(Parameters<S>& parameters, Index offset) {
    Pointers<S> result{detail::arena(parameters).data() + offset, parameters.gradients().data() + offset};
    for (std::size_t k = 0; k < numbers.size() / size; ++k)
      result[k + 2] = numbers.data() + k * size + offset;
    return result;
  }
};

template <Scalar S>
OptimizerState<S>::OptimizerState(const Parameters<S>& parameters,
                                  std::shared_ptr<const LentPolicies<S>> policies, int states)
    : size(parameters.values().size()),
      lent(std::move(policies)),
      numbers(size * static_cast<std::size_t>(states), S(0)),
      active(parameters.entries().size()) {
  for (const ParameterEntry<S>& e : parameters.entries()) shapes.push_back({e.rows, e.cols});
}

// Outside the class, so that espalier::compiled has them.
template <Scalar S>
OptimizerState<S>::OptimizerState(const OptimizerState&) = default;
template <Scalar S>
OptimizerState<S>::OptimizerState(OptimizerState&&) noexcept = default;
template <Scalar S>
OptimizerState<S>& OptimizerState<S>::operator=(const OptimizerState&) = default;
template <Scalar S>
OptimizerState<S>& OptimizerState<S>::operator=(OptimizerState&&) noexcept = default;
template <Scalar S>
OptimizerState<S>::~OptimizerState() = default;

template <Scalar S>
void OptimizerState<S>::plan_threads(const Parameters<S>& parameters) {
  Index parts = 1;
  BufferSize each, first;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    const PackTraits& traits = e.pack.traits();
    parts = std::max(parts, parts_of_update(traits.grain, e.rows, e.cols));
    (traits.needs_all() ? first : each).include(buffer_size<S>(traits, e.rows, e.cols));
  }
  while (static_cast<Index>(buffers.size()) < parts) buffers.emplace_back(each);
  for (ChunkBuffers<S>& own : buffers) own.fit(each);
  buffers.front().fit(first);
}

template <Scalar S>
bool OptimizerState<S>::belongs_to(const Parameters<S>& parameters) const {
  const auto same = [](const ParameterShape& shape, const ParameterEntry<S>& e) {
    return shape.rows == e.rows && shape.cols == e.cols;
  };
  return std::equal(shapes.begin(), shapes.end(), parameters.entries().begin(), parameters.entries().end(),
                    same);
}

template <Scalar S>
[[noreturn]] void fail_other_model(const Parameters<S>& parameters) {
  fail<ShapeError>("optimizer", "the model that its state belongs to, its shapes and its precision",
                   format_message("another, of {} parameters and {} numbers of {} bytes",
                                  {parameters.entries().size(), parameters.values().size(), sizeof(S)}));
}

/// May an optimizer, whose state belongs to another model, begin anew with this one? Not if it has other
/// shapes or another precision (no state: of another), and not if the optimizer has left it for the other: in
/// turns, both would lose their moments at every step.
template <Scalar S>
void check_other_model(const OptimizerState<S>* state, const Run& run, const Parameters<S>& parameters) {
  if (!state || !state->belongs_to(parameters)) fail_other_model(parameters);
  if (parameters.runs().any_of(run.optimizer))
    fail("optimizer", "an optimizer of its own for each of two models in turns, or reset() between them",
         "one that has trained another model since it trained this one");
}

}  // namespace espalier::detail
