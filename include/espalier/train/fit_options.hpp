// SPDX-License-Identifier: MIT
// Options of `fit`, and the state of a run, which can be copied and taken up again.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/description.hpp"
#include "espalier/core/error.hpp"
#include "espalier/data/dataset.hpp"
#include "espalier/optimizer/any_schedule.hpp"
#include "espalier/train/observer.hpp"
#include "espalier/train/settings.hpp"

namespace espalier {

/// How far a run has come, as plain data. With copies of the model, the optimizer and the observers it is all
/// that a run needs to be taken up where it was, bit for bit: the order of the data in an epoch follows from
/// the seed and the steps before it, and a schedule is shown the epochs before.
struct TrainState {
  long step = 0;       ///< finished so far
  History history{};   ///< of the epochs finished so far
  bool ended = false;  ///< by an observer, as EarlyStopping: `fit` has nothing more to do
  /// What `fit` was given, a line each: loss, batch, schedule and so on. A `fit` that is given something else
  /// does not go on from this state, unless you clear them. Then `step` too follows from the epochs.
  std::string settings{};

  long epoch() const { return static_cast<long>(history.size()); }
};

namespace detail {

/// What schedules see of an epoch.
inline double loss_of(const EpochReport& report) {
  return std::isnan(report.validation_loss) ? report.loss + report.penalty : report.validation_loss;
}

/// Shows a schedule the steps of the epochs before, so that it remembers what it would: OnPlateau the losses.
template <class ScheduleType>
void replay(ScheduleType& schedule, const TrainState& state, long epochs, long batches) {
  Progress progress{.steps = epochs * batches, .epochs = epochs};
  for (; progress.epoch < state.epoch(); ++progress.epoch) {
    for (long b = 0; b < batches; ++b, ++progress.step) schedule(std::as_const(progress));
    progress.loss = loss_of(state.history[static_cast<std::size_t>(progress.epoch)]);
  }
}

/// Does a state belong to a run of so many epochs and batches an epoch, and to an optimizer that has made so
/// many steps with this model?
inline void check_state(const TrainState& state, long epochs, long batches, long optimizer_steps) {
  if (state.epoch() > epochs)
    fail("fit", {"epochs, of the whole run, >= the {} of the state", {state.epoch()}}, epochs);
  if (state.step != state.epoch() * batches)
    fail("fit",
         {"data and a batch size as in the run of the state, with {} steps in {} epochs",
          {state.step, state.epoch()}},
         format_message("{} steps an epoch", {batches}));
  if (state.step > 0 && optimizer_steps == 0)
    fail("fit", "the model and the optimizer of the run that the state belongs to",
         "an optimizer that has made no step with this model (initialize comes before resume)");
}

/// Throws where a run that goes on has other settings than the state that it goes on from.
[[gnu::cold]] inline void check_settings(const TrainState& state, std::string_view here) {
  if (state.settings.empty() || state.settings == here) return;
  fail_settings("fit",
                "the settings of the run that goes on (resume with .changed = Changed::take, or "
                "TrainState::settings cleared, lets others through)",
                other_settings(here, state.settings, "before"));
}

}  // namespace detail

template <Scalar S>
struct BasicFitOptions {
  long epochs = 10;
  Index batch = 32;  ///< samples a step
  /// Anew in each epoch, of further calls too: the order follows from `seed` and the steps that the optimizer
  /// has made before the epoch.
  bool shuffle = true;
  double validation = 0;                             ///< the share of the data that is held out for it
  const BasicDataset<S>* validation_data = nullptr;  ///< or these
  std::uint64_t seed = 0;                            ///< of shuffling and of the validation split
  /// Schedule of the learning rate, CosineDecay{} for example; empty: constant. A run works with a copy;
  /// another copy is tried at the first step before anything changes. With a `state` it is no std::ref, whose
  /// copies are one: shown the epochs before, it would see them twice.
  AnySchedule schedule{};
  /// The run goes on from this state, up to `epochs` in all, and writes it after every epoch, before
  /// observers see the epoch. The history that `fit` returns is that of all epochs. Null: the run begins.
  TrainState* state = nullptr;
  int threads = 0;  ///< of this run; 0: as set_threads says
};
using FitOptions = BasicFitOptions<float>;

namespace detail {

/// The epochs to come count where schedules of policies may ask for them.
[[gnu::cold]] inline void add_schedules_of_policies(std::string& lines, long epochs) {
  add_setting(lines, "schedules of policies", format_message("over {} epochs", {epochs}));
}

/// Of all settings those that change the course of a run. The epochs to come do so only where a schedule may
/// ask for them.
template <Scalar S>
[[gnu::cold]] std::string settings_text(const BasicFitOptions<S>& options, std::string_view loss,
                                        Index samples, bool policies_follow = false) {
  std::string lines;
  add_setting(lines, "loss", loss);
  add_setting(lines, "samples", format_message("{}", {samples}));
  add_setting(lines, "batch", format_message("{}", {options.batch}));
  add_setting(lines, "shuffle", options.shuffle ? "true" : "false");
  add_setting(lines, "validation", format_message("{}", {options.validation}));
  add_setting(lines, "seed", std::to_string(options.seed));
  add_setting(lines, "schedule",
              options.schedule
                  ? format_message("{} over {} epochs", {options.schedule.text(), options.epochs})
                  : "none");
  if (policies_follow) add_schedules_of_policies(lines, options.epochs);
  return lines;
}

/// The same, before a run that may be taken up: throws where it may not.
template <Scalar S>
[[gnu::cold]] std::string checked_settings(const BasicFitOptions<S>& options, std::string_view loss,
                                           Index samples, bool policies_follow = false) {
  const TrainState& state = *options.state;
  if (options.schedule.by_reference())
    fail("fit", "with a state a schedule by value, of which copies are shown the epochs before", "std::ref");
  std::string settings = settings_text(options, loss, samples, policies_follow);
  const bool goes_on = state.epoch() > 0 && state.epoch() < options.epochs && !state.ended;
  if (goes_on) check_settings(state, settings);
  return goes_on || state.epoch() == 0 ? settings : state.settings;
}

}  // namespace detail

}  // namespace espalier
