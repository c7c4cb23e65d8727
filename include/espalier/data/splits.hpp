// SPDX-License-Identifier: MIT
// Which samples train and which test: so that classes keep their shares, groups stay whole, or time goes on;
// and k folds of each kind.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "espalier/data/dataset.hpp"

namespace espalier {

/// Sample numbers, for `data.subset(...)`.
struct Fold {
  std::vector<Index> train, test;
};

namespace detail {

/// For each sample the number of its fold. Samples are dealt out group by group of `parts`, in an order that
/// `rng` shuffles: every fold gets the same share of each, give or take one, and as many in all.
inline std::vector<Index> deal(std::span<const int> parts, Index folds, Rng& rng) {
  std::map<int, std::vector<Index>> members;
  for (std::size_t k = 0; k < parts.size(); ++k) members[parts[k]].push_back(static_cast<Index>(k));
  std::vector<Index> fold_of(parts.size());
  Index next = 0;
  for (auto& [part, samples] : members) {
    rng.shuffle(samples);
    for (const Index sample : samples) fold_of[static_cast<std::size_t>(sample)] = next++ % folds;
  }
  return fold_of;
}

/// For each sample the number of its fold; all samples of a group are in one. The largest group goes first,
/// each where the fewest samples are.
inline std::vector<Index> deal_groups(std::span<const int> groups, Index folds, Rng& rng) {
  std::map<int, Index> sizes;
  for (const int group : groups) ++sizes[group];
  if (static_cast<Index>(sizes.size()) < folds) fail("folds", {"at least {} groups", {folds}}, sizes.size());
  std::vector<std::pair<int, Index>> order(sizes.begin(), sizes.end());
  rng.shuffle(order);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<Index> filled(static_cast<std::size_t>(folds));
  std::map<int, Index> fold_of_group;
  for (const auto& [group, size] : order) {
    const auto least = std::min_element(filled.begin(), filled.end());
    *least += size;
    fold_of_group[group] = least - filled.begin();
  }
  std::vector<Index> fold_of;
  for (const int group : groups) fold_of.push_back(fold_of_group[group]);
  return fold_of;
}

inline std::vector<Fold> folds_of(const std::vector<Index>& fold_of, Index folds) {
  std::vector<Fold> result(static_cast<std::size_t>(folds));
  for (std::size_t k = 0; k < fold_of.size(); ++k)
    for (Index fold = 0; fold < folds; ++fold)
      (fold_of[k] == fold ? result[static_cast<std::size_t>(fold)].test
                          : result[static_cast<std::size_t>(fold)].train)
          .push_back(static_cast<Index>(k));
  return result;
}

inline void check_folds(Index folds, Index samples) {
  if (folds < 2 || folds > samples)
    fail("folds", {"from 2 to {} folds, one a sample at most", {samples}}, folds);
}

template <Scalar S>
std::pair<BasicDataset<S>, BasicDataset<S>> cut(const BasicDataset<S>& data, const Fold& fold) {
  return {data.subset(fold.train), data.subset(fold.test)};
}

inline void check_parts(std::size_t parts, Index samples) {
  if (static_cast<Index>(parts) != samples)
    fail<ShapeError>("split", {"one number for each of {} samples", {samples}}, parts);
}

/// Which groups make about `wanted` samples, taken in their order: some, but not all.
inline std::vector<bool> groups_that_train(const std::vector<std::vector<Index>>& order, Index wanted) {
  std::vector<bool> trains(order.size());
  Index now = 0, all = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto size = static_cast<Index>(order[k].size());
    trains[k] = now + size - wanted <= wanted - now;
    all += size, now += trains[k] ? size : 0;
  }
  if (now > 0 && now < all) return trains;
  const auto distance = [&](const std::vector<Index>& group) {  // if this group changes sides
    const auto size = static_cast<Index>(group.size());
    return std::abs((now > 0 ? now - size : size) - wanted);
  };
  const auto nearest = std::min_element(
      order.begin(), order.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  trains[static_cast<std::size_t>(nearest - order.begin())].flip();
  return trains;
}

}  // namespace detail

/// k folds, shuffled: each sample tests once. `for (const Fold& fold : folds(data.samples(), 5, {.seed =
/// 1}))`
inline std::vector<Fold> folds(Index samples, Index k, Seed seed) {
  detail::check_folds(k, samples);
  Rng rng = seed.rng();
  return detail::folds_of(detail::deal(std::vector<int>(static_cast<std::size_t>(samples)), k, rng), k);
}

/// k folds with the shares of the classes that all data have: `stratified_folds(data.labels, 5, {.seed =
/// 1})`.
inline std::vector<Fold> stratified_folds(std::span<const int> labels, Index k, Seed seed) {
  detail::check_folds(k, static_cast<Index>(labels.size()));
  Rng rng = seed.rng();
  return detail::folds_of(detail::deal(labels, k, rng), k);
}

/// k folds of whole groups, such as the patients that samples are of; folds are as equal as greedy dealing
/// makes them. ValueError for fewer groups than folds.
inline std::vector<Fold> grouped_folds(std::span<const int> groups, Index k, Seed seed) {
  detail::check_folds(k, static_cast<Index>(groups.size()));
  Rng rng = seed.rng();
  return detail::folds_of(detail::deal_groups(groups, k, rng), k);
}

/// k folds of time: the samples are in its order, fold j trains on the first j + 1 of k + 1 parts and tests
/// on the next. No network is tested on what was before its training data.
inline std::vector<Fold> chronological_folds(Index samples, Index k) {
  if (k < 1 || k >= samples)
    detail::fail("chronological_folds", {"from 1 to {} folds of {} samples", {samples - 1, samples}}, k);
  std::vector<Fold> result(static_cast<std::size_t>(k));
  for (Index j = 0; j < k; ++j) {
    Fold& fold = result[static_cast<std::size_t>(j)];
    fold.train.resize(static_cast<std::size_t>(samples * (j + 1) / (k + 1)));
    fold.test.resize(static_cast<std::size_t>(samples * (j + 2) / (k + 1)) - fold.train.size());
    std::iota(fold.train.begin(), fold.train.end(), Index{0});
    std::iota(fold.test.begin(), fold.test.end(), static_cast<Index>(fold.train.size()));
  }
  return result;
}

/// Like `data.split(fraction, seed)`, each class by itself: both parts have its share, give or take one
/// sample, and at least one each of a class of two or more. ValueError without labels.
template <Scalar S>
std::pair<BasicDataset<S>, BasicDataset<S>> stratified_split(const BasicDataset<S>& data, double fraction,
                                                             Seed seed) {
  if (data.labels.empty()) detail::fail("stratified_split", "data with labels", "none");
  detail::cut_of(fraction, data.samples());
  std::map<int, std::vector<Index>> members;
  for (std::size_t k = 0; k < data.labels.size(); ++k)
    members[data.labels[k]].push_back(static_cast<Index>(k));
  Rng rng = seed.rng();
  Fold fold;
  double owed = 0;  // what rounding took from the first part so far
  for (auto& [label, samples] : members) {
    rng.shuffle(samples);
    const auto most = static_cast<double>(samples.size()), inner = samples.size() > 1 ? 1.0 : 0.0;
    const double share = fraction * most, exact = share + owed;
    // What rare classes owe is no other class's: that one would lose its share.
    const double first = std::clamp(std::round(exact), std::max(std::floor(share), inner),
                                    std::min(std::ceil(share), most - inner));
    owed = exact - first;
    const auto cut = samples.begin() + static_cast<std::ptrdiff_t>(first);
    fold.train.insert(fold.train.end(), samples.begin(), cut);
    fold.test.insert(fold.test.end(), cut, samples.end());
  }
  rng.shuffle(fold.train);
  rng.shuffle(fold.test);
  return detail::cut(data, fold);
}

/// Like `data.split(fraction, seed)`, but all samples of a group are on one side. Groups are taken in a
/// random order, each if the first part comes nearer to its share by it. If that leaves a part empty, it gets
/// the one group that brings the shares nearest. ValueError if there is one group only.
template <Scalar S>
std::pair<BasicDataset<S>, BasicDataset<S>> grouped_split(const BasicDataset<S>& data,
                                                          std::span<const int> groups, double fraction,
                                                          Seed seed) {
  detail::check_parts(groups.size(), data.samples());
  const Index wanted = detail::cut_of(fraction, data.samples());
  std::map<int, std::vector<Index>> members;
  for (std::size_t k = 0; k < groups.size(); ++k) members[groups[k]].push_back(static_cast<Index>(k));
  if (members.size() < 2) detail::fail("grouped_split", "at least 2 groups", members.size());
  std::vector<std::vector<Index>> order;
  for (auto& [group, samples] : members) order.push_back(std::move(samples));
  Rng rng = seed.rng();
  rng.shuffle(order);
  const std::vector<bool> trains = detail::groups_that_train(order, wanted);
  Fold fold;
  for (std::size_t k = 0; k < order.size(); ++k) {
    std::vector<Index>& part = trains[k] ? fold.train : fold.test;
    part.insert(part.end(), order[k].begin(), order[k].end());
  }
  rng.shuffle(fold.train);
  rng.shuffle(fold.test);
  return detail::cut(data, fold);
}

/// The first round(fraction * samples()) samples, and those after them: the file is in the order of time.
template <Scalar S>
std::pair<BasicDataset<S>, BasicDataset<S>> chronological_split(const BasicDataset<S>& data,
                                                                double fraction) {
  Fold fold;
  fold.train.resize(static_cast<std::size_t>(detail::cut_of(fraction, data.samples())));
  fold.test.resize(static_cast<std::size_t>(data.samples()) - fold.train.size());
  std::iota(fold.train.begin(), fold.train.end(), Index{0});
  std::iota(fold.test.begin(), fold.test.end(), static_cast<Index>(fold.train.size()));
  return detail::cut(data, fold);
}

}  // namespace espalier
