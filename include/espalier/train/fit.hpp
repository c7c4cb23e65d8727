// SPDX-License-Identifier: MIT
// Training: the loop of forward, loss, backward and step, with batches, validation, a schedule and observers.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
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
#include "espalier/optimizer/schedule.hpp"
#include "espalier/train/batches.hpp"
#include "espalier/train/evaluate.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

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
  /// Of the learning rate, CosineDecay{} for example; empty: constant. A run works with a copy; another copy
  /// is asked for the first step before anything changes.
  std::function<double(const Progress&)> schedule{};
};
using FitOptions = BasicFitOptions<float>;

/// A line for each epoch.
using History = std::vector<EpochReport>;

namespace detail {

/// Throws for a model that nobody initialized: behind and before weights that are all zero, no other gets a
/// gradient. One such layer alone does train: a linear model, or an output layer that starts at zero.
template <class M>
void check_initialized(const M& model) {
  std::string first;
  model.for_each_parameter([&](const auto& p) {
    if (p.name != "weight" || (ConstArrayMap<typename M::scalar_type>(p.values, p.size()) != 0).any()) return;
    if (!first.empty()) fail(first, "weights from initialize() or assign()", "all zero");
    first = p.path();
  });
}

/// Throws for data that do not fit the model or the loss, which looks at all targets here, a part at a time:
/// memory for made-up outputs does not grow with the data.
template <class M, Scalar S, Loss L>
void check_data(const M& model, const BasicDataset<S>& data, const L& loss) {
  data.validate();
  if (data.features() != model.inputs())
    fail<ShapeError>("fit", {"data of {} features, the inputs of the model", {model.inputs()}},
                     data.features());
  const Matrix<S> zeros = Matrix<S>::Zero(model.outputs(), std::min<Index>(256, data.samples()));
  double total = 0;
  for (Index first = 0, n = 0; first < data.samples(); first += n) {
    n = std::min(zeros.cols(), data.samples() - first);
    const Target<S> part = data.target(first, n);
    // What counts nothing must make sense too: another shuffle mixes it with what counts.
    const Target<S> unweighted = part.has_labels() ? Target<S>(part.labels()) : Target<S>(part.values());
    try {
      total += total_weight(loss, part);
      if (total_weight(loss, unweighted) > 0)
        loss(typename M::Outputs(zeros.data(), zeros.rows(), n), unweighted);
    } catch (const ValueError& error) {
      if (first == 0) throw;
      throw ValueError(
          detail::format_message("{} (in the part of the data from sample {} on)", {error.what(), first}));
    }
  }
  check_total("fit", total);
}

/// Throws unless the same number means the same class in both.
template <Scalar S>
void check_classes(const BasicDataset<S>& training, const BasicDataset<S>& validation) {
  const std::vector<std::string>&names = training.class_names, &others = validation.class_names;
  if (names.empty() || others.empty() || names == others) return;
  const std::string expected =
      "validation data of the training data's classes (read with .classes = "
      "train.class_names)";
  if (names.size() != others.size()) fail("fit", {"{}, {}", {expected, names.size()}}, others.size());
  const auto [name, other] = std::mismatch(names.begin(), names.end(), others.begin());
  fail("fit", {"{}, class {} being {}", {expected, name - names.begin(), quoted_text(*name)}},
       quoted_text(*other));
}

/// The data of a run, checked with its options: what it trains on, and what it is validated with, if
/// anything.
template <Scalar S>
class FitData {
 public:
  template <class M, class L>
  FitData(const M& model, const BasicDataset<S>& data, const L& loss, const BasicFitOptions<S>& options)
      : training_(&data), validation_(options.validation_data) {
    if (options.epochs < 1) fail("fit", "epochs >= 1", options.epochs);
    if (options.batch < 1) fail("fit", "batch >= 1", options.batch);
    check_fraction("fit", "validation", options.validation);
    if (options.validation > 0 && validation_) fail("fit", "validation or validation_data", "both");
    check_initialized(model);
    check_data(model, data, loss);
    if (options.validation > 0) {
      const auto samples = static_cast<double>(data.samples());
      const double kept = std::round((1 - options.validation) * samples);  // as split does it
      if (kept < 1 || kept >= samples)
        fail("fit", "a validation fraction that leaves samples to validate with and to train on",
             detail::format_message("{} of {} samples", {options.validation, samples}));
      parts_ = data.split(1 - options.validation, Rng(options.seed, 1));
      training_ = &parts_.first, validation_ = &parts_.second;
      check_data(model, *training_, loss);
    }
    if (!validation_) return;
    check_classes(data, *validation_);
    check_data(model, *validation_, loss);
  }
  FitData(const FitData&) = delete;
  FitData& operator=(const FitData&) = delete;

