// SPDX-License-Identifier: MIT
// An axis of a chart: what range it shows, where its ticks are and what they say.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "espalier/core/format_message.hpp"

namespace espalier::detail {

struct Axis {
  double lo = 0, hi = 1;
  bool log = false;  ///< equal distances are equal ratios
  double step = 1;   ///< from tick to tick, of a linear axis
  std::vector<double> ticks{};

  /// Where a value is: 0 at `lo`, 1 at `hi`.
  double place(double x) const {
    if (!log) return (x - lo) / (hi - lo);
    return (std::log(x) - std::log(lo)) / (std::log(hi) - std::log(lo));  // ratios may overflow
  }
  /// What a tick says: as many digits as tell it from its neighbors.
  std::string label(double tick) const {
    if (log) return format_message("{:g}", {tick});
    if (std::abs(tick) < step / 2) return "0";
    const double digits =
        std::floor(std::log10(std::abs(tick)) + 1e-9) - std::floor(std::log10(step) + 1e-9) + 1;
    const auto shown = static_cast<int>(std::clamp(digits, 5.0, 12.0));
    return format_message("{:." + std::to_string(shown) + "g}", {tick});
  }
};

/// 1, 2 or 5 times a power of 10, at least `least`.
inline double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/// The multiples of the step in the range.
inline void set_ticks(Axis& axis) {
  const double first = std::ceil(axis.lo / axis.step - 1e-6), last = std::floor(axis.hi / axis.step + 1e-6);
  for (double k = first; k <= last; ++k) axis.ticks.push_back(k * axis.step);
}

/// From the first epoch to the last, with ticks at whole numbers.
inline Axis axis_of_epochs(double first, double last) {
  Axis axis{first, last};
  if (!(last > first)) axis.lo = first - 0.5, axis.hi = first + 0.5;
  axis.step = std::max(1.0, round_step((axis.hi - axis.lo) / 8));
  set_ticks(axis);
  return axis;
}

/// An axis for values from `least` to `most`: of powers of 10 where all are positive and the largest is a
/// hundred times the smallest, else a linear one, whose ends are ticks.
inline Axis axis_of_values(double least, double most, bool from_zero) {
  Axis axis{from_zero ? std::min(least, 0.0) : least, from_zero ? std::max(most, 0.0) : most};
  if (!from_zero && least > 0 && most / least >= 100) {
    axis.log = true;
    const double first = std::ceil(std::log10(least) - 1e-9), last = std::floor(std::log10(most) + 1e-9);
    const double stride = std::max(1.0, std::ceil((last - first) / 6));
    for (double k = first; k <= last; k += stride) axis.ticks.push_back(std::pow(10, k));
    return axis;
  }
  const double size = std::max({std::abs(axis.lo), std::abs(axis.hi), 1e-290});
  if (axis.hi - axis.lo < 1e-9 * size) {  // one value: it stands in the middle
    const double half = size > 1e-289 ? size / 2 : 1;
    axis.lo -= from_zero ? 0 : half, axis.hi += half;
  }
  axis.step = round_step((axis.hi - axis.lo) / 5);
  axis.lo = axis.step * std::floor(axis.lo / axis.step + 1e-9);
  axis.hi = axis.step * std::ceil(axis.hi / axis.step - 1e-9);
  set_ticks(axis);
  return axis;
}

}  // namespace espalier::detail
