// SPDX-License-Identifier: MIT
// From PyTorch and back: a net that PyTorch has trained is loaded, finetuned under constraints and saved, and
// PyTorch loads that file as its own. examples/pytorch/digits.py is the other side.
#include <fmt/core.h>

#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>
#include <espalier/report.hpp>

#include <random>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(16_pytorch: finetunes a net of PyTorch on digits, and saves it for PyTorch
  --file PATH  where to, and it stays there; otherwise a temporary file. PyTorch's look at it:
               python3 examples/pytorch/digits.py --check PATH
)";

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const auto [train, test] =
      chronological_split(esp::read_csv("examples/data/digits.csv", {.label = "last"}), 0.8);
  const auto from_pytorch = "examples/pytorch/digits.safetensors";

  // nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)): names and shapes are the same here.
  esp::Sequential net{esp::Dense(64, 32), esp::ReLU{}, esp::Dense(32, 10)};
  const esp::Loaded file = load(net, from_pytorch);
  const std::string found = fmt::format("{:.3f}", accuracy(net, test)),
                    expected = file.metadata.at("accuracy");
  fmt::print("accuracy {} in PyTorch, {} here\n", expected, found);
  if (found != expected) throw esp::Error("this is not the net that PyTorch has trained");

  // The same layers with constraints. The longest row of PyTorch's weight is 0.84, outside of this set.
  esp::Sequential bounded{esp::Dense(64, 32, esp::L1{1e-3}, esp::MaxNorm{.radius = 0.5}), esp::ReLU{},
                          esp::Dense(32, 10)};
  load(bounded, from_pytorch, {.outside = esp::Outside::project});
  fmt::print("accuracy {:.3f} with its rows projected\n", accuracy(bounded, test));
  fit(bounded, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 1e-3}, {.epochs = 10, .batch = 32});
  fmt::print("accuracy {:.3f} after finetuning\n{}", accuracy(bounded, test), audit(bounded));

  const auto temporary =
      std::filesystem::temp_directory_path() / fmt::format("digits-{}.safetensors", std::random_device{}());
  const std::filesystem::path path = arguments.text("--file", temporary.string());
  save(bounded, path);  // strict loading in PyTorch finds its own names, and nothing else
  if (!arguments.has("--file")) std::filesystem::remove(path);
} catch (const std::exception& error) {
  return failed(error);
}
