// SPDX-License-Identifier: MIT
// One epoch of steps, and what there is to say of it afterwards.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/optimizer/follow_schedules.hpp"
#include "espalier/train/batches.hpp"
#include "espalier/train/evaluate.hpp"
#include "espalier/train/fit_data.hpp"
#include "espalier/train/observer.hpp"

namespace espalier::detail {

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

/// Resets the schedule's factor when fit returns or throws.
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
    if (schedule) optimizer.scale_rate(factor_of(schedule, progress));
    follow_schedules(model.parameters(), progress);
    if (batch_weight == 0) continue;  // samples that all count nothing
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
  report.penalty = penalty(model);
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

}  // namespace espalier::detail