  const BasicDataset<S>& training() const { return *training_; }
  const BasicDataset<S>* validation() const { return validation_; }

 private:
  std::pair<BasicDataset<S>, BasicDataset<S>> parts_;
  const BasicDataset<S>* training_;
  const BasicDataset<S>* validation_;
};

/// Where a run is, for messages.
inline std::string position_of(const Progress& p) {
  return detail::format_message("fit, epoch {}, step {}", {p.epoch + 1, p.step + 1});
}

/// The factor for the coming step, checked.
template <class Schedule>
double factor_of(Schedule& schedule, const Progress& progress) {
  const double factor = schedule(progress);
  if (!(factor >= 0) || !std::isfinite(factor))
    fail(position_of(progress), "a factor of the schedule >= 0 and finite", factor);
  return factor;
}

/// The factor of a schedule ends with its run, however that ends.
template <class O>
struct ScheduledRate {
  O& optimizer;
  bool scheduled;
  ~ScheduledRate() {
    if (scheduled) optimizer.scale_rate(1);
  }
};

/// One epoch of steps; the mean loss, each batch at the weights it met.
template <class M, class L, class O, class Schedule, class OnBatch>
double train_epoch(M& model, Batches<typename M::scalar_type>& batches, const L& loss, O& optimizer,
                   Schedule& schedule, Progress& progress, Matrix<typename M::scalar_type>& gradient,
                   OnBatch&& on_batch) {
  double sum = 0, weight = 0;
  for (Index b = 0; b < batches.count(); ++b, ++progress.step) {
    batches.load(b);
    const double batch_weight = total_weight(loss, batches.target());
    if (batch_weight == 0) continue;  // samples that all count nothing
    if (schedule) optimizer.scale_rate(factor_of(schedule, progress));
    const double value = loss(model.forward(batches.inputs()), batches.target(), gradient);
    if (!std::isfinite(value)) {
      const std::optional<Index> layer = model.first_not_finite();
      fail<NotFiniteError>(
          position_of(progress), "a finite loss",
          layer ? detail::format_message("{}; the first layer whose outputs are not finite is layer {}",
                                         {value, *layer})
                : detail::format_message("{}, though every layer's outputs are finite", {value}));
    }
    model.backward(batches.inputs(), gradient);
    try {
      optimizer.step(model);
    } catch (const NotFiniteError& error) {
      throw NotFiniteError(detail::format_message("{}: {}", {position_of(progress), error.what()}));
    }
    sum += batch_weight * value;
    weight += batch_weight;
    on_batch(BatchReport{progress.epoch + 1, b + 1, value, optimizer.learning_rate()});
  }
  return sum / weight;
}

/// The loss after epoch `k` of such `data`. Throws if it is no finite number.
inline double require_finite_loss(long k, std::string_view data, double loss) {
  if (!std::isfinite(loss))
    fail<NotFiniteError>(detail::format_message("fit, after epoch {}", {k}),
                         detail::format_message("a finite {} loss", {data}), loss);
  return loss;
}

/// What there is to say of epoch `k`, whose batches had the loss `mean`, but the time it took. Throws
/// NotFiniteError for weights, or for a loss after the epoch, that are not finite.
template <class M, class L, class O>
EpochReport report_epoch(long k, double mean, const M& model, const L& loss, const O& optimizer,
                         const FitData<typename M::scalar_type>& data, bool wants_training_loss) {
  require_finite(model.parameters(), detail::format_message("weights after epoch {}", {k}), model.values());
  EpochReport report;
  report.epoch = k;
  report.loss = mean;
  report.learning_rate = optimizer.learning_rate();
  report.penalty = penalty(model, optimizer);
  const auto* validation = data.validation();
  if (!validation && wants_training_loss)
    report.training_loss = require_finite_loss(k, "training", evaluate(model, data.training(), loss));
  if (!validation) return report;
  const auto outputs = predict(model, validation->inputs);
  report.validation_loss = require_finite_loss(k, "validation", loss(outputs, validation->target()));
  const std::vector<int>& labels =
      validation->labels;  // a loss of one's own may take more than accuracy does
  if (!labels.empty() && *std::max_element(labels.begin(), labels.end()) < std::max<Index>(2, outputs.rows()))
    report.validation_accuracy = accuracy(outputs, validation->target(), with_threshold_for_one(model, {}));
  return report;
}

}  // namespace detail

