// SPDX-License-Identifier: MIT
// replay <folder>: runs a fuzz target, without libFuzzer, on every file of the folder: as it is, cut at each
// length, and with random edits, which are the same at each run.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "fuzz.hpp"

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

/// A byte that is changed, a bit that is flipped, a piece that is doubled, removed, or made 0 or 255.
void edit(Bytes& bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  const std::size_t at = below(bytes.size()), length = std::min(below(9) + 1, bytes.size() - at);
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at),
             to = from + static_cast<std::ptrdiff_t>(length);
  switch (below(6)) {
    case 0:
      std::fill(from, to, std::uint8_t{0});
      break;
    case 1:
      std::fill(from, to, std::uint8_t{255});
      break;
    case 2:
      bytes.erase(from, to);
      break;
    case 3: {
      const Bytes piece(from, to);
      bytes.insert(from, piece.begin(), piece.end());
      break;
    }
    case 4:
      if (!bytes.empty()) *from = static_cast<std::uint8_t>(*from ^ 1U << below(8));
      break;
    default:
      if (!bytes.empty()) *from = static_cast<std::uint8_t>(random());
  }
}

/// How often the target ran.
long replay(const std::filesystem::path& path) {
  constexpr std::size_t most_cuts = 2048;
  constexpr int edited = 1000, most_edits = 4;  // enough for a second or so a target, without optimization
  const Bytes whole = read(path);
  long runs = 1;
  LLVMFuzzerTestOneInput(whole.data(), whole.size());
  for (std::size_t size = 0; size < std::min(most_cuts, whole.size()); ++size, ++runs) {
    const Bytes cut(whole.begin(),
                    whole.begin() + static_cast<std::ptrdiff_t>(size));  // its end is its end in memory
    LLVMFuzzerTestOneInput(cut.data(), cut.size());
  }
  std::mt19937 random(1);
  for (int k = 0; k < edited; ++k, ++runs) {
    Bytes bytes = whole;
    for (std::size_t edits = random() % most_edits + 1; edits > 0; --edits) edit(bytes, random);
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "replay <folder>\n"), 2;
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) inputs.push_back(entry.path());
  std::sort(inputs.begin(), inputs.end());
  long runs = 0;
  for (const std::filesystem::path& path : inputs) try {
      std::printf("%s\n", path.string().c_str());
      std::fflush(stdout);  // so that the last line before a crash names its input
      runs += replay(path);
    } catch (const std::exception& error) {
      return std::fprintf(stderr, "an exception that is not the library's: %s\n", error.what()), 1;
    }
  std::printf("%ld runs\n", runs);
  return runs > 0 ? 0 : 1;
}
