// SPDX-License-Identifier: MIT
// A net that reads few inputs, trained on 1797 real handwritten digits and written as a header that needs
// nothing: neither this library nor a heap.
#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>
#include <filesystem>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(export: trains a sparse 64-32-10 network on the UCI handwritten digits and writes it as a C++17 and a C99 header
  --epochs N     passes over the training data (default 60)
  --seed N       of the split, the initial weights and the shuffling (default 42)
  --data FILE    pixels and label, comma-separated (default examples/data/digits.csv)
  --out FOLDER   where digits_net.hpp and digits_net.h go (default: the folder for temporary files)
  --quick        2 epochs
)";

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const esp::Seed seed{static_cast<std::uint64_t>(arguments.number("--seed", 42, 0))};
  auto [train, test] =
      esp::read_csv(arguments.text("--data", "examples/data/digits.csv"), {.label = "last"}).split(0.8, seed);

  // PerInput selects pixels as a whole, L1 single weights.
  esp::Sequential net{esp::Dense(64, 32, esp::L1{2e-3}, esp::PerInput{esp::GroupLasso{2e-3}}), esp::ReLU{},
                      esp::Dense(32, 10, esp::L1{1e-3})};
  initialize(net, seed);
  const long epochs = arguments.has("--quick") ? 2 : arguments.number("--epochs", 60);
  fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 2e-3}, {.epochs = epochs, .batch = 32});

  const std::filesystem::path folder =
      arguments.text("--out", std::filesystem::temp_directory_path().string());
  write_header(net, (folder / "digits_net.hpp").string(), {.name = "digits"});
  write_header(net, (folder / "digits_net.h").string(), {.name = "digits", .language = esp::Language::c});

  const std::string text = header_text(net, {.name = "digits"});
  const auto fact = [&](const std::string& name) {
    const std::size_t begin = text.find(" " + name + " = ") + name.size() + 4;
    return text.substr(begin, text.find(';', begin) - begin);
  };
  fmt::print(
      "accuracy {:.3f}\n"
      "{} of {} weights are exactly 0, {} of {} pixels are never read, violation {}\n"
      "constants: {} bytes, where all weights and biases take {}; stack: {} bytes\n"
      "written: {}\n",
      accuracy(net, test), fact("zeros"), fact("weights"), fact("inputs_never_read_count"), fact("inputs"),
      fact("violation"), fact("bytes_of_constants"), 4 * count(net), fact("bytes_of_stack"),
      (folder / "digits_net.hpp").string());
} catch (const std::exception& error) {
  return failed(error);
}
