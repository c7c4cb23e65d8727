// SPDX-License-Identifier: MIT
#include "espalier/data/dataset.hpp"

#include <limits>
#include <set>

#include "support.hpp"

using namespace espalier;

namespace {

/// Sample k is (k, -k), of class k % 3, of weight k + 1.
template <Scalar S = float>
BasicDataset<S> labeled(Index samples) {
  BasicDataset<S> data;
  data.inputs.resize(2, samples);
  for (Index k = 0; k < samples; ++k) {
    data.inputs.col(k) << static_cast<S>(k), -static_cast<S>(k);
    data.labels.push_back(static_cast<int>(k % 3));
    data.weights.push_back(static_cast<S>(k + 1));
  }
  data.feature_names = {"up", "down"};
  data.class_names = {"a", "b", "c"};
  return data;
}

Dataset regression(Index samples) {
  Dataset data;
  data.inputs = labeled(samples).inputs;
  data.targets = data.inputs * 2;
  return data;
}

}  // namespace

TEMPLATE_TEST_CASE("a data set knows its sizes", "", float, double) {
  const BasicDataset<TestType> data = labeled<TestType>(7);
  CHECK(data.samples() == 7);
  CHECK(data.features() == 2);
  CHECK(data.classes() == 3);
  data.validate();
}

TEST_CASE("without class names the largest label counts the classes") {
  Dataset data = labeled(3);
  data.class_names.clear();
  data.labels = {0, 4, 1};
  CHECK(data.classes() == 5);
  data.labels.clear();
  CHECK(data.classes() == 0);
}

TEST_CASE("the target is a view of labels and weights") {
  const Dataset data = labeled(5);
  const Target<float> all = data.target();
  CHECK(all.has_labels());
  CHECK(all.labels().data() == data.labels.data());
  CHECK(all.weights().size() == 5);

  const Target<float> part = data.target(2, 3);
  CHECK(part.samples() == 3);
  CHECK(part.labels().data() == data.labels.data() + 2);
  CHECK(part.weights().data() == data.weights.data() + 2);
  CHECK(data.target(5, 0).samples() == 0);
}

TEST_CASE("the target is a view of target values") {
  const Dataset data = regression(5);
  const Target<float> part = data.target(1, 3);
  CHECK_FALSE(part.has_labels());
  CHECK(part.values().data() == data.targets.data() + 2);
  CHECK(part.values() == data.targets.middleCols(1, 3));
  CHECK(part.weights().empty());
}

TEST_CASE("a target outside the data or without any values is refused") {
  Dataset data = labeled(5);
  CHECK_THROWS_AS(data.target(3, 3), ShapeError);
  CHECK_THROWS_AS(data.target(-1, 2), ShapeError);
  CHECK_THROWS_AS(data.target(2, -1), ShapeError);
  CHECK_THROWS_AS(data.target(1, std::numeric_limits<Index>::max()), ShapeError);
  data.labels.clear();
  CHECK(message_of([&] { data.target(); }) == "target: expected data with labels or targets, found neither");
}

TEST_CASE("a subset has the samples in the order asked for") {
  const std::vector<Index> which{4, 0, 4};
  const Dataset part = labeled(5).subset(which);
  part.validate();
  CHECK(part.inputs.row(0) == (Matrix<float>(1, 3) << 4, 0, 4).finished());
  CHECK(part.labels == std::vector<int>{1, 0, 1});
  CHECK(part.weights == std::vector<float>{5, 1, 5});
  CHECK(part.classes() == 3);
  CHECK(part.feature_names == labeled(5).feature_names);
  CHECK(regression(5).subset(which).targets.row(1) == (Matrix<float>(1, 3) << -8, 0, -8).finished());
}

TEST_CASE("a subset of samples that do not exist is refused") {
  CHECK_THROWS_AS(labeled(5).subset(std::vector<Index>{0, 5}), ValueError);
  CHECK_THROWS_AS(labeled(5).subset(std::vector<Index>{-1}), ValueError);
}

TEST_CASE("a split deals every sample out once, shuffled, and again alike with the same seed") {
  const auto [train, test] = labeled(10).split(0.8, Rng{7});
  CHECK(train.samples() == 8);
  CHECK(test.samples() == 2);
  std::vector<float> seen;
  for (const Dataset& part : {train, test}) {
    part.validate();
    for (Index k = 0; k < part.samples(); ++k) {
      const float id = part.inputs(0, k);
      seen.push_back(id);
      CHECK(part.labels[static_cast<std::size_t>(k)] == static_cast<int>(id) % 3);
      CHECK(part.weights[static_cast<std::size_t>(k)] == id + 1);
    }
  }
  CHECK_FALSE(std::is_sorted(seen.begin(), seen.end()));
  CHECK(std::set<float>(seen.begin(), seen.end()).size() == 10);

  CHECK(labeled(10).split(0.8, Rng{7}).first.inputs == train.inputs);
  CHECK(labeled(10).split(0.8, Rng{8}).first.inputs != train.inputs);
}

