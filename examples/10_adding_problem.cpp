// SPDX-License-Identifier: MIT
// The adding problem (Hochreiter & Schmidhuber 1997): a recurrent network reads 50 numbers, two of which are
// marked, and must give the sum of those two. To say 1 whatever comes has a mean squared error of 1/6.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include <cmath>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(10_adding_problem: an LSTM learns to add two numbers that stand far apart in a sequence of 50
  --steps N  training steps, each on 32 new sequences (default 2000)
  --seed N   of the weights and the sequences (default 1)
)";

constexpr esp::Index sequence_length = 50;

/// Sequences of pairs (number, mark), a sequence a column, and their sums.
struct Sums {
  esp::Matrix<float> sequences, sums;
};
Sums draw(esp::Index samples, esp::Rng& rng) {
  Sums drawn{esp::Matrix<float>::Zero(2 * sequence_length, samples), esp::Matrix<float>::Zero(1, samples)};
  for (esp::Index j = 0; j < samples; ++j) {
    for (esp::Index t = 0; t < sequence_length; ++t)
      drawn.sequences(2 * t, j) = static_cast<float>(rng.uniform());
    // One mark in either half.
    for (const esp::Index half : {esp::Index{0}, sequence_length / 2}) {
      const esp::Index t =
          half + static_cast<esp::Index>(rng.uniform() * static_cast<double>(sequence_length / 2));
      drawn.sequences(2 * t + 1, j) = 1;
      drawn.sums(0, j) += drawn.sequences(2 * t, j);
    }
  }
  return drawn;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng(static_cast<std::uint64_t>(arguments.number("--seed", 1, 0)));
  const long steps = arguments.number("--steps", 2000);

  esp::Sequential net{
      esp::LSTM(2, 32, sequence_length, {.last = true}, esp::RecurrentWeight{esp::MaxNorm{.radius = 2}}),
      esp::Dense(32, 1)};
  initialize(net, rng);
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-2}, esp::ClipNorm{1}};
  esp::CosineDecay schedule;
  esp::MeanSquared loss;
  const Sums test = draw(1000, rng);
  esp::Matrix<float> gradient;
  for (long step = 0; step < steps; ++step) {
    const Sums batch = draw(32, rng);
    optimizer.scale_rate(schedule({.step = step, .steps = steps}));
    loss(net.forward(batch.sequences), batch.sums, gradient);
    net.backward(batch.sequences, gradient);
    optimizer.step(net);
    if (step % 500 == 0 || step + 1 == steps)
      fmt::print("step {:>4}  test mean squared error {:.5f}\n", step,
                 std::pow(esp::rmse(net.predict(test.sequences), test.sums), 2));
  }
  fmt::print("{}", audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
