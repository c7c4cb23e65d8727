// SPDX-License-Identifier: MIT
// Features and targets of sizes that training can hardly cope with, in words.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/data/dataset.hpp"

namespace espalier {
namespace detail {

struct RowSpread {
  double mean, deviation;
  double size() const { return std::max(std::abs(mean), deviation); }
};

template <Scalar S, std::same_as<double> D = double>
std::vector<RowSpread> spreads_of(const Matrix<S>& rows) {
  Vector<D> sum = Vector<D>::Zero(rows.rows()), squares = sum;
  for (Index j = 0; j < rows.cols(); ++j) {
    const auto column = rows.col(j).template cast<D>();
    sum += column;
    squares += column.cwiseAbs2();
  }
  std::vector<RowSpread> spreads;
  const double n = static_cast<double>(rows.cols());
  for (Index i = 0; i < rows.rows(); ++i) {
    const double mean = sum(i) / n;
    spreads.push_back({mean, std::sqrt(std::max(0.0, squares(i) / n - mean * mean))});
  }
  return spreads;
}

/// The median of the standard deviations that are not 0; 0 without any.
inline double typical_deviation(const std::vector<RowSpread>& spreads) {
  std::vector<double> positive;
  for (const RowSpread& one : spreads)
    if (one.deviation > 0) positive.push_back(one.deviation);
  if (positive.empty()) return 0;
  const auto middle = positive.begin() + static_cast<std::ptrdiff_t>(positive.size() / 2);
  std::nth_element(positive.begin(), middle, positive.end());
  return *middle;
}

/// Beyond 100, or 100 times as spread as the typical row. Weights start for numbers of about 1, and a step
/// that suits the one row leaves the others at rest: at 10 most runs still train, at 100 hardly any.
inline void add_scale_note(std::vector<std::string>& notes, std::string_view what,
                           const std::vector<RowSpread>& spreads, const std::vector<std::string>& names,
                           std::string_view advice) {
  constexpr double much = 100;
  const double typical = typical_deviation(spreads);
  std::size_t worst = spreads.size(), count = 0;
  for (std::size_t i = 0; i < spreads.size(); ++i) {
    if (!(spreads[i].size() > much || (typical > 0 && spreads[i].deviation > much * typical))) continue;
    ++count;
    if (worst == spreads.size() || spreads[i].size() > spreads[worst].size()) worst = i;
  }
  if (count == 0) return;
  notes.push_back(
      format_message("{} {}{} has a mean of {:.3g} and a standard deviation of {:.3g}{}{}: {}",
                     {what, worst, names.empty() ? "" : " (" + names[worst] + ")", spreads[worst].mean,
                      spreads[worst].deviation,
                      spreads.size() > 1 ? format_message(", the typical one of {:.3g}", {typical}) : "",
                      count > 1 ? format_message("; {} more are like it", {count - 1}) : "", advice}));
}

}  // namespace detail

/// A sentence each on what the reader of the data did that nobody had asked for, and on features and targets
/// that are much larger than 1 or than the others; usually none. Observers of `fit` get them in Plan::notes,
/// and ProgressBar prints them.
template <Scalar S>
std::vector<std::string> scale_notes(const BasicDataset<S>& data) {
  std::vector<std::string> notes = data.notes;
  detail::add_scale_note(notes, "feature", detail::spreads_of(data.inputs), data.feature_names,
                         "training wants numbers of about 1, as Standardize(train.inputs) makes them");
  detail::add_scale_note(notes, "target", detail::spreads_of(data.targets), {},
                         "training wants numbers of about 1, as Standardize(train.targets) makes them; its "
                         "inverse() takes predictions back");
  return notes;
}

}  // namespace espalier
