// SPDX-License-Identifier: MIT
// Early stopping: ends a run that no longer improves, and gives the best weights back.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

/// Ends the run after `patience` epochs without a loss that is lower by more than `min_delta`. It is the loss
/// at the weights after the epoch: the validation loss where there are such data, else what training
/// minimizes, the training loss plus penalties, for which `fit` evaluates all training data after each epoch,
/// without dropout. (`EpochReport::loss` is that of no weights: every batch met others.) `finish` restores
/// the weights of the best epoch, which were feasible and have the loss `best_loss()`. `fit` calls it at the
/// end; a run that throws leaves its last weights, and the best are still here:
///
///   EarlyStopping stopping{.patience = 20};
///   try { fit(net, data, loss, optimizer, options, stopping); }
///   catch (const NotFiniteError&) { stopping.finish(net); }
struct EarlyStopping {
  long patience = 10;    ///< epochs
  double min_delta = 0;  ///< how much lower a loss must be to count

  /// Of the run so far.
  struct State {
    double best_loss = std::numeric_limits<double>::infinity();
    long best_epoch = 0;
    std::vector<double> weights{};  ///< those of the best epoch; exact for floats too
  } state{};

  void validate() const {
    if (patience < 1) detail::fail("EarlyStopping", "patience >= 1", patience);
    detail::check_not_negative("EarlyStopping", "min_delta", min_delta);
  }

  void describe(auto&& f) const { f("patience", static_cast<double>(patience)), f("min_delta", min_delta); }
  static void each_state(auto& self, auto&& f) {
    f("best_loss", self.state.best_loss);
    f("best_epoch", self.state.best_epoch);
    f("weights", self.state.weights);
  }
  bool wants_training_loss() const { return true; }

  /// Counted from 1; 0 before the first epoch whose loss is a finite number.
  long best_epoch() const { return state.best_epoch; }
  double best_loss() const { return state.best_loss; }

  /// Forgets the run before, unless this one goes on where a copy of it was taken.
  void start(const Plan& plan) {
    if (plan.done > 0) return;
    state = {};
  }
  /// In a loop of one's own, a report without validation and training loss counts with its `loss`.
  bool epoch(const auto& model, const EpochReport& report) {
    validate();
    const double training = std::isnan(report.training_loss) ? report.loss : report.training_loss;
    const double loss =
        std::isnan(report.validation_loss) ? training + report.penalty : report.validation_loss;
    if (loss < state.best_loss - min_delta) {
      state.best_loss = loss;
      state.best_epoch = report.epoch;
      state.weights.assign(model.values().begin(), model.values().end());
    }
    return report.epoch - state.best_epoch < patience;
  }
  void finish(auto& model) {
    const auto numbers = detail::arena(model.parameters());
    for (std::size_t i = 0; i < state.weights.size(); ++i)
      numbers[i] = static_cast<std::remove_cvref_t<decltype(numbers[i])>>(state.weights[i]);
    // Sets may be others now than those of the best epoch.
    for (const auto& e : model.parameters().entries()) {
      const auto w = model.parameters().values_of(e);
      if (!e.frozen && !e.pack.contains(w)) e.pack.project(w);
    }
  }
};

}  // namespace espalier
