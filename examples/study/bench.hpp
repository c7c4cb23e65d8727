// SPDX-License-Identifier: MIT
// What all runs of a study share: its setup and its data, and the part of them that a run sees.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <espalier/data/dataset.hpp>

#include "trial.hpp"

namespace study {

namespace esp = espalier;

/// Two parts of the data that runs of one seed share.
struct Split {
  esp::Dataset training, validation;
};

/// The data of one run: what it trains on, and what it is measured on.
struct Parts {
  std::shared_ptr<const Split> split;  // keeps what the pointers below point to
  const esp::Dataset *training = nullptr, *evaluation = nullptr;
};

class Bench {
 public:
  /// `fit` and `test` are scaled. `target_scale` turns a root mean squared error into the unit of the target.
  Bench(Setup setup, esp::Dataset fit, esp::Dataset test, double target_scale, std::string folder);

  const Setup& setup() const { return setup_; }
  double target_scale() const { return target_scale_; }

  /// Test samples in the stage "final", else a fifth of the others, drawn by the seed. With fewer training
  /// samples in the stage "few", and with inputs of noise in the stage "irrelevant".
  Parts parts_of(const Trial& trial) const;
  /// The hidden layers of a trial: those of the setup, but Trial::level of them in the stage "depth", all as
  /// wide as the first.
  std::vector<long> hidden_of(const Trial& trial) const;
  /// Where the first layer's weight of a trial of the stage "final" stands: a row for each neuron, as NPY.
  std::string filter_file(const Trial& trial) const;

 private:
  std::shared_ptr<const Split> split(long seed) const;

  Setup setup_;
  esp::Dataset fit_, test_;
  double target_scale_;
  std::string folder_;
  mutable std::mutex mutex_;
  mutable std::map<long, std::weak_ptr<const Split>> splits_;
};

/// Writes the first layer's weight (neurons x inputs) of a trial.
void write_filters(const Bench& bench, const Trial& trial, const Eigen::MatrixXf& weight);
/// Reads it; without rows if it is not there.
Eigen::MatrixXf read_filters(const Bench& bench, const Trial& trial);

/// The data with normal noise on the inputs, `level` times the standard deviation of each input. The same for
/// every call with the same seed.
esp::Dataset noisy(const esp::Dataset& data, double level, long seed);

}  // namespace study
