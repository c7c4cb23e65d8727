// SPDX-License-Identifier: MIT
// Batches of a data set, in order or shuffled, without allocation after the first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "espalier/data/dataset.hpp"

namespace espalier {

/// `for (Index b = 0; b < batches.count(); ++b) { batches.load(b); ... batches.inputs() ... batches.target()
/// ... }` The data must outlive it. The last batch may be smaller. Throws for data that do not pass
/// `validate()`.
template <Scalar S>
class Batches {
 public:
  Batches(const BasicDataset<S>& data, Index batch) : data_(data), batch_(std::min(batch, data.samples())) {
    data.validate();
    if (batch < 1) detail::fail("batches", "a batch of at least 1 sample", batch);
    order_.resize(static_cast<std::size_t>(data.samples()));
    restore_order();
    buffer_.inputs.resize(data.features(), batch_);
    if (data.targets.size() > 0) buffer_.targets.resize(data.targets.rows(), batch_);
    buffer_.labels.resize(data.labels.empty() ? 0 : static_cast<std::size_t>(batch_));
    buffer_.weights.resize(data.weights.empty() ? 0 : static_cast<std::size_t>(batch_));
  }
  Batches(BasicDataset<S>&&, Index) = delete;

  Index count() const { return (data_.samples() + batch_ - 1) / batch_; }
  Index size() const { return size_; }

  /// Puts the samples into the order that follows from `seed` and `epoch`, whatever their order was before.
  void shuffle(std::uint64_t seed, std::uint64_t epoch) {
    restore_order();
    Rng rng(seed, epoch + 2);  // streams 0 and 1 of a seed are for weights and for fit's validation split
    rng.shuffle(order_);
  }

  /// Copies batch `b`, 0 <= b < count().
  void load(Index b) {
    eigen_assert(b >= 0 && b < count());
    const Index first = b * batch_;
    size_ = std::min(batch_, data_.samples() - first);
    for (Index k = 0; k < size_; ++k) {
      const Index sample = order_[static_cast<std::size_t>(first + k)];
      const auto from = static_cast<std::size_t>(sample), to = static_cast<std::size_t>(k);
      buffer_.inputs.col(k) = data_.inputs.col(sample);
      if (buffer_.targets.size() > 0) buffer_.targets.col(k) = data_.targets.col(sample);
      if (!buffer_.labels.empty()) buffer_.labels[to] = data_.labels[from];
      if (!buffer_.weights.empty()) buffer_.weights[to] = data_.weights[from];
    }
  }

  /// Of the batch loaded last.
  ConstBatch<S> inputs() const { return buffer_.inputs.leftCols(size_); }
  Target<S> target() const { return buffer_.target(0, size_); }

 private:
  void restore_order() { std::iota(order_.begin(), order_.end(), Index{0}); }

  const BasicDataset<S>& data_;
  Index batch_, size_ = 0;
  std::vector<Index> order_;
  BasicDataset<S> buffer_;
};

}  // namespace espalier
