// SPDX-License-Identifier: MIT
// One run: trains a network under a policy and measures it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <espalier/espalier.hpp>

#include "bench.hpp"
#include "errors.hpp"
#include "measures.hpp"
#include "network.hpp"
#include "stages.hpp"
#include "workers.hpp"

namespace study {

/// The rate of stochastic gradient descent in the recovery stage, where it is not made too large.
inline constexpr double recovery_rate = 0.05;

/// Where gradients are clipped in the recovery stage, their norm is at most this.
inline constexpr double recovery_limit = 1;

/// The norms of the gradients of the loss by all weights, by v under WeightNorm: their means over each epoch,
/// and the largest of all steps. Ends a run that nobody waits for any more.
struct GradientWatch {
  std::vector<std::vector<double>> epochs{};  ///< of each weight, a number for each epoch
  double largest = 0;                         ///< of all weights together, where they are finite
  long steps = 0, above = 0;  ///< all steps, and those whose gradient of all parameters is above the limit

  /// Looks at the gradients of a step before penalties and clipping change them. Norms are in double, which
  /// has room for the squares of floats.
  void look(const auto& model) {
    if (stop_requested()) throw Stopped();
    std::size_t k = 0;
    double squares = 0, biases = 0;
    model.for_each_parameter([&](const auto& p) {
      const double norm = esp::detail::norm(p.gradients, p.size());
      if (p.kind != esp::ParameterKind::weight) {
        biases += norm * norm;
        return;
      }
      if (sums_.size() == k) sums_.push_back(0);
      sums_[k++] += norm, squares += norm * norm;
    });
    if (std::isfinite(squares)) largest = std::max(largest, std::sqrt(squares));
    above += std::sqrt(squares + biases) > recovery_limit ? 1 : 0;
    ++steps, ++steps_;
  }
  void epoch(const auto&, const esp::EpochReport&) {
    epochs.resize(sums_.size());
    for (std::size_t k = 0; k < sums_.size(); ++k)
      epochs[k].push_back(std::exchange(sums_[k], 0) / static_cast<double>(steps_));
    steps_ = 0;
  }

 private:
  std::vector<double> sums_;
  long steps_ = 0;
};

/// An optimizer that shows the gradients to a watch before each step. Observers of `fit` see them after it,
/// when smooth penalties are added and transforms have acted.
template <class Optimizer>
class Watched : public Optimizer {
 public:
  Watched(Optimizer optimizer, GradientWatch& watch) : Optimizer(std::move(optimizer)), watch_(&watch) {}

  template <class Net>
  void step(Net& net) {
    watch_->look(net);
    Optimizer::step(net);
  }

