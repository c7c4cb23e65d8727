// SPDX-License-Identifier: MIT
// One training run of a study: what is trained, and what came of it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace study {

/// What tells a run from all others. Two runs with the same seed are paired: they have the same split, the
/// same initial weights up to feasibility, and the same batches.
struct Trial {
  std::string stage;    ///< the question that it answers: "grid", "final", "few", ... (stages.hpp)
  std::string policy;   ///< a name of the grid; `free_name` without any
  double strength = 0;  ///< the number of the policy; 0 where it has none
  double level = 0;     ///< what else the stage changes: samples, inputs added, hidden layers, ...
  long seed = 0;

  bool operator==(const Trial&) const = default;
  auto operator<=>(const Trial&) const = default;
};

inline const std::string free_name = "unconstrained";
/// In the stages recovery and recurrent: no policy, and gradients whose norm is clipped at 1.
inline const std::string clipped_gradients = "clipped gradients";

/// What a run measured, by name. A run that diverged has `failed`, and what it could measure until then.
struct Result {
  Trial trial;
  std::map<std::string, double> numbers{};
  std::map<std::string, std::vector<double>> series{};
  std::string failed{};  ///< why the run ended early; empty: it did not

  bool operator==(const Result&) const = default;
};

/// The number of that name; NaN if the run has none.
double number(const Result& result, const std::string& name);
/// The series of that name; empty if the run has none.
const std::vector<double>& series(const Result& result, const std::string& name);

/// What the runs of a study have in common. It is the first line of its file of results, and a file with
/// another one belongs to another study.
struct Setup {
  std::string data;            ///< file name without folder
  unsigned long checksum = 0;  ///< CRC-32 of the numbers of the data
  long samples = 0;            ///< without those of the test part
  long features = 0;
  long classes = 0;  ///< 0: regression
  long outputs = 1;  ///< of the network
  long test_samples = 0;
  long image_rows = 0, image_columns = 0;  ///< of the inputs, where they are images; else 0
  std::vector<long> hidden{};              ///< neurons of each hidden layer
  std::string where = "input";             ///< which weights are constrained: "input" or "all"
  long epochs = 0, batch = 0, seeds = 0;
  double learning_rate = 0;
  std::vector<std::string> policies{};
  std::vector<std::vector<double>> strengths{};  ///< of each policy, from weak to strong
  std::vector<std::string> stages{};
  long recurrent_steps = 0;    ///< of training in the stage "recurrent"; 0: it is no part of the study
  unsigned long chorales = 0;  ///< CRC-32 of the chorales of that stage; 0: it has none
  std::string shortened{};     ///< what a budget changed, in words; empty: nothing

  bool classification() const { return classes > 0; }
  /// The metric of the task: "accuracy" (larger is better) or "rmse" (smaller is better), in the units of the
  /// target.
  std::string metric() const { return classification() ? "accuracy" : "rmse"; }
  bool operator==(const Setup&) const = default;
};

}  // namespace study
