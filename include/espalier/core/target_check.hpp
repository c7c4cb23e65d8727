// SPDX-License-Identifier: MIT
// Do outputs and a target belong together? The checks that losses and metrics share.
#pragma once

#include <span>
#include <string_view>

#include "espalier/core/error.hpp"
#include "espalier/core/target.hpp"

namespace espalier::detail {

/// At least one output and one sample, and as many samples in the target.
template <Scalar S>
void check_samples(std::string_view where, const ConstBatch<S>& y, const Target<S>& t) {
  if (y.rows() < 1 || y.cols() < 1)
    fail<ShapeError>(where, "outputs of at least 1 x 1 (outputs x samples)",
                     detail::format_message("{} x {}", {y.rows(), y.cols()}));
  const bool turned = !t.has_labels() && t.values().rows() == y.cols();
  if (t.samples() != y.cols())
    fail<ShapeError>(where, {"targets for {} samples{}", {y.cols(), turned ? transpose_hint : ""}},
                     t.samples());
}

/// Also: values, one for each output. `needed` says in the message what could stand here.
template <Scalar S>
void check_values(std::string_view where, const ConstBatch<S>& y, const Target<S>& t,
                  std::string_view needed = "values") {
  check_samples(where, y, t);
  if (t.has_labels())
    fail(where,
         {"{} as targets{}",
          {needed, needed == "values" ? " (read_csv: .target, as .label makes classes)" : ""}},
         "class labels");
  if (t.values().rows() != y.rows())
    fail<ShapeError>(where, {"{} of {} x {} as targets", {needed, y.rows(), y.cols()}},
                     detail::format_message("{} x {}", {t.values().rows(), t.samples()}));
}

/// Every label is one of 0, ..., classes - 1.
inline void check_labels(std::string_view where, std::span<const int> labels, Index classes) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      fail(where, {"a label from 0 to {} for sample {} (counted from 0)", {classes - 1, i}}, labels[i]);
}

}  // namespace espalier::detail
