// SPDX-License-Identifier: MIT
#include "recurrent.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "errors.hpp"
#include "workers.hpp"

namespace study {

namespace {

constexpr auto recurrent_weight = "0.weight_hh";
const std::string clipped_weights = "clipped weights", spectral_ball = "SpectralBall",
                  orthonormal = "Orthonormal";

/// The network is measured on so many sequences at most, as far as gradients by time step go.
constexpr long probe_samples = 200;

}  // namespace

const std::vector<RecurrentPolicy>& recurrent_policies() {
  static const std::vector<RecurrentPolicy> policies{{free_name, 0},
                                                     {clipped_weights, 0.1},
                                                     {clipped_gradients, gradient_limit},
                                                     {spectral_ball, 1},
                                                     {orthonormal, 0}};
  return policies;
}

RecurrentNet recurrent_net(const Sequences& task, long hidden, long seed) {
  RecurrentNet net(esp::Recurrent(task.features(), hidden, task.steps, {.last = task.target_steps == 1}),
                   EachStep(hidden, task.outputs(), task.target_steps));
  initialize(net, esp::Seed{static_cast<std::uint64_t>(seed)}, esp::LeCunNormal{});
  // Its variance is 1 / (features + hidden) so far.
  const double factor =
      recurrent_gain * std::sqrt(static_cast<double>(task.features() + hidden) / static_cast<double>(hidden));
  assign(net, recurrent_weight, static_cast<float>(factor) * parameter(net, recurrent_weight));
  return net;
}

void constrain(RecurrentNet& net, const Trial& trial) {
  const std::string& policy = trial.policy;
  if (policy == clipped_weights)
    set_policies(net, recurrent_weight, esp::Clip{-trial.strength, trial.strength});
  else if (policy == spectral_ball)
    set_policies(net, recurrent_weight, esp::SpectralBall{trial.strength});
  else if (policy == orthonormal)
    set_policies(net, recurrent_weight, esp::Orthonormal{});
  else if (policy != free_name && policy != clipped_gradients)
    throw InputError(fmt::format("recurrent: expected a policy for recurrent networks, found '{}'", policy));
}

std::vector<double> gradient_by_step(RecurrentNet& net, const Sequences& data) {
  esp::Matrix<float> gradient;
  const esp::Matrix<float> by_input = input_gradient(net, data.inputs, [&](const auto& y) {
    sequence_loss(data, y, gradient);
    return gradient;
  });
  std::vector<double> norms;
  // The loss is a mean over the samples, so each one's own derivative is so many times as large.
  const double root = std::sqrt(static_cast<double>(data.samples()));
  for (long t = 0; t < data.steps; ++t)
    norms.push_back(root * by_input.middleRows(t * data.features(), data.features()).cast<double>().norm());
  return norms;
}

std::vector<Trial> recurrent_trials(const RecurrentOptions& options) {
  std::vector<std::string> stages{"recurrent"};
  if (!options.chorales.empty()) stages.push_back("chorales");
  std::vector<Trial> trials;
  for (const std::string& stage : stages)
    for (long seed = 1; seed <= options.seeds; ++seed)
      for (const long length : options.lengths)
        for (const RecurrentPolicy& policy : recurrent_policies())
          trials.push_back({stage, policy.name, policy.strength, static_cast<double>(length), seed});
  return trials;
}

namespace {

double loss_on(const RecurrentNet& net, const Sequences& data) {
  esp::Matrix<float> unused;
  return sequence_loss(data, predict(net, data.inputs), unused);
}

/// Throws NotFiniteError for a loss that is not finite.
double finite(double loss, const std::string& where) {
  esp::expect<esp::NotFiniteError>(std::isfinite(loss), where, "a finite loss", loss);
  return loss;
}

/// The share of the steps so far in which the gradients were clipped, or a policy changed the recurrent
/// weight; 0 without either.
double active_share(const RecurrentNet& net, const Result& result, double clipped) {
  if (result.trial.policy == clipped_gradients) return clipped / std::max(1.0, number(result, "steps"));
  double share = 0;
  net.for_each_parameter([&](const auto& p) {
    if (p.path == recurrent_weight)
      for (const esp::Activity& a : p.activity)
        if (a.steps > 0) share = std::max(share, static_cast<double>(a.acted) / static_cast<double>(a.steps));
  });
  return share;
}

/// Steps of training, each on a batch that the seed draws. Throws NotFiniteError where they diverge, and
/// Stopped where nobody waits for them any more.
template <class Optimizer>
void train_on(const SequenceTask& task, const RecurrentOptions& options, long seed, Optimizer optimizer,
              RecurrentNet& net, Result& result) {
  esp::Rng batches(static_cast<std::uint64_t>(seed), 1);
  esp::Matrix<float> gradient;
  double &largest = result.numbers["largest_gradient"], &steps = result.numbers["steps"],
         &active = result.numbers["active"];
  double losses = 0, clipped = 0;
  const long counted = std::max(1L, options.steps / 10);
  for (long step = 0; step < options.steps; ++step) {
    if (stop_requested()) throw Stopped();
    const Sequences batch = task.draw(batches);
    const double loss =
        finite(sequence_loss(batch, net.forward(batch.inputs), gradient), fmt::format("step {}", step + 1));
    gradient *= static_cast<float>(batch.outputs());  // descent is on the sum over the outputs
    net.backward(batch.inputs, gradient);
    const auto all = net.gradients();
    const Eigen::Map<const Eigen::ArrayXf> numbers(all.data(), static_cast<esp::Index>(all.size()));
    const double norm = numbers.cast<double>().matrix().norm();
    if (std::isfinite(norm)) largest = std::max(largest, norm);
    optimizer.step(net);
    ++steps;
    if (norm > result.trial.strength) ++clipped;
    active = active_share(net, result, clipped);
    if (step >= options.steps - counted) losses += loss;
  }
  result.numbers["train_loss"] = losses / static_cast<double>(counted);
}

/// The series of a name, and how the gradient of the first time step compares with that of the last.
void measure_steps(RecurrentNet& net, const Sequences& probe, const std::string& name, Result& result) {
  const std::vector<double> norms = gradient_by_step(net, probe);
  result.series[name] = norms;
  if (norms.back() > 0) result.numbers["gradient_ratio"] = norms.front() / norms.back();
}

void train_and_measure(const SequenceTask& task, const RecurrentOptions& options, RecurrentNet& net,
                       Result& result) {
  const Trial& trial = result.trial;
  const Sequences probe = last_step_of(task.test, probe_samples);
  measure_steps(net, probe, "gradient_steps", result);
  result.numbers.erase("gradient_ratio");  // is of the end
  const esp::SGD rule{.learning_rate = options.learning_rate, .momentum = recurrent_momentum};
  if (trial.policy == clipped_gradients)
    train_on(task, options, trial.seed, esp::Optimizer{rule, esp::ClipNorm{trial.strength}}, net, result);
  else
    train_on(task, options, trial.seed, esp::Optimizer{rule}, net, result);
  result.numbers["test_loss"] = finite(loss_on(net, task.test), "test");
  if (task.validation.steps > 0)
    result.numbers["validation_loss"] = finite(loss_on(net, task.validation), "validation");
  measure_steps(net, probe, "gradient_steps_end", result);
}

}  // namespace

Result run_recurrent(const RecurrentOptions& options, const Trial& trial) {
  const auto start = std::chrono::steady_clock::now();
  Result result{trial};
  const auto length = static_cast<long>(trial.level);
  const SequenceTask task = trial.stage == "chorales" ? chorale_task(options.chorales, length, options.batch)
                                                      : adding_task(length, options.batch, trial.seed);
  RecurrentNet net = recurrent_net(task.test, options.hidden, trial.seed);
  constrain(net, trial);
  try {
    train_and_measure(task, options, net, result);
  } catch (const esp::NotFiniteError& error) {
    result.failed = error.what();
  }
  result.numbers["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace study
