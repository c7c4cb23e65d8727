// SPDX-License-Identifier: MIT
// Numbers as they come, of which nobody knows how many there will be.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

#include "espalier/core/matrix.hpp"

namespace espalier::detail {

/// In blocks, which are copied into a matrix and given back one by one: the peak is what the matrix needs,
/// and a block. A vector that grows needs three times as much.
template <Scalar S>
class CsvValues {
 public:
  void add(S value) {
    if (used_ == block) {
      blocks_.push_back(std::make_unique_for_overwrite<S[]>(block));
      used_ = 0;
    }
    blocks_.back()[used_++] = value;
  }

  /// All of them, a sample of `rows` numbers after the other; none are left.
  Matrix<S> take(Index rows, Index samples) {
    Matrix<S> matrix(rows, rows > 0 ? samples : 0);
    auto left = static_cast<std::size_t>(matrix.size());
    S* to = matrix.data();
    for (auto& values : blocks_) {
      const std::size_t count = std::min(left, block);
      to = std::copy_n(values.get(), count, to);
      left -= count;
      values.reset();
    }
    blocks_.clear();
    used_ = block;
    return matrix;
  }

 private:
  static constexpr std::size_t block = std::size_t{1}
                                       << 16;  ///< large enough that systems take it back at once
  std::vector<std::unique_ptr<S[]>> blocks_;
  std::size_t used_ = block;
};

}  // namespace espalier::detail
