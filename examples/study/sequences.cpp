// SPDX-License-Identifier: MIT
#include "sequences.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <espalier/data/gzip.hpp>  // read_file reads gzip then
#include <espalier/espalier.hpp>

#include "errors.hpp"
#include "espalier/data/crc32.hpp"

namespace study {

namespace {

std::size_t size(long n) { return static_cast<std::size_t>(n); }

/// These samples, in this order.
Sequences some_of(const Sequences& data, const std::vector<esp::Index>& which) {
  Sequences some{data.steps, data.target_steps, data.binary};
  const auto count = static_cast<esp::Index>(which.size());
  some.inputs.resize(data.inputs.rows(), count);
  some.targets.resize(data.targets.rows(), count);
  for (esp::Index j = 0; j < count; ++j) {
    const esp::Index from = which[static_cast<std::size_t>(j)];
    some.inputs.col(j) = data.inputs.col(from);
    some.targets.col(j) = data.targets.col(from);
    if (data.weights.empty()) continue;
    const auto first = data.weights.begin() + from * data.target_steps;
    some.weights.insert(some.weights.end(), first, first + data.target_steps);
  }
  return some;
}

}  // namespace

double sequence_loss(const Sequences& data, const esp::Matrix<float>& outputs, esp::Matrix<float>& gradient) {
  const Eigen::Map<const esp::Matrix<float>> y(outputs.data(), data.outputs(),
                                               data.target_steps * data.samples());
  const Eigen::Map<const esp::Matrix<float>> t(data.targets.data(), y.rows(), y.cols());
  const esp::Target<float> target(t, data.weights);
  const double loss =
      data.binary ? esp::BinaryCrossEntropy{}(y, target, gradient) : esp::MeanSquared{}(y, target, gradient);
  gradient.resize(data.targets.rows(), data.targets.cols());  // as many numbers, in the same order
  return loss;
}

Sequences last_step_of(const Sequences& data, long most) {
  const long each = data.target_steps;
  std::vector<esp::Index> which;
  for (long j = 0; j < data.samples() && static_cast<long>(which.size()) < most; ++j)
    if (data.weights.empty() || data.weights[size((j + 1) * each - 1)] > 0) which.push_back(j);
  Sequences last = some_of(data, which);
  last.weights.assign(size(last.samples() * each), 0);
  for (long j = 0; j < last.samples(); ++j) last.weights[size((j + 1) * each - 1)] = 1;
  return last;
}

Sequences adding_problem(long steps, long samples, esp::Rng& rng) {
  if (steps < 2)
    throw InputError(fmt::format("adding problem: expected 2 time steps or more, found {}", steps));
  Sequences drawn{steps};
  drawn.inputs.setZero(2 * steps, samples);
  drawn.targets.setZero(1, samples);
  const long half = steps / 2;
  for (long j = 0; j < samples; ++j) {
    for (long t = 0; t < steps; ++t) drawn.inputs(2 * t, j) = static_cast<float>(rng.uniform());
    for (const auto& [first, count] : {std::pair(0L, half), std::pair(half, steps - half)}) {
      const long t = first + static_cast<long>(rng.below(count));
      drawn.inputs(2 * t + 1, j) = 1;
      drawn.targets(0, j) += drawn.inputs(2 * t, j);
    }
  }
  return drawn;
}

namespace {

/// f for each piece of the text between separators; once for a text without any.
template <class F>
void split(std::string_view text, char separator, F&& f) {
  for (;;) {
    const std::size_t end = text.find(separator);
    f(text.substr(0, end));
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

int key_of(std::string_view text, const std::string& where) {
  int key = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key);
  if (error != std::errc() || end != text.data() + text.size() || key < 0 || key >= keys)
    throw InputError(fmt::format("{}: expected numbers of keys from 0 to {}, found {}", where, keys - 1,
                                 esp::detail::quoted_text(text)));
  return key;
}

Piece piece_of(std::string_view line, const std::string& where) {
  Piece piece;
  split(line, ';', [&](std::string_view step) {
    piece.emplace_back();
    if (!step.empty())
      split(step, ',', [&](std::string_view key) { piece.back().push_back(key_of(key, where)); });
  });
  return piece;
}

}  // namespace

std::vector<Piece> read_pieces(const std::string& path) {
  std::string text;
  try {
    text = esp::detail::read_file(path);
  } catch (const esp::FileError& error) {
    throw InputError(error.what());
  }
  std::vector<Piece> pieces;
  long number = 0;
  split(text, '\n', [&](std::string_view line) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) pieces.push_back(piece_of(line, fmt::format("{}: line {}", path, number)));
  });
  if (pieces.empty()) throw InputError(fmt::format("{}: expected a piece in each line, found none", path));
  return pieces;
}

