// SPDX-License-Identifier: MIT
#include "espalier/train/batches.hpp"

#include "../nets.hpp"
#include "../support.hpp"

using namespace espalier;

namespace {

/// Seven samples, the number of each in all that belongs to it.
Dataset numbered(bool labels) {
  Dataset data;
  data.inputs.resize(2, 7);
  for (int i = 0; i < 7; ++i) {
    data.inputs.col(i).setConstant(static_cast<float>(i));
    data.weights.push_back(static_cast<float>(i));
    if (labels) data.labels.push_back(i);
  }
  if (!labels) data.targets = data.inputs.topRows(1);
  return data;
}

}  // namespace

TEST_CASE("Batches hold every sample once, in order, with all that belongs to it") {
  const bool labels = GENERATE(true, false);
  const Dataset data = numbered(labels);
  Batches<float> batches(data, 3);
  REQUIRE(batches.count() == 3);
  for (Index b = 0; b < 3; ++b) {
    batches.load(b);
    REQUIRE(batches.size() == (b < 2 ? 3 : 1));
    for (Index k = 0; k < batches.size(); ++k) {
      const auto sample = static_cast<float>(3 * b + k);
      CHECK(batches.inputs().col(k) == Vector<float>::Constant(2, sample));
      const Target<float> target = batches.target();
      CHECK(target.samples() == batches.size());
      if (labels)
        CHECK(target.labels()[static_cast<std::size_t>(k)] == 3 * b + k);
      else
        CHECK(target.values()(0, k) == sample);
      CHECK(target.weights()[static_cast<std::size_t>(k)] == sample);
    }
  }
}

TEST_CASE("Shuffled batches hold every sample once, still together with its label") {
  const Dataset data = numbered(true);
  Batches<float> batches(data, 2);
  batches.shuffle(3, 0);
  std::vector<int> seen;
  for (Index b = 0; b < batches.count(); ++b) {
    batches.load(b);
    for (Index k = 0; k < batches.size(); ++k) {
      seen.push_back(batches.target().labels()[static_cast<std::size_t>(k)]);
      CHECK(batches.inputs()(0, k) == static_cast<float>(seen.back()));
    }
  }
  CHECK(seen != data.labels);
  CHECK(std::is_permutation(seen.begin(), seen.end(), data.labels.begin(), data.labels.end()));
}

TEST_CASE("Without weights every sample counts one; a batch larger than the data is all of them") {
  Dataset data = numbered(true);
  data.weights.clear();
  Batches<float> batches(data, 100);
  REQUIRE(batches.count() == 1);
  batches.load(0);
  CHECK(batches.inputs() == data.inputs);
  CHECK(batches.target().weights().empty());
}

TEST_CASE("Data to predict from can be loaded, and have no target") {
  Dataset data = numbered(true);
  data.labels.clear();
  Batches<float> batches(data, 2);
  batches.load(3);
  CHECK(batches.inputs() == data.inputs.rightCols(1));
  CHECK_THROWS_AS(batches.target(), ShapeError);
}

TEST_CASE("Batches refuse empty or ill-fitting data, and batches of nothing") {
  const Dataset data = numbered(true), none;
  CHECK(message_of([&] { Batches<float>(data, 0); }) ==
        "batches: expected a batch of at least 1 sample, found 0");
  CHECK_THROWS_AS(Batches<float>(none, 2), ShapeError);
  Dataset ill = data;
  ill.labels.pop_back();
  CHECK_THROWS_AS(Batches<float>(ill, 2), ShapeError);
  STATIC_REQUIRE(!std::is_constructible_v<Batches<float>, Dataset, Index>);  // would look at what is gone
}

TEST_CASE("The order of an epoch follows from seed and number, and from nothing before it") {
  const Dataset data = numbered(true);
  const auto order = [&](Batches<float>& batches, std::uint64_t seed, std::uint64_t epoch) {
    batches.shuffle(seed, epoch);
    batches.load(0);
    const auto labels = batches.target().labels();
    return std::vector<int>(labels.begin(), labels.end());
  };
  Batches<float> batches(data, 7), fresh(data, 7);
  const std::vector<int> first = order(batches, 3, 0), second = order(batches, 3, 1);
  CHECK(first != second);
  CHECK(order(batches, 3, 0) == first);
  CHECK(order(fresh, 3, 1) == second);
  CHECK(order(fresh, 4, 1) != second);
}
