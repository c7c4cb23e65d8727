// SPDX-License-Identifier: MIT
// The demo: one network on 1797 real handwritten digits, free and under a constraint on its input layer.
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/report/html_report.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(demo: trains a 64-128-10 network on the UCI handwritten digits, free and with constraints
  --epochs N   passes over the training data (default 60)
  --seed N     of the split, the initial weights and the shuffling (default 42)
  --data FILE  pixels and label, comma-separated (default examples/data/digits.csv)
  --quick      2 epochs
  --report FILE  a page of one more training, with all constraints of the last one: open it in a browser
)";

struct Run {
  esp::Dataset train, test;
  long epochs;
  std::uint64_t seed;

  /// Trains a fresh network with these policies on its input layer and prints a line of the table.
  template <class... Policies>
  std::string operator()(const std::string& name, const Policies&... policies) const {
    esp::Sequential net{esp::Dense(64, 128, policies...), esp::ReLU{}, esp::Dense(128, 10)};
    initialize(net, esp::Rng{seed});
    esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-3}};
    const auto history =
        fit(net, train, esp::CrossEntropy{}, optimizer, {.epochs = epochs, .batch = 32, .seed = seed},
            esp::ProgressBar(fmt::format("{:<24}", name)));
    const double violation = audit(net).violation();
    if (violation != 0)
      throw esp::Error(
          fmt::format("{}: expected weights in their sets, found a violation of {}", name, violation));
    const Eigen::MatrixXf weight = effective_weight(net, "0.weight");
    return fmt::format(
        "{:<24} {:>8.2f} % {:>11.1f} % {:>9.3f} {:>10} {:>8.2f}\n", name, 100 * accuracy(net, test),
        100.0 * static_cast<double>((weight.array() == 0).count()) / static_cast<double>(weight.size()),
        weight.rowwise().norm().maxCoeff(), violation, history.back().seconds);
  }

  /// Trains once more and writes what that looked like.
  void write_page(const std::string& file) const {
    esp::Sequential net{esp::Dense(64, 128, esp::L1{1e-4}, esp::NonNegative{}, esp::MaxNorm{.radius = 1}),
                        esp::ReLU{}, esp::Dense(128, 10)};
    initialize(net, esp::Rng{seed});
    fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 1e-3},
        {.epochs = epochs, .batch = 32, .validation_data = &test, .seed = seed},
        esp::HtmlReport{file, {.title = "Handwritten digits", .image = esp::Image{8, 8}}});
  }
};

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 42, 0));
  auto [train, test] = esp::read_csv(arguments.text("--data", "examples/data/digits.csv"), {.label = "last"})
                           .split(0.8, esp::Rng{seed});
  const esp::MinMax scale(train.inputs);
  train.inputs = scale(train.inputs);
  test.inputs = scale(test.inputs);

  const Run run{train, test, arguments.has("--quick") ? 2 : arguments.number("--epochs", 60), seed};
  std::string table;
  table += run("unconstrained");
  table += run("L1 1e-3", esp::L1{1e-3});
  table += run("L2 1e-2", esp::L2{1e-2});
  table += run("Clip [-0.1, 0.1]", esp::Clip{-0.1, 0.1});
  table += run("WeightNorm", esp::WeightNorm{});
  table += run("MaxNorm 1", esp::MaxNorm{.radius = 1});
  table += run("L1, NonNegative, MaxNorm", esp::L1{1e-4}, esp::NonNegative{}, esp::MaxNorm{.radius = 1});
  fmt::print("\n{:<24} {:>10} {:>13} {:>9} {:>10} {:>8}\n{}", "input layer", "test acc.", "exact zeros",
             "row norm", "violation", "seconds", table);
  if (arguments.has("--report")) run.write_page(arguments.text("--report", ""));
} catch (const std::exception& error) {
  return failed(error);
}
