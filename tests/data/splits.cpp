// SPDX-License-Identifier: MIT
#include "espalier/data/splits.hpp"

#include <limits>
#include <set>

#include "support.hpp"

using namespace espalier;

namespace {

/// Sample k is (k); its class is given.
Dataset labeled(std::vector<int> labels) {
  Dataset data;
  data.inputs.resize(1, static_cast<Index>(labels.size()));
  for (Index k = 0; k < data.samples(); ++k) data.inputs(0, k) = static_cast<float>(k);
  data.labels = std::move(labels);
  return data;
}

/// 60 of class 0, 30 of class 1, 10 of class 2, in that order.
std::vector<int> skewed() {
  std::vector<int> labels(100);
  for (std::size_t k = 60; k < 100; ++k) labels[k] = k < 90 ? 1 : 2;
  return labels;
}

std::multiset<float> samples_of(const Dataset& data) {
  return {data.inputs.data(), data.inputs.data() + data.samples()};
}

void check_all_once(const Dataset& data, const std::pair<Dataset, Dataset>& parts) {
  std::multiset<float> both = samples_of(parts.first);
  both.merge(samples_of(parts.second));
  CHECK(both == samples_of(data));
}

/// Every sample tests once, and trains in all other folds.
void check_folds(const std::vector<Fold>& folds, std::size_t samples) {
  std::vector<int> tested(samples);
  for (const Fold& fold : folds) {
    CHECK(fold.train.size() + fold.test.size() == samples);
    std::set<Index> all(fold.train.begin(), fold.train.end());
    all.insert(fold.test.begin(), fold.test.end());
    CHECK(all.size() == samples);
    for (const Index k : fold.test) ++tested[static_cast<std::size_t>(k)];
  }
  CHECK(tested == std::vector<int>(samples, 1));
}

}  // namespace

TEST_CASE("a stratified split gives both parts the share of every class") {
  const Dataset data = labeled(skewed());
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto parts = stratified_split(data, 0.8, {.seed = seed});
    check_all_once(data, parts);
    for (int label = 0; label < 3; ++label)
      CHECK(std::count(parts.first.labels.begin(), parts.first.labels.end(), label) == (label == 0   ? 48
                                                                                        : label == 1 ? 24
                                                                                                     : 8));
    CHECK_FALSE(std::is_sorted(parts.first.labels.begin(), parts.first.labels.end()));
  }
  CHECK(stratified_split(data, 0.8, {.seed = 1}).first.inputs ==
        stratified_split(data, 0.8, {.seed = 1}).first.inputs);
  CHECK(stratified_split(data, 0.8, {.seed = 1}).first.inputs !=
        stratified_split(data, 0.8, {.seed = 2}).first.inputs);
}

TEST_CASE("rare classes are on both sides of a stratified split, and the parts keep their sizes") {
  std::vector<int> labels;
  for (int k = 0; k < 40; ++k) labels.insert(labels.end(), {k, k});
  const auto parts = stratified_split(labeled(labels), 0.7, {.seed = 5});
  CHECK(std::set<int>(parts.first.labels.begin(), parts.first.labels.end()).size() == 40);
  CHECK(std::set<int>(parts.second.labels.begin(), parts.second.labels.end()).size() == 40);
  std::vector<int> triples;
  for (int k = 0; k < 40; ++k) triples.insert(triples.end(), {k, k, k});
  CHECK(stratified_split(labeled(triples), 0.5, {.seed = 5}).first.samples() == 60);
}

