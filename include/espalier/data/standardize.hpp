// SPDX-License-Identifier: MIT
// Data sets of mean 0 and standard deviation 1, and the way back, kept with what else was learnt from the
// file.
#pragma once

#include <concepts>
#include <memory>
#include <utility>
#include <vector>

#include "espalier/data/dataset.hpp"
#include "espalier/data/preparation.hpp"
#include "espalier/data/preprocess.hpp"

namespace espalier {
namespace detail {

/// The preparation of data that were not read from a file: their features as they are.
template <Scalar S>
Preparation preparation_of(const BasicDataset<S>& data) {
  if (data.preparation) return *data.preparation;
  Preparation result{.width = data.features(), .by_name = !data.feature_names.empty()};
  result.options.header = result.by_name ? CsvHeader::yes : CsvHeader::no;
  for (Index k = 0; k < data.features(); ++k)
    result.columns.push_back({result.by_name ? data.feature_names[static_cast<std::size_t>(k)] : "", k});
  return result;
}

}  // namespace detail

/// Gives features, and targets, mean 0 and standard deviation 1 in `train`, and does the same to the others:
/// `standardize(train, test)`. Features that are 0 or 1 because of a text or a gap stay so. The scales are
/// kept in `preparation` of all of them, where a second file finds them, and
/// `train.preparation->targets.inverse(net.predict(x))` takes predictions back. ValueError for data that have
/// a scale already, and as with Standardize; then nothing has changed.
template <Scalar S, std::same_as<BasicDataset<S>>... Others>
void standardize(BasicDataset<S>& train, Others&... others) {
  Preparation preparation = detail::preparation_of(train);
  if (preparation.inputs.shift.size() > 0 || preparation.targets.shift.size() > 0)
    detail::fail("standardize", "data without a scale", "data that have one");
  preparation.inputs = Standardize(train.inputs);
  const std::vector<bool> indicators = preparation.indicators();
  for (Index i = 0; i < train.features(); ++i)
    if (indicators[static_cast<std::size_t>(i)])
      preparation.inputs.shift(i) = 0, preparation.inputs.scale(i) = 1;
  if (train.targets.size() > 0) preparation.targets = Standardize(train.targets);
  [[maybe_unused]] const auto check = [&](const BasicDataset<S>& data) {
    const bool targets = data.targets.size() > 0 && data.targets.rows() != train.targets.rows();
    if (data.features() != train.features() || targets)
      detail::fail<ShapeError>("standardize", "data sets of the same features and targets", "others");
  };
  (check(others), ...);
  const auto shared = std::make_shared<const Preparation>(std::move(preparation));
  const auto apply = [&](BasicDataset<S>& data) {
    data.inputs = shared->inputs(std::move(data.inputs));
    if (data.targets.size() > 0) data.targets = shared->targets(std::move(data.targets));
    data.preparation = shared;
  };
  apply(train);
  (apply(others), ...);
}

}  // namespace espalier
