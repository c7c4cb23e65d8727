// SPDX-License-Identifier: MIT
// A net in a file: trained, saved, and loaded by a program that knows its layers. The file is safetensors,
// with the names and shapes of PyTorch's state_dict; docs/files.md says how it goes there and back.
#include <fmt/core.h>

#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>

#include <random>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(12_save_and_load: trains a net on digits, saves it, and loads it into another
  --file PATH  where to, and it stays there; otherwise a temporary file
)";

auto digits_net() {
  return esp::Sequential{esp::Dense(64, 32, esp::MaxNorm{.radius = 1}), esp::ReLU{}, esp::Dense(32, 10)};
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const auto temporary =
      std::filesystem::temp_directory_path() / fmt::format("digits-{}.safetensors", std::random_device{}());
  const std::filesystem::path path = arguments.text("--file", temporary.string());
  const auto [train, test] =
      esp::read_csv("examples/data/digits.csv", {.label = "last"}).split(0.8, {.seed = 7});

  auto net = digits_net();
  initialize(net, {.seed = 42});
  fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 1e-3}, {.epochs = 5, .batch = 32});
  save(net, path);

  auto loaded = digits_net();  // all zeros
  const esp::Loaded file = load(loaded, path);
  fmt::print("accuracy {:.3f}, and {:.3f} from the file; the same predictions, bit for bit: {}\n",
             accuracy(net, test), accuracy(loaded, test),
             predict(net, test.inputs) == predict(loaded, test.inputs));
  fmt::print("what the file says of its weights:\n{}", file.metadata.at("espalier.audit"));

  // Where the program says another set than the one that the weights were trained in, the file is refused.
  esp::Sequential tighter{esp::Dense(64, 32, esp::MaxNorm{.radius = 0.5}), esp::ReLU{}, esp::Dense(32, 10)};
  try {
    load(tighter, path);
  } catch (const esp::ValueError& error) {
    fmt::print("{}\n", error.what());
  }
  load(tighter, path, {.outside = esp::Outside::project});
  fmt::print("projected: accuracy {:.3f}\n", accuracy(tighter, test));
  if (!arguments.has("--file")) std::filesystem::remove(path);
} catch (const std::exception& error) {
  return failed(error);
}
