// SPDX-License-Identifier: MIT
// Training: the loop of forward, loss, backward and step, with batches, validation, a schedule and observers.
#pragma once

#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "espalier/loss/loss.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/schedule.hpp"
#include "espalier/train/batches.hpp"
#include "espalier/train/evaluate.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

template <Scalar S>
struct BasicFitOptions {
  long epochs = 10;
  Index batch = 32;                                  ///< samples a step
  bool shuffle = true;                               ///< anew in each epoch
  double validation = 0;                             ///< the share of the data that is held out for it
  const BasicDataset<S>* validation_data = nullptr;  ///< or these
  std::uint64_t seed = 0;                            ///< of shuffling and of the validation split
  std::function<double(const Progress&)>
      schedule{};  ///< of the learning rate, CosineDecay{} for example; empty: constant
};
using FitOptions = BasicFitOptions<float>;

/// A line for each epoch.
using History = std::vector<EpochReport>;

namespace detail {

/// Lets the loss look at all targets before the first step: it throws for those that do not fit it or the
/// model.
template <Scalar S, Loss L>
void check_targets(const BasicDataset<S>& data, const L& loss, Index outputs) {
  constexpr Index piece = 65536;
  for (Index first = 0; first < data.samples(); first += piece) {
    const Index n = std::min(piece, data.samples() - first);
    loss(Matrix<S>::Zero(outputs, n).eval(), data.target(first, n));
  }
}

template <Scalar S>
void check_fit(const BasicDataset<S>& data, const BasicFitOptions<S>& options, Index inputs) {
  data.validate();
  if (data.features() != inputs)
    fail<ShapeError>("fit", fmt::format("data of {} features, the inputs of the model", inputs),
                     data.features());
  if (options.epochs < 1) fail("fit", "epochs >= 1", options.epochs);
  if (options.batch < 1) fail("fit", "batch >= 1", options.batch);
  check_below_one("fit", "validation", options.validation);
  if (options.validation > 0 && options.validation_data) fail("fit", "validation or validation_data", "both");
}

/// One epoch of steps; the mean loss, each batch at the weights it met.
template <class M, class L, class O, class Schedule, class OnBatch>
double train_epoch(M& model, Batches<typename M::Scalar_t>& batches, const L& loss, O& optimizer,
                   Schedule& schedule, Progress& progress, Matrix<typename M::Scalar_t>& gradient,
                   OnBatch&& on_batch) {
  double sum = 0, weight = 0;
  for (Index b = 0; b < batches.count(); ++b, ++progress.step) {
    batches.load(b);
    const double batch_weight = batches.weight();
    if (batch_weight == 0) continue;  // samples that all count nothing
    if (schedule) optimizer.scale_rate(schedule(progress));
    const double value = loss(model.forward(batches.inputs()), batches.target(), gradient);
    if (!std::isfinite(value))
      fail<NotFiniteError>(fmt::format("fit, epoch {}, step {}", progress.epoch + 1, progress.step + 1),
                           "a finite loss",
                           fmt::format("{}; first layer whose outputs are not finite: {} (0: none)", value,
                                       model.first_not_finite()));
    model.backward(batches.inputs(), gradient);
    try {
      optimizer.step(model);
    } catch (const NotFiniteError& error) {
      throw NotFiniteError(
          fmt::format("fit, epoch {}, step {}: {}", progress.epoch + 1, progress.step + 1, error.what()));
    }
    sum += batch_weight * value;
    weight += batch_weight;
    on_batch(BatchReport{progress.epoch + 1, b + 1, value, optimizer.rate()});
  }
  return sum / weight;
}

template <class M, class L>
EpochReport report_epoch(const M& model, const L& loss,
                         const BasicDataset<typename M::Scalar_t>* validation) {
  EpochReport report;
  report.penalty = penalty(model);
  if (!validation) return report;
  const auto outputs = predict(model, validation->inputs);
  report.validation_loss = loss(outputs, validation->target());
  if (!validation->labels.empty()) report.validation_accuracy = accuracy(outputs, validation->target());
  return report;
}

}  // namespace detail

/// Trains `model` on `data` and returns the history. Observers (train/observer.hpp) come last, as many as you
/// like: `fit(net, train, CrossEntropy{}, optimizer, {.epochs = 30}, ProgressBar{}, stopping)`. Throws, and
/// changes nothing, for data and options that make no sense; NotFiniteError, with the weights as they were
/// before that step, if a loss or a gradient is not finite.
template <Model M, class L, class O, class... Observers>
History fit(M& model, const BasicDataset<typename M::Scalar_t>& data, const L& loss, O& optimizer,
            const BasicFitOptions<typename M::Scalar_t>& options = {}, Observers&&... observers) {
  using S = typename M::Scalar_t;
  static_assert(Loss<L>, "a loss lacks a call operator of espalier/loss/loss.hpp");
  static_assert(
      (true && ... && Observer<std::remove_cvref_t<Observers>, M>),
      "an observer has none of the members listed in espalier/train/observer.hpp: give it at least one");
  detail::check_fit(data, options, model.inputs());
  std::optional<std::pair<BasicDataset<S>, BasicDataset<S>>> parts;
  if (options.validation > 0) parts = data.split(1 - options.validation, Rng(options.seed, 1));
  const BasicDataset<S>& training = parts ? parts->first : data;
  const BasicDataset<S>* validation = parts ? &parts->second : options.validation_data;
  detail::check_targets(training, loss, model.outputs());
  if (validation) {
    detail::check_fit(*validation, {}, model.inputs());
    detail::check_targets(*validation, loss, model.outputs());
  }
  optimizer.prepare(model);

  const auto start = std::chrono::steady_clock::now();
  Batches<S> batches(training, options.batch);
  Progress progress{0, options.epochs * batches.count(), 0, options.epochs};
  auto schedule = options.schedule;
  Matrix<S> gradient;
  Rng rng(options.seed);
  History history;
  (detail::start(observers, Plan{options.epochs, batches.count()}), ...);
  for (bool going = true; going && progress.epoch < options.epochs; ++progress.epoch) {
    if (options.shuffle) batches.shuffle(rng);
    const double mean = detail::train_epoch(
        model, batches, loss, optimizer, schedule, progress, gradient,
        [&](const BatchReport& report) { (detail::end_batch(observers, model, report), ...); });
    EpochReport report = detail::report_epoch(model, loss, validation);
    report.epoch = progress.epoch + 1;
    report.loss = mean;
    report.rate = optimizer.rate();
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress.loss = validation ? report.validation_loss : report.loss;
    history.push_back(report);
    ((going = detail::end_epoch(observers, model, report) && going), ...);
  }
  (detail::finish(observers, model), ...);
  return history;
}

}  // namespace espalier