std::string chorale_file(const std::string& folder, const std::string& part) {
  const std::string plain = fmt::format("{}/JSB_Chorales_{}data.txt", folder, part);
  std::error_code unknown;
  return std::filesystem::exists(plain, unknown) && !std::filesystem::exists(plain + ".gz", unknown)
             ? plain
             : plain + ".gz";
}

unsigned long checksum_of_chorales(const std::string& folder) {
  std::string all;  // each number as a byte of its own, with other bytes for the ends
  for (const char* const part : {"train", "valid", "test"}) {
    for (const Piece& piece : read_pieces(chorale_file(folder, part))) {
      for (const std::vector<int>& step : piece) {
        for (const int key : step) all += static_cast<char>(key);
        all += static_cast<char>(keys);
      }
      all += static_cast<char>(keys + 1);
    }
    all += static_cast<char>(keys + 2);
  }
  const unsigned long checksum = esp::detail::crc32(all);
  return checksum != 0 ? checksum : 1;
}

namespace {

/// Writes the keys of a time step into rows of a column.
void sound(esp::Matrix<float>& rolls, long step, long column, const std::vector<int>& chord) {
  for (const int key : chord) rolls(keys * step + key, column) = 1;
}

}  // namespace

Sequences windows_of(const std::vector<Piece>& pieces, long steps, const std::string& where) {
  Sequences all{steps, steps, true};
  long windows = 0, longest = 0;
  for (const Piece& piece : pieces) {
    const auto length = static_cast<long>(piece.size());
    windows += (length - 1 + steps - 1) / steps;
    longest = std::max(longest, length);
  }
  if (longest <= steps)
    throw InputError(
        fmt::format("{}: expected a piece of {} time steps or more (the sequences and the chord "
                    "behind them), found {} in the longest",
                    where, steps + 1, longest));
  all.inputs.setZero(keys * steps, windows);
  all.targets.setZero(keys * steps, windows);
  all.weights.assign(size(steps * windows), 0);
  long j = 0;
  for (const Piece& piece : pieces)
    for (long first = 0; first + 1 < static_cast<long>(piece.size()); first += steps, ++j)
      for (long t = 0; t < steps && first + t + 1 < static_cast<long>(piece.size()); ++t) {
        sound(all.inputs, t, j, piece[size(first + t)]);
        sound(all.targets, t, j, piece[size(first + t + 1)]);
        all.weights[size(j * steps + t)] = 1;
      }
  return all;
}

SequenceTask adding_task(long steps, long batch, long seed) {
  constexpr long test_samples = 1000;
  esp::Rng rng(static_cast<std::uint64_t>(seed), 2);
  return {[=](esp::Rng& batches) { return adding_problem(steps, batch, batches); },
          {},
          adding_problem(steps, test_samples, rng)};
}

SequenceTask chorale_task(const std::string& folder, long steps, long batch) {
  const auto part = [&](const char* name) {
    const std::string file = chorale_file(folder, name);
    return windows_of(read_pieces(file), steps, file);
  };
  const auto training = std::make_shared<const Sequences>(part("train"));
  return {[=](esp::Rng& batches) {
            std::vector<esp::Index> which(size(batch));
            for (esp::Index& j : which) j = batches.below(training->inputs.cols());
            return some_of(*training, which);
          },
          part("valid"), part("test")};
}

}  // namespace study
