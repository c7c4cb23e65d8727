// SPDX-License-Identifier: MIT
// The pictures of the page, as SVG inside HTML figures: points over a number, and a forest of intervals.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace study::page {

inline constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// A point, and the interval that its whisker spans. A point that is not finite is a gap; an end that is not
/// finite is no whisker.
struct ChartPoint {
  double x = 0, y = 0, low = none, high = none;
};

struct ChartSeries {
  std::string name;
  std::vector<ChartPoint> points;
  int color = 0;  ///< 0 to 7, as in the library's page_style
};

struct Chart {
  std::string title, x_name;
  std::string y_name;  ///< what values are; stands beside the title
  std::vector<ChartSeries> series{};
  bool log_x = false, log_y = false;   ///< where all numbers are positive; y: and differ much
  bool reversed = false;               ///< large x stand on the left
  bool whole_x = false;                ///< x are epochs: ticks at round whole numbers, and no dots
  bool small = false;                  ///< one of many beside each other
  std::optional<double> level{};       ///< a horizontal line
  std::string level_name{};            ///< what it is
  std::optional<double> best{};        ///< an x that is marked
  std::optional<double> hurts_from{};  ///< the plot from this x to the right is marked
  std::optional<std::pair<double, double>> y_range{};  ///< of charts that are compared
};

/// Nothing if there is no point. Whiskers that are much longer than the range of the points are cut off.
std::string figure(const Chart& chart);

/// The chart with these series, seven in a picture (for `beside`). Unconstrained, if it is the first, is in
/// each of them.
std::string figures(Chart chart, const std::vector<ChartSeries>& all);

struct ForestRow {
  std::string name;
  double middle = none, low = none, high = none;
  std::string text{};  ///< the numbers, in words
  int color = 7;
};

/// Intervals below each other, and a line that means "no difference".
struct Forest {
  std::string title, x_name;
  double neutral = 0;
  std::vector<ForestRow> rows{};
};

/// Nothing if there is no row.
std::string figure(const Forest& forest);

}  // namespace study::page