TEST_CASE("rare classes take nothing from the share of the others, whatever numbers classes have") {
  std::vector<int> labels;
  for (int k = 0; k < 20; ++k) labels.insert(labels.end(), {k, k});
  labels.insert(labels.end(), 100, 2'000'000'000);
  labels.insert(labels.end(), 10, -3);
  for (const int tenths : {9, 1}) {
    const auto [first, second] = stratified_split(labeled(labels), 0.1 * tenths, {.seed = 1});
    CHECK(std::count(first.labels.begin(), first.labels.end(), 2'000'000'000) == 10 * tenths);
    CHECK(std::count(second.labels.begin(), second.labels.end(), -3) == 10 - tenths);
    CHECK(std::count(first.labels.begin(), first.labels.end(), 7) == 1);
  }
}

TEST_CASE("a grouped split keeps groups whole and comes near to the share") {
  std::vector<int> groups;
  for (int k = 0; k < 100; ++k) groups.push_back(k / 4 * 7);
  const Dataset data = labeled(skewed());
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const auto parts = grouped_split(data, groups, 0.75, {.seed = seed});
    check_all_once(data, parts);
    std::set<int> left, right;
    for (const float k : samples_of(parts.first)) left.insert(groups[static_cast<std::size_t>(k)]);
    for (const float k : samples_of(parts.second)) right.insert(groups[static_cast<std::size_t>(k)]);
    CHECK(left.size() + right.size() == 25);
    CHECK(std::abs(parts.first.samples() - 75) <= 2);
  }
  const std::vector<int> lopsided{1, 1, 1, 1, 1, 1, 1, 1, 1, 2};
  for (const double fraction : {0.2, 0.5, 0.9}) {
    const auto parts = grouped_split(labeled(std::vector<int>(10)), lopsided, fraction, {.seed = 1});
    CHECK(std::min(parts.first.samples(), parts.second.samples()) == 1);
  }
}

TEST_CASE("a group that is nearly everything is on the side of the larger share, in every order") {
  std::vector<int> groups(100, 1);
  groups[0] = 2, groups[1] = 3;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    CHECK(grouped_split(labeled(std::vector<int>(100)), groups, 0.8, {.seed = seed}).first.samples() >= 98);
    CHECK(grouped_split(labeled(std::vector<int>(100)), groups, 0.2, {.seed = seed}).first.samples() <= 2);
  }
}

TEST_CASE("a chronological split cuts the file, not its order") {
  const auto [early, late] = chronological_split(labeled(skewed()), 0.7);
  CHECK(early.samples() == 70);
  CHECK(early.inputs(0, 69) == 69);
  CHECK(late.inputs(0, 0) == 70);
  CHECK(late.samples() == 30);
}

TEST_CASE("splits refuse what they cannot do") {
  const Dataset data = labeled(skewed());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double fraction : {0.0, 1.0, -1.0, nan}) {
    CHECK_THROWS_AS(stratified_split(data, fraction, {.seed = 1}), ValueError);
    CHECK_THROWS_AS(chronological_split(data, fraction), ValueError);
    CHECK_THROWS_AS(grouped_split(data, skewed(), fraction, {.seed = 1}), ValueError);
  }
  CHECK_THROWS_AS(grouped_split(data, std::vector<int>(100), 0.5, {.seed = 1}), ValueError);
  CHECK_THROWS_AS(grouped_split(data, std::vector<int>(99), 0.5, {.seed = 1}), ShapeError);
  Dataset none = data;
  none.labels.clear();
  CHECK_THROWS_AS(stratified_split(none, 0.5, {.seed = 1}), ValueError);
}

TEST_CASE("each sample tests in one fold, and folds are equal give or take one") {
  const std::vector<Fold> five = folds(23, 5, {.seed = 1});
  check_folds(five, 23);
  for (const Fold& fold : five) CHECK((fold.test.size() == 4 || fold.test.size() == 5));
  CHECK(folds(23, 5, {.seed = 1})[0].test == five[0].test);
  CHECK(folds(23, 5, {.seed = 2})[0].test != five[0].test);
  check_folds(folds(4, 4, {.seed = 1}), 4);
}

TEST_CASE("stratified folds have the share of each class, give or take one") {
  const std::vector<int> labels = skewed();
  const std::vector<Fold> seven = stratified_folds(labels, 7, {.seed = 1});
  check_folds(seven, 100);
  for (const Fold& fold : seven) {
    CHECK((fold.test.size() == 14 || fold.test.size() == 15));
    for (int label = 0; label < 3; ++label) {
      const auto count = std::count_if(fold.test.begin(), fold.test.end(),
                                       [&](Index k) { return labels[static_cast<std::size_t>(k)] == label; });
      const double share = (label == 0 ? 60.0 : label == 1 ? 30.0 : 10.0) / 7;
      CHECK(std::abs(static_cast<double>(count) - share) < 1);
    }
  }
}

TEST_CASE("grouped folds keep groups whole") {
  std::vector<int> groups;
  for (int k = 0; k < 90; ++k) groups.push_back(k % 9);
  const std::vector<Fold> three = grouped_folds(groups, 3, {.seed = 4});
  check_folds(three, 90);
  for (const Fold& fold : three) {
    CHECK(fold.test.size() == 30);
    std::set<int> tested;
    for (const Index k : fold.test) tested.insert(groups[static_cast<std::size_t>(k)]);
    CHECK(tested.size() == 3);
  }
}

TEST_CASE("chronological folds train on what was before") {
  const std::vector<Fold> three = chronological_folds(10, 3);
  REQUIRE(three.size() == 3);
  CHECK(three[0].train == std::vector<Index>{0, 1});
  CHECK(three[0].test == std::vector<Index>{2, 3, 4});
  CHECK(three[1].train.size() == 5);
  CHECK(three[2].train.back() == 6);
  CHECK(three[2].test == std::vector<Index>{7, 8, 9});
}

TEST_CASE("folds refuse counts that make no sense") {
  for (const Index k : {-1, 0, 1, 11}) CHECK_THROWS_AS(folds(10, k, {.seed = 1}), ValueError);
  CHECK_THROWS_AS(grouped_folds(std::vector<int>{1, 1, 1, 2}, 3, {.seed = 1}), ValueError);
  CHECK_THROWS_AS(chronological_folds(3, 0), ValueError);
  CHECK_THROWS_AS(chronological_folds(3, std::numeric_limits<Index>::max()), ValueError);
  CHECK(message_of([] { chronological_folds(3, 3); }) ==
        "chronological_folds: expected from 1 to 2 folds of 3 samples, found 3");
  CHECK(message_of([] { folds(10, 11, {.seed = 1}); }) ==
        "folds: expected from 2 to 10 folds, one a sample at most, found 11");
}
