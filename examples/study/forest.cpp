// SPDX-License-Identifier: MIT
// Intervals below each other.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "espalier/report/axis.hpp"
#include "espalier/report/line_chart.hpp"
#include "page.hpp"

namespace study::page {

namespace {

using espalier::detail::is_shown;

constexpr double letter = 6.9;  ///< about the width of one
constexpr double width = 430, line = 24, top = 8;
constexpr std::size_t most_letters = 40;

struct Frame {
  espalier::detail::Axis axis;
  double left = 0, right = 0;

  double at(double value) const { return left + width * std::clamp(axis.place(value), 0.0, 1.0); }
};

double width_of(const std::string& text, std::size_t most) {
  return letter * static_cast<double>(std::min(text.size(), most));
}

/// Room for the names and the numbers.
Frame frame_of(const Forest& forest) {
  double lo = forest.neutral, hi = forest.neutral;
  for (const ForestRow& row : forest.rows)
    for (const double x : {row.low, row.middle, row.high})
      if (is_shown(x)) lo = std::min(lo, x), hi = std::max(hi, x);
  Frame f{espalier::detail::axis_of_values(lo, hi, lo <= 0)};
  f.left = f.right = 40;
  for (const ForestRow& row : forest.rows) {
    f.left = std::max(f.left, 24 + width_of(row.name, most_letters));
    f.right = std::max(f.right, 24 + width_of(row.text, 60));
  }
  return f;
}

std::string drawn(const ForestRow& row, const Frame& f, double y) {
  std::string all = fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>", f.left - 12,
                                y + 4, text(shortened(row.name, most_letters - 1)));
  if (is_shown(row.low) && is_shown(row.high))
    all += fmt::format("<path class=\"s{} line\" d=\"M{:.1f} {}H{:.1f}\"/>", row.color, f.at(row.low), y,
                       f.at(row.high));
  if (is_shown(row.middle))
    all += fmt::format("<circle class=\"s{} dot\" r=\"2.2\" cx=\"{:.1f}\" cy=\"{}\"/>", row.color,
                       f.at(row.middle), y);
  return "<g><title>" + text(row.name) + "</title>" + all +
         fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text></g>\n", f.left + width + 14, y + 4,
                     text(row.text));
}

std::string ticks(const Forest& forest, const Frame& f, double bottom) {
  std::string all;
  for (const double tick : f.axis.ticks)
    all += fmt::format(
        "<path d=\"M{:.1f} {}V{}\"/><text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
        f.at(tick), top, bottom + 4, f.at(tick), bottom + 20, f.axis.label(tick));
  return all + fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                           f.left + width / 2, bottom + 38, text(forest.x_name));
}

}  // namespace

std::string figure(const Forest& forest) {
  if (forest.rows.empty()) return "";
  const Frame f = frame_of(forest);
  const double bottom = top + line * static_cast<double>(forest.rows.size());
  std::string all = fmt::format(
      "<figure class=\"wide forest\">\n<figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {:.1f} {}\" "
      "role=\"img\" aria-label=\"{}\">\n<g class=\"grid\">\n{}</g>\n",
      text(forest.title), f.left + width + f.right, bottom + 44, text(forest.title),
      ticks(forest, f, bottom));
  all += fmt::format("<path class=\"level\" d=\"M{:.1f} {}V{}\"/>\n<g class=\"rows\">\n",
                     f.at(forest.neutral), top, bottom);
  for (std::size_t k = 0; k < forest.rows.size(); ++k)
    all += drawn(forest.rows[k], f, top + line * (static_cast<double>(k) + 0.5));
  return all + "</g>\n</svg>\n</figure>\n";
}

}  // namespace study::page
