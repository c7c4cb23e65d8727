// SPDX-License-Identifier: MIT
// A chart of lines over the epochs, as SVG inside an HTML figure.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "espalier/report/axis.hpp"
#include "espalier/report/html_text.hpp"

namespace espalier::detail {

/// A value for each epoch; one that is not finite is a gap.
struct Curve {
  std::string name;
  std::vector<double> values;
};

struct LineChart {
  std::string title, unit;
  std::vector<double> epochs;
  std::vector<Curve> lines;
  bool from_zero = false;  ///< the axis of values begins at 0
  std::size_t most = 300;  ///< points of a line that are drawn
};

/// Is it shown? What is larger would overflow in the arithmetic of axes.
inline bool is_shown(double x) { return std::abs(x) < 1e300; }

/// At most about `most` places of a line: the first and the last, and of each of equal stretches between them
/// the place of the smallest and of the largest value and that of a gap. So no extreme is lost.
inline std::vector<std::size_t> thinned(const std::vector<double>& values, std::size_t most) {
  const std::size_t n = values.size();
  std::vector<std::size_t> places;
  const std::size_t stretches = n <= most ? n : std::max<std::size_t>(1, most / 2);
  for (std::size_t k = 0; k < stretches; ++k) {
    std::size_t least = n, largest = n, gap = n;
    for (std::size_t i = k * n / stretches; i < (k + 1) * n / stretches; ++i) {
      if (!is_shown(values[i]))
        gap = i;
      else if (least == n)
        least = largest = i;
      else if (values[i] < values[least])
        least = i;
      else if (values[i] > values[largest])
        largest = i;
    }
    for (const std::size_t i : {least, largest, gap})
      if (i < n) places.push_back(i);
  }
  if (n > 0) places.insert(places.end(), {0, n - 1});
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

/// The lines are drawn in tenths of the units of the picture, so that points are whole numbers.
namespace plot {
inline constexpr int width = 560, height = 200, left = 62, top = 12, right = 18, bottom = 40;
}

/// The parts of a line between gaps; a point alone is a dot.
inline std::string drawn(const Curve& line, std::size_t color, const LineChart& chart, const Axis& x,
                         const Axis& y) {
  const std::string style = "s" + std::to_string(color);
  std::string text, points;
  std::size_t count = 0;
  const auto at = [](double place, int extent) { return std::lround(10 * extent * place); };
  const auto end_part = [&] {
    if (count == 1) {
      const std::size_t comma = points.find(',');
      text += format_message("<circle class=\"{}\" r=\"20\" cx=\"{}\" cy=\"{}\"/>",
                             {style, points.substr(0, comma), points.substr(comma + 1)});
    }
    if (count > 1) text += format_message("<polyline class=\"{}\" points=\"{}\"/>", {style, points});
    points.clear(), count = 0;
  };
  for (const std::size_t i : thinned(line.values, chart.most)) {
    if (!is_shown(line.values[i])) {
      end_part();
      continue;
    }
    if (count++ > 0) points += ' ';
    points += std::to_string(at(x.place(chart.epochs[i]), plot::width)) + ',' +
              std::to_string(at(1 - y.place(line.values[i]), plot::height));
  }
  end_part();
  return text.empty() ? text : "<g><title>" + escaped(line.name) + "</title>" + text + "</g>\n";
}

/// Lines at the ticks, and what these say.
inline std::string grid(const Axis& x, const Axis& y) {
  std::string text;
  for (const double tick : y.ticks) {
    const double at = plot::top + plot::height * (1 - y.place(tick));
    text += format_message(
        "<path d=\"M{} {:.1f}h{}\"/><text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
        {plot::left, at, plot::width, plot::left - 7, at + 4, y.label(tick)});
  }
  for (const double tick : x.ticks) {
    const double at = plot::left + plot::width * x.place(tick);
    text += format_message(
        "<path d=\"M{:.1f} {}v5\"/><text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
        {at, plot::top + plot::height, at, plot::top + plot::height + 18, x.label(tick)});
  }
  return text + format_message("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">epoch</text>\n",
                               {plot::left + plot::width / 2, plot::top + plot::height + 34});
}

/// The names of the lines with their last values.
inline std::string legend(const std::vector<Curve>& lines, const std::string& unit) {
  std::string text = "<ul>";
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const std::vector<double>& values = lines[k].values;
    const auto last = std::find_if(values.rbegin(), values.rend(), is_shown);
    text += format_message(
        "<li><svg viewBox=\"0 0 26 8\" class=\"key\"><path class=\"s{}\" d=\"M1 4h24\"/></svg> {} "
        "<b>{}{}</b></li>",
        {k, escaped(lines[k].name), last == values.rend() ? "" : format_message("{:.4g}", {*last}),
         escaped(unit)});
  }
  return text + "</ul>";
}

/// The chart with title and legend; nothing if no value is finite. The group of the lines says in `data-x`
/// and `data-y` what its extents mean. At most 8 lines can be told apart.
inline std::string figure(const LineChart& chart) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const Curve& line : chart.lines)
    for (const double x : line.values)
      if (is_shown(x)) least = std::min(least, x), most = std::max(most, x);
  if (least > most) return "";
  const Axis x = axis_of_epochs(chart.epochs.front(), chart.epochs.back());
  const Axis y = axis_of_values(least, most, chart.from_zero);
  std::string text = format_message(
      "<figure>\n<figcaption>{}{}</figcaption>\n<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n"
      "<g class=\"grid\">\n{}</g>\n",
      {escaped(chart.title), y.log ? " <small>logarithmic</small>" : "",
       plot::left + plot::width + plot::right, plot::top + plot::height + plot::bottom, escaped(chart.title),
       grid(x, y)});
  text += format_message(
      "<g class=\"lines\" transform=\"translate({} {}) scale(.1)\" data-x=\"{} {}\" data-y=\"{} {}\"{}>\n",
      {plot::left, plot::top, x.lo, x.hi, y.lo, y.hi, y.log ? " data-log=\"y\"" : ""});
  for (std::size_t k = 0; k < chart.lines.size(); ++k) text += drawn(chart.lines[k], k, chart, x, y);
  return text + "</g>\n</svg>\n" + legend(chart.lines, chart.unit) + "\n</figure>\n";
}

}  // namespace espalier::detail