TEST_CASE("a split that leaves a side empty is refused") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double fraction : {0.0, 1.0, -0.5, 1.5, 0.04, 0.96, nan})
    CHECK_THROWS_AS(labeled(10).split(fraction, Rng{1}), ValueError);
  CHECK_THROWS_AS(Dataset{}.split(0.5, Rng{1}), ValueError);
  CHECK(labeled(10).split(0.06, Rng{1}).first.samples() == 1);
}

TEST_CASE("a data set in another precision has the same contents") {
  const BasicDataset<double> wide = labeled(4).cast<double>();
  CHECK(wide.inputs.cast<float>() == labeled(4).inputs);
  CHECK(wide.labels == labeled(4).labels);
  CHECK(wide.weights == std::vector<double>{1, 2, 3, 4});
  CHECK(wide.class_names == labeled(4).class_names);
  CHECK(regression(4).cast<double>().targets.cast<float>() == regression(4).targets);
}

TEST_CASE("empty data are refused") {
  CHECK_THROWS_AS(Dataset{}.validate(), ShapeError);
  Dataset data;
  data.inputs.resize(0, 3);
  CHECK_THROWS_AS(data.validate(), ShapeError);
}

TEST_CASE("sizes that disagree are refused, with both of them named") {
  std::vector<Dataset> wrong(4, labeled(4));
  wrong[0].labels.pop_back();
  wrong[1].weights.push_back(1);
  wrong[2].feature_names.pop_back();
  wrong[3].labels.clear();
  wrong[3].targets.setZero(1, 3);
  for (const Dataset& data : wrong) {
    CHECK_THROWS_AS(data.validate(), ShapeError);
    CHECK_THROWS_AS(data.target(), ShapeError);
    CHECK_THROWS_AS(data.subset(std::vector<Index>{0}), ShapeError);
  }
}

TEST_CASE("nan and infinity are refused with sample and feature") {
  Dataset data = labeled(4);
  data.inputs(1, 2) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_AS(data.validate(), ValueError);
  CHECK(message_of([&] { data.validate(); }) ==
        "inputs(1, 2), feature down of sample 2: expected a finite number, found nan");

  Dataset values = regression(4);
  values.targets(0, 3) = std::numeric_limits<float>::infinity();
  CHECK(message_of([&] { values.validate(); }) ==
        "targets(0, 3), output 0 of sample 3: expected a finite number, found inf");
}

TEST_CASE("labels outside their range and weights that are none are refused with the sample") {
  std::vector<Dataset> wrong(5, labeled(4));
  wrong[0].labels[2] = 3;
  wrong[1].labels[2] = -1;
  wrong[2].class_names.clear();
  wrong[2].labels[3] = -1;
  wrong[3].weights[0] = -1;
  wrong[4].weights[3] = std::numeric_limits<float>::infinity();
  for (const Dataset& data : wrong) CHECK_THROWS_AS(data.validate(), ValueError);
  CHECK(message_of([&] { wrong[0].validate(); }) == "labels[2]: expected a class from 0 to 2, found 3");
  wrong[1].class_names.clear();
  wrong[1].labels.assign(wrong[1].labels.size(), -1);
  CHECK(message_of([&] { wrong[1].validate(); }) == "labels[0]: expected a class >= 0, found -1");
}

TEST_CASE("A data set prints as what there is in it") {
  Dataset data;
  CHECK(fmt::format("{}", data) == "0 samples of 0 features");
  data.inputs.resize(64, 3);
  CHECK(fmt::format("{}", data) == "3 samples of 64 features");
  data.labels = {0, 4, 1};
  data.weights = {1, 1, 2};
  CHECK(fmt::format("{}", data) == "3 samples of 64 features, 5 classes, weighted");
  data.labels.clear();
  data.weights.clear();
  data.targets.resize(2, 3);
  CHECK(fmt::format("{}", data) == "3 samples of 64 features, 2 targets each");
}

TEST_CASE("data with labels and targets can be cut, but are not trained on before one of them is cleared") {
  Dataset data = labeled(4);
  data.targets = data.inputs;
  CHECK(data.subset(std::vector<Index>{3, 1}).targets(0, 0) == 3);
  CHECK(data.subset(std::vector<Index>{3, 1}).labels == std::vector<int>{0, 1});
  CHECK_THROWS_AS(data.validate(), ShapeError);
  CHECK(message_of([&] { data.target(); }) ==
        "target: expected labels or targets (clear those that are not trained on), found both");
  data.labels.clear();
  data.class_names.clear();
  data.validate();
  CHECK(data.target().values() == data.inputs);
}
