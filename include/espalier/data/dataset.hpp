// SPDX-License-Identifier: MIT
// Samples and what a model should say about them, as one value.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "espalier/core/rng.hpp"
#include "espalier/core/target.hpp"

namespace espalier {

struct Preparation;

namespace detail {

/// A cut that leaves samples on both sides.
inline Index cut_of(double fraction, Index samples) {
  const double cut = std::round(fraction * static_cast<double>(samples));
  if (!(cut >= 1 && cut < static_cast<double>(samples)))
    fail("split", "a fraction that leaves samples on both sides",
         format_message("{} of {} samples", {fraction, samples}));
  return static_cast<Index>(cut);
}

}  // namespace detail

/// Inputs with labels (classification) or targets (regression), or with neither (to predict from). A file may
/// have both, but a loss compares with one.
template <Scalar S>
struct BasicDataset {
  Matrix<S> inputs = {};         ///< features x samples
  std::vector<int> labels = {};  ///< the class of each sample, counted from 0; or
  Matrix<S> targets = {};        ///< outputs x samples
  std::vector<S> weights = {};   ///< how much each sample counts; empty: 1
  std::vector<std::string> feature_names = {}, class_names = {};  ///< empty where nobody named them
  std::vector<std::string> notes = {};  ///< what a reader did that nobody had asked for
  /// What was learnt from the file, for a second one (see espalier/data/preparation.hpp); null without a
  /// file.
  std::shared_ptr<const Preparation> preparation = {};

  Index samples() const { return inputs.cols(); }
  Index features() const { return inputs.rows(); }
  /// The number of class names or, without names, the largest label + 1 (then a part of the data may have
  /// fewer).
  Index classes() const {
    if (!class_names.empty() || labels.empty()) return static_cast<Index>(class_names.size());
    return Index{*std::max_element(labels.begin(), labels.end())} + 1;
  }

  /// What a loss compares with: a view that must not outlive the data. ShapeError without labels and targets.
  Target<S> target() const { return target(0, samples()); }
  /// The target of the `count` samples from `first` on, those of `inputs.middleCols(first, count)`.
  Target<S> target(Index first, Index count) const;

  /// The samples of these numbers, in this order; one may come twice.
  BasicDataset subset(std::span<const Index> which) const;

  /// Shuffled, then cut after round(fraction * samples()): `auto [train, test] = data.split(0.8, {.seed =
  /// 7});`. A generator is advanced. ValueError if that leaves a part empty.
  std::pair<BasicDataset, BasicDataset> split(double fraction, Seed seed) const {
    return split(fraction, seed.rng());
  }
  std::pair<BasicDataset, BasicDataset> split(double fraction, Rng&& rng) const {
    return split(fraction, rng);
  }
  std::pair<BasicDataset, BasicDataset> split(double fraction, Rng& rng) const;

  template <Scalar T>
  BasicDataset<T> cast() const {
    return {inputs.template cast<T>(),
            labels,
            targets.template cast<T>(),
            {weights.begin(), weights.end()},
            feature_names,
            class_names,
            notes,
            preparation};
  }

  /// Throws ShapeError if the data are empty or their sizes disagree; ValueError, with the place, for a
  /// number that is not finite, a label outside its range, a negative weight.
  void validate() const;

 private:
  static void check_count(std::string_view what, Index expected, Index found, bool optional,
                          bool turned = false) {
    if (found != expected && !(optional && found == 0))
      detail::fail<ShapeError>(
          what, {"{} entries to fit the inputs{}", {expected, turned ? detail::transpose_hint : ""}}, found);
  }

  void check_sizes() const;

