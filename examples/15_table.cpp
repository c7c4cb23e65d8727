// SPDX-License-Identifier: MIT
// From a table with gaps and text to a header that takes its raw rows. The passengers are made up.
#include <fmt/core.h>

#include <espalier/data.hpp>
#include <espalier/espalier.hpp>
#include <espalier/io.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = R"(15_table: trains a net on a table with gaps and text, and writes it as a header
  --file PATH  where to, and it stays there; otherwise a temporary file
)";

/// Passengers of a ship: women, children and the upper decks were saved more often. An age is missing now and
/// then, a deck often.
std::string passengers(esp::Rng& rng, int count) {
  std::string text = "name,age,sex,deck,fare,saved\n";
  for (int k = 0; k < count; ++k) {
    const bool woman = rng.below(2) == 0;
    const auto age = 1 + rng.below(70), deck = rng.below(3);
    const double odds = 0.15 + 0.5 * woman + 0.2 * (age < 15) + 0.2 * (deck == 0);
    text += fmt::format("\"Passenger, No. {}\",{},{},{},{:.2f},{}\n", k,
                        rng.below(5) == 0 ? "" : std::to_string(age), woman ? "female" : "male",
                        rng.below(3) == 0 ? "?" : std::string(1, static_cast<char>('A' + deck)),
                        60 / static_cast<double>(deck + 1), rng.uniform() < odds ? "yes" : "no");
  }
  return text;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng(1);
  esp::Dataset train = esp::parse_csv(passengers(rng, 800), {.label = "saved",
                                                             .gaps = esp::Gaps::median,
                                                             .mark_gaps = true,
                                                             .text = esp::Text::one_hot,
                                                             .ignore = {"name"}});
  standardize(train);
  for (const std::string& name : train.feature_names) fmt::print("{}; ", name);
  const esp::Dataset test = esp::parse_csv(passengers(rng, 400), *train.preparation);

  esp::Sequential net{esp::Dense(train.features(), 8, esp::MaxNorm{.radius = 2}), esp::Tanh{},
                      esp::Dense(8, 2)};
  initialize(net, {.seed = 1});
  fit(net, train, esp::CrossEntropy{}, esp::Adam{.learning_rate = 1e-2}, {.epochs = 30});
  fmt::print("\naccuracy on other passengers {:.3f}\n", accuracy(net, test));

  const auto temporary = std::filesystem::temp_directory_path() / "espalier_passengers.hpp";
  const std::filesystem::path path = arguments.text("--file", temporary.string());
  write_header(net, *train.preparation, path, {.name = "passengers"});
  fmt::print("passengers::predict_row(row, out) stands in a header of {} bytes, which needs nothing else\n",
             std::filesystem::file_size(path));
  if (!arguments.has("--file")) std::filesystem::remove(path);
} catch (const std::exception& error) {
  return failed(error);
}