 private:
  GradientWatch* watch_;
};

/// The task's metric of a model (Setup::metric).
template <class Net>
double metric(const Bench& bench, const Net& net, const esp::Dataset& data) {
  return bench.setup().classification() ? esp::accuracy(net, data)
                                        : esp::rmse(net, data) * bench.target_scale();
}

/// The loss that a run minimizes, without penalties.
template <class Net>
double loss_of(const Bench& bench, const Net& net, const esp::Dataset& data) {
  if (bench.setup().classification()) return evaluate(net, data, esp::CrossEntropy{});
  return evaluate(net, data, esp::MeanSquared{});
}

/// The metric with noise on the inputs, for each of noise_levels. All runs of a seed get the same noise.
template <class Net>
std::vector<double> under_noise(const Bench& bench, const Net& net, const esp::Dataset& data, long seed) {
  std::vector<double> metrics;
  for (const double level : noise_levels) metrics.push_back(metric(bench, net, noisy(data, level, seed)));
  return metrics;
}

/// Does what a stage asks of a network after its training.
template <class Net>
void measure(const Bench& bench, const Trial& trial, const Net& net, const esp::Dataset& training,
             const esp::Dataset& evaluation, Result& result) {
  const Eigen::MatrixXf weight = esp::effective_weight(net, "0.weight");
  if (trial.stage == "grid") result.series["noise"] = under_noise(bench, net, evaluation, trial.seed);
  if (trial.stage == "irrelevant")
    result.numbers["noise_share"] = share_of_last(weight, static_cast<long>(trial.level));
  if (trial.stage != "final") return;
  measure_filters(weight, result.numbers);
  result.numbers["dead"] = dead_share(weight, esp::effective_weight(net, "0.bias"), training.inputs);
  write_filters(bench, trial, weight);
  const Eigen::MatrixXf free = read_filters(bench, {"final", free_name, 0, 0, trial.seed});
  if (free.size() == weight.size()) result.numbers["similarity"] = similarity(weight, free);
}

/// The share of the steps in which a policy changed the first layer's weight; 0 without one.
template <class Net>
double active_share(const Net& net) {
  double share = 0;
  net.for_each_parameter([&](const auto& p) {
    if (p.path == "0.weight")
      for (const esp::Activity& a : p.activity)
        if (a.steps > 0) share = std::max(share, static_cast<double>(a.acted) / static_cast<double>(a.steps));
  });
  return share;
}

/// Trains with an optimizer. The recovery stage begins with a learning rate that is too large: Trial::level
/// times the rate, for the first half of the epochs.
template <class Net, class Optimizer>
esp::History run_epochs(const Bench& bench, const Trial& trial, Net& net, const esp::Dataset& training,
                        const Optimizer& plain, GradientWatch& watch) {
  Watched<Optimizer> optimizer(plain, watch);
  esp::FitOptions options{.epochs = trial.stage == "cost" ? 1 : bench.setup().epochs,
                          .batch = bench.setup().batch,
                          .seed = static_cast<std::uint64_t>(trial.seed)};
  if (trial.stage == "recovery")
    options.schedule = [factor = trial.level](const esp::Progress& progress) {
      return 2 * progress.epoch < progress.epochs ? factor : 1;
    };
  if (bench.setup().classification())
    return fit(net, training, esp::CrossEntropy{}, optimizer, options, watch);
  return fit(net, training, esp::MeanSquared{}, optimizer, options, watch);
}

/// Trains `net`, whose policies are in force, from the weights of the seed.
template <class Net>
Result train(const Bench& bench, const Trial& trial, Net& net) {
  Result result{trial};
  const Parts parts = bench.parts_of(trial);
  initialize(net, esp::Seed{static_cast<std::uint64_t>(trial.seed)}, esp::HeNormal{});
  GradientWatch watch;
  const auto start = std::chrono::steady_clock::now();
  try {
    if (trial.stage != "recovery")
      run_epochs(bench, trial, net, *parts.training,
                 esp::Optimizer{esp::Adam{.learning_rate = bench.setup().learning_rate}}, watch);
    else if (trial.policy == clipped_gradients)
      run_epochs(bench, trial, net, *parts.training,
                 esp::Optimizer{esp::SGD{.learning_rate = recovery_rate}, esp::ClipNorm{recovery_limit}},
                 watch);
    else
      run_epochs(bench, trial, net, *parts.training, esp::Optimizer{esp::SGD{.learning_rate = recovery_rate}},
                 watch);
  } catch (const esp::NotFiniteError& error) {
    result.failed = error.what();
  } catch (const esp::ValueError& error) {  // a rate so large that the decay would turn the signs of weights
    if (trial.stage != "recovery")
      throw InputError(fmt::format("{} at {}, learning rate {}: {}", trial.policy, trial.strength,
                                   bench.setup().learning_rate, error.what()));
    result.failed = error.what();
  }
  result.numbers["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  measure_gradients(watch.epochs, watch.largest, result);
  result.numbers["active"] =
      trial.policy == clipped_gradients
          ? static_cast<double>(watch.above) / static_cast<double>(std::max(1L, watch.steps))
          : active_share(net);
  if (result.failed.empty() && !std::isfinite(loss_of(bench, net, *parts.training)))
    result.failed = "the loss after training is not finite";
  if (!result.failed.empty()) return result;
  const std::string measured = trial.stage == "final" ? "test" : "validation";
  result.numbers["train"] = metric(bench, net, *parts.training);
  result.numbers[measured] = metric(bench, net, *parts.evaluation);
  result.numbers["train_loss"] = loss_of(bench, net, *parts.training);
  result.numbers[measured + "_loss"] = loss_of(bench, net, *parts.evaluation);
  measure(bench, trial, net, *parts.training, *parts.evaluation, result);
  return result;
}

}  // namespace study
