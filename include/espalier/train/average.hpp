// SPDX-License-Identifier: MIT
// Averages of weights over training, which stay inside the sets of the model.
#pragma once

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/model/access.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

namespace detail {

/// average += share (w - average), number by number, and the first w where there is none yet. Numbers that do
/// not move keep their bits, the sign of a zero too. ShapeError for a model of another size than the one
/// before.
void take_into(std::vector<double>& averages, double share, std::string_view name, const auto& model) {
  const auto w = model.values();
  if (averages.empty()) averages.assign(w.begin(), w.end());
  if (averages.size() != w.size())
    fail<ShapeError>(name, {"the model that it has averaged, of {} numbers", {averages.size()}}, w.size());
  for (std::size_t i = 0; i < averages.size(); ++i)
    if (const double number = static_cast<double>(w[i]); number != averages[i])
      averages[i] += share * (number - averages[i]);
}

/// A copy of the model with these weights, moved into its sets.
template <class M>
M with_averages(M model, const std::vector<double>& averages, std::string_view name) {
  using S = typename M::scalar_type;
  if (averages.size() != model.values().size()) fail<ShapeError>(name, "an average of this model", "none");
  std::transform(averages.begin(), averages.end(), arena(model.parameters()).begin(),
                 [](double average) { return static_cast<S>(average); });
  project(model);
  return model;
}

}  // namespace detail

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
    detail::take_into(state.averages, 1 - decay, "ExponentialAverage", model);
  }

  /// A copy of the model with the averaged weights, moved to the nearest point of every set: an average of
  /// points of a convex set is one of it but for rounding, that of other sets need not be. ShapeError before
  /// the first step.
  template <class M>
  M averaged(M model) const {
    return detail::with_averages(std::move(model), state.averages, "ExponentialAverage");
  }
};

/// The mean of the weights after each epoch, from the `from`-th on (stochastic weight averaging: Izmailov et
/// al. 2018, algorithm 1 with a cycle of one epoch; torch.optim.swa_utils.AveragedModel). An observer of
/// `fit`, as ExponentialAverage; the learning rate from there on is the schedule's. In a loop of your own,
/// call `add(net)` when you like.
///
/// What the sets say of averages holds here, too: it is projected at the end, and frozen weights keep their
/// bits. Running means of BatchNorm are averaged like weights. They are not those of the averaged weights,
/// which PyTorch's update_bn finds by a pass over the data: here call `smooth.forward(batch)` for some tens
/// of batches, the forward pass of training, which moves them and no weight.
struct WeightAverage {
  long from = 1;  ///< the first epoch whose weights count

  /// Of the run so far.
  struct State {
    std::vector<double> averages{};  ///< of all numbers of the model; empty before the first
    long count = 0;                  ///< how many weights they are the mean of
  } state{};

  void describe(auto&& f) const { f("from", static_cast<double>(from)); }
  static void each_state(auto& self, auto&& f) {
    f("averages", self.state.averages), f("count", self.state.count);
  }
  void validate() const {
    if (from < 1) detail::fail("WeightAverage", "from >= 1, epochs are counted from 1", from);
  }

  void start(const Plan& plan) {
    if (plan.done == 0) state = {};
  }
  void epoch(const auto& model, const EpochReport& report) {
    if (report.epoch >= from) add(model);
  }

  /// Throws ShapeError for a model of another size than the one before.
  void add(const auto& model) {
    validate();
    detail::take_into(state.averages, 1 / static_cast<double>(state.count + 1), "WeightAverage", model);
    ++state.count;
  }

  /// As ExponentialAverage::averaged; ShapeError before the `from`-th epoch.
  template <class M>
  M averaged(M model) const {
    return detail::with_averages(std::move(model), state.averages, "WeightAverage");
  }
};

}  // namespace espalier
