// SPDX-License-Identifier: MIT
// Averages of weights over training, which stay inside the sets of the model.
#pragma once

#include <algorithm>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/model/access.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

/// a += (1 - decay) (w - a) after each step, from the first on (Polyak & Juditsky 1992; the exponential form
/// of Kingma & Ba 2015, section 7.2, without bias since a starts at the first w). An observer of `fit`:
///
///   ExponentialAverage average{.decay = 0.99};
///   fit(net, data, loss, optimizer, options, average);
///   const auto smooth = average.averaged(net);
///
/// In a loop of your own, call `add(net)` after each step. Each run of `fit` begins a new average, unless it
/// goes on from a TrainState. Buffers (running means) are averaged with the weights; frozen weights keep
/// their bits.
struct ExponentialAverage {
  double decay = 0.999;  ///< what is kept of the average in a step

  /// Of the run so far.
  struct State {
    std::vector<double> averages{};  ///< of all numbers of the model; empty before the first step
  } state{};

  void describe(auto&& f) const { f("decay", decay); }
  static void each_state(auto& self, auto&& f) { f("averages", self.state.averages); }
  void validate() const { detail::check_fraction("ExponentialAverage", "decay", decay); }

  void start(const Plan& plan) {
    if (plan.done == 0) state = {};
  }
  void batch(const auto& model, const BatchReport&) { add(model); }

  /// Throws ShapeError for a model of another size than the one before.
  void add(const auto& model) {
    validate();
    const auto w = model.values();
    std::vector<double>& averages = state.averages;
    if (averages.empty()) averages.assign(w.begin(), w.end());
    if (averages.size() != w.size())
      detail::fail<ShapeError>("ExponentialAverage",
                               {"the model that it has averaged, of {} numbers", {averages.size()}},
                               w.size());
    for (std::size_t i = 0; i < averages.size(); ++i)
      averages[i] += (1 - decay) * (static_cast<double>(w[i]) - averages[i]);
  }

  /// A copy of the model with the averaged weights, moved to the nearest point of every set: an average of
  /// points of a convex set is one of it but for rounding, that of other sets need not be. ShapeError before
  /// the first step.
  template <class M>
  M averaged(M model) const {
    using S = typename M::scalar_type;
    if (state.averages.size() != model.values().size())
      detail::fail<ShapeError>("ExponentialAverage", "an average of this model", "none");
    std::transform(state.averages.begin(), state.averages.end(), detail::arena(model.parameters()).begin(),
                   [](double average) { return static_cast<S>(average); });
    project(model);
    return model;
  }
};

}  // namespace espalier
