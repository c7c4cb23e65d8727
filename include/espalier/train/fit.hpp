// SPDX-License-Identifier: MIT
// Training: the loop of forward, loss, backward and step, with batches, validation, a schedule and observers.
#pragma once

#include <chrono>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/layer/activation.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/train/epoch.hpp"
#include "espalier/train/scale_notes.hpp"

namespace espalier {

namespace detail {

/// Do a loss and observers go together with a model? Says what does not.
template <class M, class L, class... Observers>
struct FitTypes {
  static_assert(Loss<L, typename M::scalar_type>, "a loss lacks a call operator of espalier/loss/loss.hpp");
  static_assert(!std::is_same_v<L, CrossEntropy> || !ends_in<M, Softmax>,
                "CrossEntropy takes logits: leave Softmax out of the model that you train");
  static_assert(!std::is_same_v<L, BinaryCrossEntropy> || !ends_in<M, Sigmoid>,
                "BinaryCrossEntropy takes logits: leave Sigmoid out of the model that you train");
  static_assert((true && ... && callable_members<Observers, M>()),
                "an observer has a member named start, batch, epoch, finish or wants_training_loss that "
                "cannot be called as listed in "
                "espalier/train/observer.hpp: mind its arguments, and a const observer");
  static_assert(
      (true && ... && Observer<Observers, M>),
      "an observer has none of the members listed in espalier/train/observer.hpp: give it at least one");
  static constexpr bool fit = true;
};

}  // namespace detail

/// Trains `model` on `data` and returns the history. Observers (train/observer.hpp) come last, as many as you
/// like: `fit(net, train, CrossEntropy{}, optimizer, {.epochs = 30}, ProgressBar{}, stopping)`. Throws, and
/// changes nothing, for data and options that make no sense; NotFiniteError, with the weights as they were
/// before that step, if a loss or a gradient is not finite, and after an epoch that left weights that are
/// not. A schedule's factor of the rate is 1 again after the run.
///
/// What the optimizer keeps goes on from call to call: moments, steps and the order of the data, so that two
/// calls of one epoch are one call of two, apart from schedule and observers. With a model that it has not
/// trained (the next fold's, or one that is initialized again) it begins anew.
template <Model M, Scalar S, class L, class O, class... Observers>
requires(!Rule<std::remove_cvref_t<O>>) History
    fit(M& model, const BasicDataset<S>& data, const L& loss, O&& optimizer,
        const BasicFitOptions<typename M::scalar_type>& options = {}, Observers&&... observers) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  static_assert(detail::FitTypes<M, L, std::remove_reference_t<Observers>...>::fit);
  const detail::FitData<S> parts({model, loss}, data, options);
  Batches<S> batches(parts.training(), options.batch);
  TrainState from = options.state ? *options.state : TrainState{};
  if (from.settings.empty()) from.step = from.epoch() * batches.count();  // batches may be others
  detail::check_state(from, options.epochs, batches.count(), optimizer.steps(model));
  std::string settings;
  const bool follow = detail::has_schedules(model.parameters());
  if (options.state)
    settings = detail::checked_settings(options, detail::described(loss), parts.training().samples(), follow);
  Progress progress{from.step, options.epochs * batches.count(), from.epoch(), options.epochs};
  if (from.epoch() > 0) progress.loss = detail::loss_of(from.history.back());
  auto schedule = options.schedule;
  if (schedule) detail::replay(schedule, from, options.epochs, batches.count());
  if (auto rehearsal = schedule) detail::factor_of(rehearsal, progress);
  (detail::validate(observers, options.state != nullptr), ...);
  optimizer.prepare(model);
  if (options.state && !follow &&
      detail::has_schedules(model.parameters()))  // the optimizer has brought them
    detail::add_schedules_of_policies(settings, options.epochs);
  auto policies_follow = [&](const Progress& p) { detail::replay_schedules(model.parameters(), p); };
  detail::replay(policies_follow, from, options.epochs, batches.count());

  const detail::ThreadScope threads(options.threads);
  const auto start = std::chrono::steady_clock::now();
  const detail::ScheduledRate<std::remove_reference_t<O>> scheduled{optimizer, static_cast<bool>(schedule)};
  const double seconds_before = from.epoch() > 0 ? from.history.back().seconds : 0;
  Matrix<S> gradient;
  TrainState state = from;
  state.settings = std::move(settings);
  constexpr bool starts = (false || ... || detail::Starts<std::remove_reference_t<Observers>>);
  if constexpr (starts) {
    const Plan plan{options.epochs, batches.count(), from.epoch(), scale_notes(parts.training())};
    (detail::start(observers, plan), ...);
  }
  while (!state.ended && progress.epoch < options.epochs) {
    if (options.shuffle) batches.shuffle(options.seed, static_cast<std::uint64_t>(optimizer.steps()));
    const double mean = detail::train_epoch(
        model, batches, loss, optimizer, schedule, progress, gradient,
        [&](const BatchReport& report) { (detail::end_batch(observers, model, report), ...); });
    project_seldom(model.parameters());
    EpochReport report = detail::report_epoch(++progress.epoch, mean, model, loss, optimizer, parts,
                                              (false || ... || detail::wants_training_loss(observers)));
    report.seconds =
        seconds_before + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress.loss = detail::loss_of(report);
    state.step = progress.step;
    state.history.push_back(report);
    if (options.state) *options.state = state;
    ((state.ended = !detail::end_epoch(observers, model, report) || state.ended), ...);
    if (options.state) options.state->ended = state.ended;
    if (schedule) optimizer.scale_rate(1);  // what is saved is the optimizer's, without the schedule
    (detail::save(observers, model, optimizer, std::as_const(state), std::tie(std::as_const(observers)...)),
     ...);
  }
  (detail::finish(observers, model), ...);
  return std::move(state.history);
}

/// The same with a fresh optimizer of this rule: `fit(net, train, CrossEntropy{}, Adam{.learning_rate =
/// 1e-3})`.
template <Model M, Scalar S, class L, Rule R, class... Observers>
History fit(M& model, const BasicDataset<S>& data, const L& loss, const R& rule,
            const BasicFitOptions<typename M::scalar_type>& options = {}, Observers&&... observers) {
  Optimizer optimizer{rule};
  return fit(model, data, loss, optimizer, options, std::forward<Observers>(observers)...);
}

}  // namespace espalier