  static void check_finite(const Matrix<S>& values, std::string_view member, std::string_view row,
                           const std::vector<std::string>& names);
};

template <Scalar S>
Target<S> BasicDataset<S>::target(Index first, Index count) const {
  check_sizes();
  if (first < 0 || count < 0 || count > samples() - first)
    detail::fail<ShapeError>("target", {"samples among the {} there are", {samples()}},
                             detail::format_message("{} from {}", {count, first}));
  const auto begin = static_cast<std::size_t>(first), size = static_cast<std::size_t>(count);
  std::span<const S> part(weights);
  if (!weights.empty()) part = part.subspan(begin, size);
  if (!labels.empty() && targets.size() > 0)
    detail::fail<ShapeError>("target", "labels or targets (clear those that are not trained on)", "both");
  if (!labels.empty()) return {std::span<const int>(labels).subspan(begin, size), part};
  if (targets.size() == 0) detail::fail<ShapeError>("target", "data with labels or targets", "neither");
  return {Eigen::Map<const Matrix<S>>(targets.data() + first * targets.rows(), targets.rows(), count), part};
}

template <Scalar S>
BasicDataset<S> BasicDataset<S>::subset(std::span<const Index> which) const {
  check_sizes();
  const auto count = static_cast<Index>(which.size());
  BasicDataset part{Matrix<S>(features(), count),
                    {},
                    Matrix<S>(targets.rows(), targets.cols() > 0 ? count : 0),
                    {},
                    feature_names,
                    class_names,
                    notes,
                    preparation};
  for (Index k = 0; k < count; ++k) {
    const Index sample = which[static_cast<std::size_t>(k)];
    if (sample < 0 || sample >= samples())
      detail::fail("subset", {"sample numbers from 0 to {}", {samples() - 1}}, sample);
    const auto at = static_cast<std::size_t>(sample);
    part.inputs.col(k) = inputs.col(sample);
    if (targets.cols() > 0) part.targets.col(k) = targets.col(sample);
    if (!labels.empty()) part.labels.push_back(labels[at]);
    if (!weights.empty()) part.weights.push_back(weights[at]);
  }
  return part;
}

template <Scalar S>
std::pair<BasicDataset<S>, BasicDataset<S>> BasicDataset<S>::split(double fraction, Rng& rng) const {
  const Index cut = detail::cut_of(fraction, samples());
  std::vector<Index> order(static_cast<std::size_t>(samples()));
  std::iota(order.begin(), order.end(), Index{0});
  rng.shuffle(order);
  const std::span<const Index> all(order);
  const auto first = static_cast<std::size_t>(cut);
  return {subset(all.first(first)), subset(all.subspan(first))};
}

template <Scalar S>
void BasicDataset<S>::validate() const {
  if (inputs.size() == 0)
    detail::fail<ShapeError>("data", "at least one sample and one feature",
                             detail::format_message("{} features x {} samples", {features(), samples()}));
  check_sizes();
  if (!labels.empty() && targets.size() > 0)
    detail::fail<ShapeError>("data", "labels or targets (clear those that are not trained on)", "both");
  check_finite(inputs, "inputs", "feature", feature_names);
  check_finite(targets, "targets", "output", {});
  const Index count = classes();
  for (std::size_t k = 0; k < labels.size(); ++k)
    if (labels[k] < 0 || labels[k] >= count)
      detail::fail(
          detail::format_message("labels[{}]", {k}),
          class_names.empty() ? "a class >= 0" : detail::format_message("a class from 0 to {}", {count - 1}),
          labels[k]);
  for (std::size_t k = 0; k < weights.size(); ++k)
    if (!(weights[k] >= 0) || !std::isfinite(weights[k]))
      detail::fail(detail::format_message("weights[{}]", {k}), "a weight >= 0 and finite", weights[k]);
}

template <Scalar S>
void BasicDataset<S>::check_sizes() const {
  const auto labeled = static_cast<Index>(labels.size());
  check_count("labels", samples(), labeled, true, labeled == features());
  check_count("targets", samples(), targets.cols(), targets.size() == 0, targets.rows() == samples());
  check_count("weights", samples(), static_cast<Index>(weights.size()), true);
  check_count("feature_names", features(), static_cast<Index>(feature_names.size()), true);
}

template <Scalar S>
void BasicDataset<S>::check_finite(const Matrix<S>& values, std::string_view member, std::string_view row,
                                   const std::vector<std::string>& names) {
  if (values.allFinite()) return;
  for (Index j = 0; j < values.cols(); ++j)
    for (Index i = 0; i < values.rows(); ++i)
      if (!std::isfinite(values(i, j)))
        detail::fail(detail::format_message(
                         "{}({}, {}), {} {} of sample {}",
                         {member, i, j, row,
                          names.empty() ? std::to_string(i) : names[static_cast<std::size_t>(i)], j}),
                     "a finite number", values(i, j));
}

using Dataset = BasicDataset<float>;

}  // namespace espalier

/// `fmt::print("{}\n", data)` says what there is, not the numbers: "400 samples of 64 features, 10 classes".
template <espalier::Scalar S>
struct fmt::formatter<espalier::BasicDataset<S>> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const espalier::BasicDataset<S>& data, Context& context) const {
    std::string line =
        espalier::detail::format_message("{} samples of {} features", {data.samples(), data.features()});
    if (!data.labels.empty()) line += espalier::detail::format_message(", {} classes", {data.classes()});
    if (data.targets.size() > 0)
      line += espalier::detail::format_message(", {} targets each", {data.targets.rows()});
    if (!data.weights.empty()) line += ", weighted";
    return std::copy(line.begin(), line.end(), context.out());
  }
};