/// Trains `model` on `data` and returns the history. Observers (train/observer.hpp) come last, as many as you
/// like: `fit(net, train, CrossEntropy{}, optimizer, {.epochs = 30}, ProgressBar{}, stopping)`. Throws, and
/// changes nothing, for data and options that make no sense; NotFiniteError, with the weights as they were
/// before that step, if a loss or a gradient is not finite, and after an epoch that left weights that are
/// not. A schedule's factor of the rate is 1 again after the run.
///
/// What the optimizer keeps goes on from call to call: moments, steps and the order of the data, so that two
/// calls of one epoch are one call of two, apart from schedule and observers. Call `optimizer.reset()`, or
/// take a fresh one, before the next fold, restart or model: of a model of the same shapes it cannot tell
/// that it is another.
template <Model M, Scalar S, class L, class O, class... Observers>
History fit(M& model, const BasicDataset<S>& data, const L& loss, O& optimizer,
            const BasicFitOptions<typename M::scalar_type>& options = {}, Observers&&... observers) {
  static_assert(detail::PrecisionOf<typename M::scalar_type, S>::fits);
  static_assert(Loss<L>, "a loss lacks a call operator of espalier/loss/loss.hpp");
  static_assert(!std::is_same_v<L, CrossEntropy> || !detail::ends_in<M, Softmax>,
                "CrossEntropy takes logits: leave Softmax out of the model that you train");
  static_assert(!std::is_same_v<L, BinaryCrossEntropy> || !detail::ends_in<M, Sigmoid>,
                "BinaryCrossEntropy takes logits: leave Sigmoid out of the model that you train");
  static_assert((true && ... && detail::callable_members<std::remove_reference_t<Observers>, M>()),
                "an observer has a member named start, batch, epoch, finish or wants_training_loss that "
                "cannot be called as listed in "
                "espalier/train/observer.hpp: mind its arguments, and a const observer");
  static_assert(
      (true && ... && Observer<std::remove_reference_t<Observers>, M>),
      "an observer has none of the members listed in espalier/train/observer.hpp: give it at least one");
  const detail::FitData<S> parts(model, data, loss, options);
  Batches<S> batches(parts.training(), options.batch);
  Progress progress{0, options.epochs * batches.count(), 0, options.epochs};
  auto schedule = options.schedule;
  if (auto rehearsal = schedule) detail::factor_of(rehearsal, progress);
  optimizer.prepare(model);

  const auto start = std::chrono::steady_clock::now();
  const detail::ScheduledRate<O> scheduled{optimizer, static_cast<bool>(schedule)};
  Matrix<S> gradient;
  History history;
  (detail::start(observers, Plan{options.epochs, batches.count()}), ...);
  for (bool going = true; going && progress.epoch < options.epochs;) {
    if (options.shuffle) batches.shuffle(options.seed, static_cast<std::uint64_t>(optimizer.steps()));
    const double mean = detail::train_epoch(
        model, batches, loss, optimizer, schedule, progress, gradient,
        [&](const BatchReport& report) { (detail::end_batch(observers, model, report), ...); });
    EpochReport report = detail::report_epoch(++progress.epoch, mean, model, loss, optimizer, parts,
                                              (false || ... || detail::wants_training_loss(observers)));
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress.loss = parts.validation() ? report.validation_loss : mean + report.penalty;
    history.push_back(report);
    ((going = detail::end_epoch(observers, model, report) && going), ...);
  }
  (detail::finish(observers, model), ...);
  return history;
}

}  // namespace espalier
