// SPDX-License-Identifier: MIT
// In which directions outputs can move when an input rises: the signs of all paths through a model.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "espalier/certify/layer_steps.hpp"
#include "espalier/certify/monotone.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// For each output and input of a model, whether there are paths along which the output may rise with the
/// input, and paths along which it may fall. Where there are none of one kind, it never does: a proof, for
/// whatever policies there are, which also sees signs that cancel between layers. That there are paths of
/// both kinds proves nothing.
class InputSigns {
 public:
  InputSigns(Index outputs, Index inputs)
      : outputs_(outputs), inputs_(inputs), paths_(static_cast<std::size_t>(outputs * inputs)) {}

  Index outputs() const { return outputs_; }
  Index inputs() const { return inputs_; }

  bool may_rise(Index output, Index input) const { return (at(output, input) & rise) != 0; }
  bool may_fall(Index output, Index input) const { return (at(output, input) & fall) != 0; }

  /// Does any output depend on it?
  bool reads(Index input) const { return paths_from(input) != 0; }
  /// +1: no output falls when this input rises; -1: none rises; 0: neither is proved, or it is never read.
  int sign(Index input) const {
    const unsigned found = paths_from(input);
    return found == rise ? 1 : found == fall ? -1 : 0;
  }
  /// Is every output monotone in the named inputs?
  bool prove(const Monotone& monotone) const {
    if (static_cast<Index>(monotone.signs.size()) != inputs_)
      detail::fail("Monotone", {"{} signs, one for each input", {inputs_}}, monotone.signs.size());
    bool proved = true;
    for (Index i = 0; i < inputs_; ++i) {
      const int wanted = monotone.signs[static_cast<std::size_t>(i)];
      const unsigned found = paths_from(i);
      proved = proved && !(wanted > 0 && (found & fall)) && !(wanted < 0 && (found & rise));
    }
    return proved;
  }

  bool operator==(const InputSigns&) const = default;

  // For whoever follows the paths.
  static constexpr unsigned char rise = 1, fall = 2;
  unsigned char& at(Index output, Index input) {
    return paths_[static_cast<std::size_t>(output * inputs_ + input)];
  }
  const unsigned char& at(Index output, Index input) const {
    return paths_[static_cast<std::size_t>(output * inputs_ + input)];
  }

 private:
  unsigned paths_from(Index input) const {
    unsigned all = 0;
    for (Index k = 0; k < outputs_; ++k) all |= at(k, input);
    return all;
  }

  Index outputs_, inputs_;
  std::vector<unsigned char> paths_;
};

namespace detail {

/// What a negative factor makes of paths.
inline unsigned char turned(unsigned char paths) {
  return static_cast<unsigned char>((paths & InputSigns::rise) << 1 | (paths & InputSigns::fall) >> 1);
}

inline InputSigns through_dense(const InputSigns& before, const MadeWeight& w) {
  InputSigns after(w.rows, before.inputs()), against = before;
  for (Index k = 0; k < before.outputs(); ++k)
    for (Index i = 0; i < before.inputs(); ++i) against.at(k, i) = turned(before.at(k, i));
  for (Index j = 0; j < w.rows; ++j)
    for (Index k = 0; k < w.cols; ++k) {
      const double factor = w.block().row(j)[k];
      if (factor == 0 || before.inputs() == 0) continue;
      const unsigned char* const from = &(factor > 0 ? before : against).at(k, 0);
      unsigned char* const to = &after.at(j, 0);
      for (Index i = 0; i < before.inputs(); ++i) to[i] = static_cast<unsigned char>(to[i] | from[i]);
    }
  return after;
}

inline InputSigns through_slopes(InputSigns paths, const Slopes& slopes) {
  for (Index j = 0; j < paths.outputs(); ++j)
    for (Index i = 0; i < paths.inputs(); ++i)
      paths.at(j, i) = static_cast<unsigned char>((slopes.largest > 0 ? paths.at(j, i) : 0) |
                                                  (slopes.least < 0 ? turned(paths.at(j, i)) : 0));
  return paths;
}

/// A layer of which only bounds are known: each of its outputs may read all that comes in.
inline InputSigns through_unknown(const InputSigns& before, const BoundStep& step) {
  InputSigns after(step.outputs > 0 ? step.outputs : before.outputs(), before.inputs());
  if (step.bounds.infinity == 0) return after;
  for (Index i = 0; i < before.inputs(); ++i) {
    unsigned all = 0;
    for (Index k = 0; k < before.outputs(); ++k) all |= before.at(k, i);
    if (!step.monotone && all != 0) all = InputSigns::rise | InputSigns::fall;
    for (Index k = 0; k < after.outputs(); ++k) after.at(k, i) = static_cast<unsigned char>(all);
  }
  return after;
}

inline InputSigns through(InputSigns paths, const BoundSteps& steps);

inline InputSigns through_branches(const InputSigns& before, const BoundStep& step) {
  InputSigns after(step.outputs, before.inputs());
  Index row = 0;
  const bool residual = step.kind == BoundKind::residual;
  if (residual) after = before;
  for (const BoundSteps& branch : step.branches) {
    const InputSigns own = through(before, branch);
    for (Index j = 0; j < own.outputs(); ++j)
      for (Index i = 0; i < own.inputs(); ++i)
        after.at(row + j, i) = static_cast<unsigned char>(after.at(row + j, i) | own.at(j, i));
    row += residual ? 0 : own.outputs();
  }
  return after;
}

/// The branch sees the first, and the last are added to what it gives.
inline InputSigns through_skip(const InputSigns& before, const BoundStep& step) {
  const Index past = before.outputs() - step.outputs;
  InputSigns first(past, before.inputs());
  for (Index k = 0; k < past; ++k)
    for (Index i = 0; i < before.inputs(); ++i) first.at(k, i) = before.at(k, i);
  InputSigns after = through(std::move(first), step.branches.front());
  for (Index k = 0; k < after.outputs(); ++k)
    for (Index i = 0; i < before.inputs(); ++i)
      after.at(k, i) = static_cast<unsigned char>(after.at(k, i) | before.at(past + k, i));
  return after;
}

inline InputSigns through(InputSigns paths, const BoundSteps& steps) {
  for (const BoundStep& step : steps) {
    if (step.kind == BoundKind::dense)
      paths = through_dense(paths, step.weight);
    else if (step.kind == BoundKind::slopes)
      paths = through_slopes(std::move(paths), step.slopes);
    else if (step.kind == BoundKind::bounds)
      paths = through_unknown(paths, step);
    else if (step.kind == BoundKind::skip)
      paths = through_skip(paths, step);
    else
      paths = through_branches(paths, step);
  }
  return paths;
}

inline InputSigns signs_of_steps(const BoundSteps& steps, Index inputs) {
  InputSigns paths(inputs, inputs);
  for (Index i = 0; i < inputs; ++i) paths.at(i, i) = InputSigns::rise;
  return through(std::move(paths), steps);
}

}  // namespace detail

/// The signs of the paths from each input to each output. Exact as such through Dense, BatchNorm behind it,
/// activations, Residual, SkipConnection and Concat; other layers are taken for ones that read all that comes
/// in, with either sign (MaxPool2D: with the same sign). Costs a prediction of as many samples as there are
/// inputs.
template <Model M>
InputSigns input_signs(const M& model) {
  std::string unknown;
  return detail::signs_of_steps(detail::steps_of(model, unknown), model.inputs());
}

}  // namespace espalier
