// SPDX-License-Identifier: MIT
// What the outputs of a model are compared with: classes or values, with or without a weight for each sample.
#pragma once

#include <span>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/core/matrix.hpp"

namespace espalier {

/// A view of somebody's labels (one class index a sample, counted from 0) or values (outputs x samples);
/// vectors, spans and matrices convert to it. It owns nothing: what it looks at must outlive it.
template <Scalar S>
class Target {
 public:
  Target(std::span<const int> labels, std::span<const S> weights = {})
      : labels_(labels), weights_(weights), labeled_(true), samples_(static_cast<Index>(labels.size())) {
    check_weights();
  }
  Target(const std::vector<int>& labels, std::span<const S> weights = {})
      : Target(std::span<const int>(labels), weights) {}
  Target(const Matrix<S>& values, std::span<const S> weights = {})
      : Target(Eigen::Map<const Matrix<S>>(values.data(), values.rows(), values.cols()), weights) {}
  Target(const Eigen::Map<const Matrix<S>>& values, std::span<const S> weights = {})
      : values_(values.data()), weights_(weights), rows_(values.rows()), samples_(values.cols()) {
    check_weights();
  }

  Index samples() const { return samples_; }
  bool has_labels() const { return labeled_; }
  std::span<const int> labels() const { return labels_; }
  Eigen::Map<const Matrix<S>> values() const { return {values_, rows_, has_labels() ? 0 : samples_}; }
  /// Empty: every sample counts 1.
  std::span<const S> weights() const { return weights_; }

 private:
  void check_weights() const {
    if (!weights_.empty() && static_cast<Index>(weights_.size()) != samples_)
      detail::fail<ShapeError>("target", {"a weight for each of {} samples", {samples_}},
                               detail::format_message("{} weights", {weights_.size()}));
  }

  std::span<const int> labels_;
  const S* values_ = nullptr;
  std::span<const S> weights_;
  bool labeled_ = false;
  Index rows_ = 0, samples_ = 0;
};

}  // namespace espalier
