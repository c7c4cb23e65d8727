// SPDX-License-Identifier: MIT
#include "espalier/train/batches.hpp"

#include <algorithm>

#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE("the batches of an epoch are every sample once, with its label and weight") {
  Dataset data = two_halves(10);
  for (int i = 0; i < 10; ++i) data.weights.push_back(static_cast<float>(i + 1));
  Batches<float> batches(data, 4);
  Rng rng(3);
  batches.shuffle(rng);
  REQUIRE(batches.count() == 3);
  std::vector<float> seen;
  for (Index b = 0; b < batches.count(); ++b) {
    batches.load(b);
    CHECK(batches.size() == (b < 2 ? 4 : 2));
    double weight = 0;
    for (Index k = 0; k < batches.size(); ++k) {
      const float w = batches.target().weights()[static_cast<std::size_t>(k)];
      const auto sample = static_cast<Index>(w) - 1;
      CHECK(batches.inputs().col(k) == data.inputs.col(sample));
      CHECK(batches.target().labels()[static_cast<std::size_t>(k)] ==
            data.labels[static_cast<std::size_t>(sample)]);
      seen.push_back(w);
      weight += static_cast<double>(w);
    }
    CHECK(batches.weight() == weight);
  }
  CHECK(seen != data.weights);  // shuffled
  std::sort(seen.begin(), seen.end());
  CHECK(seen == data.weights);
}

TEST_CASE("a batch larger than the data is all of them, one of no samples is refused") {
  const Dataset data = two_halves(3);
  CHECK(Batches<float>(data, 100).count() == 1);
  CHECK(message_of([&] { Batches<float>(data, 0); }).find("at least 1 sample") != std::string::npos);
}
