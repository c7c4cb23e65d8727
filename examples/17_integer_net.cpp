// SPDX-License-Identifier: MIT
// The evaluation of a chess engine, in integers that cannot overflow: 768 inputs, one for each piece and
// square, of which at most 32 are on. The positions are made up, as is what they are worth.
#include <algorithm>
#include <cstdlib>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <random>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(integer_net: trains a 768-16-1 network whose accumulators provably fit 10 and 16 bits, and writes it as a header in integers
  --epochs N       passes over the training data (default 20)
  --seed N         of positions, weights and shuffling (default 42)
  --quick          2 epochs of 2000 positions
)";

/// Pieces on squares of their own: each is worth its material, and a little more on a high square.
esp::Dataset made_up_positions(esp::Index count, esp::Rng& rng) {
  constexpr double worth[6] = {0, 9, 5, 3, 3, 1};
  esp::Dataset data;
  data.inputs = esp::Matrix<float>::Zero(768, count), data.targets = esp::Matrix<float>::Zero(1, count);
  std::vector<esp::Index> squares(64);
  std::iota(squares.begin(), squares.end(), 0);
  for (esp::Index s = 0; s < count; ++s) {
    rng.shuffle(squares);
    double score = 0;
    for (esp::Index k = 0, pieces = 2 + rng.below(31); k < pieces; ++k) {
      const esp::Index square = squares[static_cast<std::size_t>(k)], piece = k < 2 ? 0 : 1 + rng.below(5);
      data.inputs(64 * (6 * (k % 2) + piece) + square, s) = 1;
      score += (k % 2 == 0 ? 1 : -1) * (worth[piece] + static_cast<double>(square) / 64);
    }
    data.targets(0, s) = static_cast<float>(std::tanh(score / 10));
  }
  return data;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng{static_cast<std::uint64_t>(arguments.number("--seed", 42, 0))};
  const auto train = made_up_positions(arguments.has("--quick") ? 2000 : 20000, rng),
             test = made_up_positions(2000, rng);

  // The largest sums of weights of one sign that 10 and 16 bits have room for, beside biases.
  constexpr double step = 1.0 / 64, fine = step / 64;
  const esp::IntegerInputs inputs{esp::IntegerRange::unsigned_bits(1, 32)};
  const auto first = static_cast<double>(esp::largest_weight_sum(10, inputs.range, 127)),
             second = static_cast<double>(esp::largest_weight_sum(16, {0, 127}, 8000));
  const esp::QuantizedTowardZero levels{step, -127 * step, 127 * step};
  const esp::Bias small{esp::Clip{-127 * step, 127 * step}}, large{esp::Clip{-8000 * fine, 8000 * fine}};
  esp::Sequential net{esp::Dense(768, 16, levels, esp::TopKSum{32, first * step}, small),
                      esp::QuantizedReLU{.step = step, .hi = 127 * step},
                      esp::Dense(16, 1, levels, esp::SignedSumBound{second * step}, large)};
  initialize(net, rng);
  fit(net, train, esp::MeanSquared{}, esp::Adam{.learning_rate = 3e-3},
      {.epochs = arguments.has("--quick") ? 2 : arguments.number("--epochs", 20), .batch = 64});
  round_biases(net, inputs);

  const std::vector<int> bits = accumulator_bits(net, inputs);
  const esp::Matrix<float> y = net.predict(test.inputs);
  fmt::print(
      "mean squared error {:.4f}, mean square of the targets {:.4f}\naccumulators need {} and {} bits\n",
      (y - test.targets).squaredNorm() / 2000, test.targets.squaredNorm() / 2000, bits[0], bits[1]);

  // The header, compiled, computes what the net predicts.
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("integer_net_{}", std::random_device{}());
  std::filesystem::create_directory(folder);
  write_integer_header(net, folder / "engine.hpp", inputs, {.name = "engine"});
  std::ofstream(folder / "main.cpp") << R"(#include <cstdio>
#include "engine.hpp"
int main() {
  std::int32_t out;
  for (int on[33], n = 0; std::scanf("%d", on + n) == 1;)
    if (on[n++] < 0) engine::predict_on(on, n - 1, &out), n = 0, std::printf("%.17g\n", out * engine::unit);
})";
  std::string positions;
  for (esp::Index s = 0; s < 2000; ++s, positions += "-1 ")
    for (esp::Index i = 0; i < 768; ++i)
      if (test.inputs(i, s) == 1) positions += std::to_string(i) + " ";
  std::ofstream(folder / "in") << positions;
  const std::string work =
      "cd " + folder.string() + " && c++ -std=c++17 main.cpp -o engine && ./engine < in > out";
  if (std::system(work.c_str()) != 0) throw esp::Error("the header did not compile or run");
  std::ifstream out(folder / "out");
  const std::vector<double> found{std::istream_iterator<double>(out), {}};
  const bool equal = std::equal(found.begin(), found.end(), y.data(), y.data() + y.size());
  std::filesystem::remove_all(folder);
  fmt::print("the compiled integers {} what the net predicts\n", equal ? "are" : "are NOT");
  return equal && bits[0] <= 10 && bits[1] <= 16 ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
