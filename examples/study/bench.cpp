// SPDX-License-Identifier: MIT
#include "bench.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <random>
#include <utility>

#include <fmt/format.h>

#include <espalier/core/rng.hpp>
#include <espalier/data/npy.hpp>
#include <espalier/data/splits.hpp>
#include "files.hpp"

namespace study {

namespace {

/// What is drawn by a seed beside initial weights and the order of samples, each from a generator of its own.
enum class Draw : std::uint64_t { split = 1, few = 2, irrelevant = 3, noise = 4 };
esp::Rng rng_of(Draw what, long seed) {
  return esp::Rng(static_cast<std::uint64_t>(seed) * 16 + static_cast<std::uint64_t>(what));
}

/// Split::training or validation with `count` more inputs of standard normal noise.
esp::Dataset with_noise(const esp::Dataset& data, esp::Index count, esp::Rng& rng) {
  esp::Dataset wider = data;
  wider.preparation.reset();
  wider.inputs.conservativeResize(data.inputs.rows() + count, Eigen::NoChange);
  std::normal_distribution<float> normal;
  for (esp::Index j = 0; j < wider.inputs.cols(); ++j)
    for (esp::Index i = data.inputs.rows(); i < wider.inputs.rows(); ++i) wider.inputs(i, j) = normal(rng);
  return wider;
}

/// About `count` samples, at least one of each class, the same ones first for every count.
esp::Dataset some_of(const esp::Dataset& data, esp::Index count, esp::Rng& rng) {
  std::vector<esp::Index> order(static_cast<std::size_t>(data.samples()));
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), rng);
  if (!data.labels.empty()) {  // one sample of each class comes first
    std::vector<esp::Index> first, others;
    std::vector<char> seen(static_cast<std::size_t>(data.classes()), 0);
    for (const esp::Index i : order) {
      char& known = seen[static_cast<std::size_t>(data.labels[static_cast<std::size_t>(i)])];
      (std::exchange(known, 1) ? others : first).push_back(i);
    }
    order = std::move(first);
    order.insert(order.end(), others.begin(), others.end());
  }
  order.resize(static_cast<std::size_t>(std::min(count, data.samples())));
  return data.subset(order);
}

}  // namespace

Bench::Bench(Setup setup, esp::Dataset fit, esp::Dataset test, double target_scale, std::string folder)
    : setup_(std::move(setup)),
      fit_(std::move(fit)),
      test_(std::move(test)),
      target_scale_(target_scale),
      folder_(std::move(folder)) {}

std::shared_ptr<const Split> Bench::split(long seed) const {
  const std::lock_guard lock(mutex_);
  if (auto known = splits_[seed].lock()) return known;
  auto [training, validation] = setup_.classification()
                                    ? esp::stratified_split(fit_, 0.8, {static_cast<std::uint64_t>(seed)})
                                    : fit_.split(0.8, rng_of(Draw::split, seed));
  auto fresh = std::make_shared<const Split>(Split{std::move(training), std::move(validation)});
  splits_[seed] = fresh;
  return fresh;
}

Parts Bench::parts_of(const Trial& trial) const {
  if (trial.stage == "final") return {nullptr, &fit_, &test_};
  std::shared_ptr<const Split> parts = split(trial.seed);
  if (trial.stage == "few") {
    esp::Rng rng = rng_of(Draw::few, trial.seed);
    parts = std::make_shared<const Split>(
        Split{some_of(parts->training, static_cast<esp::Index>(trial.level), rng), parts->validation});
  } else if (trial.stage == "irrelevant") {
    esp::Rng rng = rng_of(Draw::irrelevant, trial.seed);
    const auto count = static_cast<esp::Index>(trial.level);
    esp::Dataset training = with_noise(parts->training, count, rng);
    parts =
        std::make_shared<const Split>(Split{std::move(training), with_noise(parts->validation, count, rng)});
  }
  return {parts, &parts->training, &parts->validation};
}

std::vector<long> Bench::hidden_of(const Trial& trial) const {
  if (trial.stage != "depth") return setup_.hidden;
  return std::vector<long>(static_cast<std::size_t>(trial.level), setup_.hidden.front());
}

esp::Dataset noisy(const esp::Dataset& data, double level, long seed) {
  esp::Dataset changed = data;
  esp::Rng rng = rng_of(Draw::noise, seed);
  std::normal_distribution<float> normal;
  const Eigen::VectorXf mean = data.inputs.rowwise().mean();
  const Eigen::VectorXf deviation =
      ((data.inputs.colwise() - mean).rowwise().squaredNorm() / static_cast<float>(data.samples()))
          .cwiseSqrt();
  for (esp::Index j = 0; j < changed.inputs.cols(); ++j)
    for (esp::Index i = 0; i < changed.inputs.rows(); ++i)
      changed.inputs(i, j) += static_cast<float>(level) * deviation(i) * normal(rng);
  return changed;
}

std::string Bench::filter_file(const Trial& trial) const {
  return fmt::format("{}/filters/{} {} seed {}.npy", folder_, trial.policy, trial.strength, trial.seed);
}

void write_filters(const Bench& bench, const Trial& trial, const Eigen::MatrixXf& weight) {
  make_folder_of(bench.filter_file(trial));
  esp::write_npy(bench.filter_file(trial), esp::Matrix<float>(weight.transpose()));
}

Eigen::MatrixXf read_filters(const Bench& bench, const Trial& trial) {
  if (!std::filesystem::exists(bench.filter_file(trial))) return {};
  return esp::read_npy<float>(bench.filter_file(trial)).transpose();
}

}  // namespace study
