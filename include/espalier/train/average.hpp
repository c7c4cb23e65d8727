// SPDX-License-Identifier: MIT
// Averages of weights over training, which stay inside the sets of the model.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/core/aligned.hpp"
#include "espalier/core/check.hpp"
#include "espalier/model/access.hpp"
#include "espalier/train/observer.hpp"

namespace espalier {

struct ExponentialAverageOptions {
  double decay = 0.999;  ///< what is kept of the average in a step
};

/// a += (1 - decay) (w - a) after each step, from the first on (Polyak & Juditsky 1992; the exponential form
/// of Kingma & Ba 2015, section 7.2, without bias since a starts at the first w). An observer of `fit`; in a
/// loop of one's own call `add(net)`. Buffers (running means) are averaged with the weights; frozen weights
/// keep their bits.
template <Scalar S = float>
class ExponentialAverage {
 public:
  explicit ExponentialAverage(const ExponentialAverageOptions& options = {}) : options_(options) {
    detail::check_fraction("ExponentialAverage", "decay", options.decay);
  }

  void batch(const auto& model, const BatchReport&) { add(model); }

  void add(const auto& model) {
    const auto w = model.values();
    if (average_.empty()) {
      average_.assign(w.begin(), w.end());
      return;
    }
    if (average_.size() != w.size())
      detail::fail<ShapeError>(
          "ExponentialAverage",
          detail::format_message("the model that it has averaged, of {} numbers", {average_.size()}),
          w.size());
    const S share = static_cast<S>(1 - options_.decay);
    for (std::size_t i = 0; i < w.size(); ++i) average_[i] += share * (w[i] - average_[i]);
  }

  /// A copy of the model with the averaged weights, moved to the nearest point of every set: an average of
  /// points of a convex set is one of it but for rounding, that of other sets need not be. ShapeError before
  /// the first step.
  template <class M>
  M averaged(M model) const {
    if (average_.size() != model.values().size())
      detail::fail<ShapeError>("ExponentialAverage", "an average of this model", "none");
    std::copy(average_.begin(), average_.end(), detail::arena(model.parameters()).begin());
    project(model);
    return model;
  }

 private:
  ExponentialAverageOptions options_;
  detail::AlignedVector<S> average_;
};

}  // namespace espalier
