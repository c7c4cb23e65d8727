// SPDX-License-Identifier: MIT
#include "espalier/train/scale_notes.hpp"

#include "../nets.hpp"

using namespace espalier;

namespace {

/// Features with these standard deviations (and means), each +-1 around them.
Dataset spread(const std::vector<float>& deviations, float mean = 0) {
  Dataset data;
  data.inputs.resize(static_cast<Index>(deviations.size()), 4);
  for (Index i = 0; i < data.features(); ++i)
    for (Index j = 0; j < 4; ++j)
      data.inputs(i, j) = mean + (j % 2 ? 1.0F : -1.0F) * deviations[static_cast<std::size_t>(i)];
  data.labels = {0, 1, 0, 1};
  return data;
}

}  // namespace

TEST_CASE("Data of sizes that train well deserve no note") {
  CHECK(scale_notes(two_halves(50)).empty());
  CHECK(scale_notes(spread({1, 1, 0, 6, 0.01F}, 5)).empty());
  CHECK(scale_notes(spread({0, 0, 0})).empty());
  CHECK(scale_notes(Dataset{Matrix<float>::Constant(3, 2, 16), {0, 1}, {}, {}, {}, {}}).empty());
}

TEST_CASE("A feature far larger than the others is named with its mean and its standard deviation") {
  Dataset data = spread({1, 2, 1, 0, 850});
  CHECK(
      scale_notes(data) ==
      std::vector<std::string>{"feature 4 has a mean of 0 and a standard deviation of 850, the typical one "
                               "of 2: training wants numbers of about 1, as Standardize(train.inputs) makes "
                               "them"});
  data.feature_names = {"a", "b", "c", "d", "area"};
  CHECK(scale_notes(data)[0].starts_with("feature 4 (area) has a mean of 0"));
  CHECK(scale_notes(spread({0.001F, 0.002F, 0.9F}))[0].starts_with("feature 2 has"));
}

TEST_CASE("Large means, features that are all large, and targets are noted too") {
  CHECK(scale_notes(spread({3, 1}, 2000))[0].starts_with(
      "feature 0 has a mean of 2e+03 and a standard deviation of 3, the typical one of 3; 1 more are like "
      "it"));
  CHECK(scale_notes(spread({850, 700, 900}))[0].find("; 2 more") != std::string::npos);
  Dataset data = spread({1, 1});
  data.labels.clear();
  data.targets = Matrix<float>{{100000, 300000, 100000, 300000}};
  CHECK(scale_notes(data) ==
        std::vector<std::string>{"target 0 has a mean of 2e+05 and a standard deviation of 1e+05: training "
                                 "wants numbers of about 1, as Standardize(train.targets) makes them; its "
                                 "inverse() takes predictions back"});
}

TEST_CASE("What the reader of a file noted comes first") {
  Dataset data = two_halves(50);
  data.notes = {"column 1 of 4 is no feature: it counts the rows"};
  CHECK(scale_notes(data) == data.notes);
}
