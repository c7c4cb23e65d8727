// SPDX-License-Identifier: MIT
#include "chart.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "espalier/report/axis.hpp"
#include "espalier/report/line_chart.hpp"
#include "page.hpp"

namespace study::page {

namespace {

using espalier::detail::Axis;
using espalier::detail::is_shown;

/// The plot in units of the picture. A letter of its texts is about `letter` wide.
constexpr double letter = 6.7;

struct Frame {
  Axis x{}, y{};
  double left = 0, top = 12, width = 560, height = 200, right = 26, bottom = 40;

  static double place(const Axis& axis, double value) {
    if (axis.log && value <= 0) return axis.lo < axis.hi ? 0 : 1;
    return std::clamp(axis.place(value), 0.0, 1.0);
  }
  double at_x(double value) const { return left + width * place(x, value); }
  double at_y(double value) const { return top + height * (1 - place(y, value)); }
};

struct Range {
  double lo = std::numeric_limits<double>::infinity(), hi = -lo;

  void take(double value) {
    if (is_shown(value)) lo = std::min(lo, value), hi = std::max(hi, value);
  }
  bool empty() const { return lo > hi; }
};

bool has_whisker(const ChartPoint& p) { return is_shown(p.low) && is_shown(p.high); }

/// Ticks at 1, 2 and 5 times powers of 10 where these are few, else at powers.
void set_log_ticks(Axis& axis) {
  const double decades = std::log10(axis.hi / axis.lo);
  const double stride = std::max(1.0, std::ceil(decades / 6));
  for (double k = std::floor(std::log10(axis.lo)); k <= std::log10(axis.hi); k += stride)
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && decades > 2) break;
      const double tick = factor * std::pow(10, k);
      if (tick >= axis.lo * (1 - 1e-9) && tick <= axis.hi * (1 + 1e-9)) axis.ticks.push_back(tick);
    }
}

Axis x_axis(const Chart& chart) {
  std::set<double> all;
  Range range;
  for (const ChartSeries& s : chart.series)
    for (const ChartPoint& p : s.points)
      if (is_shown(p.x) && is_shown(p.y)) all.insert(p.x), range.take(p.x);
  if (chart.whole_x) return espalier::detail::axis_of_epochs(range.lo, range.hi);
  Axis axis{range.lo, range.hi};
  axis.log = chart.log_x && range.lo > 0;
  if (axis.log) {
    const double edge = std::max(std::pow(range.hi / range.lo, 0.06), 1.05);
    axis.lo /= edge, axis.hi *= edge;
  } else {
    const double edge = range.hi > range.lo ? 0.06 * (range.hi - range.lo) : 0.5;
    axis.lo -= edge, axis.hi += edge;
  }
  axis.ticks.assign(all.begin(), all.end());
  if (chart.reversed) std::swap(axis.lo, axis.hi);
  return axis;
}

/// The points and lines, and of the whiskers at most as much again on each side, or three times as much on a
/// logarithmic axis.
Axis y_axis(const Chart& chart) {
  Range range, whiskers;
  for (const ChartSeries& s : chart.series)
    for (const ChartPoint& p : s.points) {
      range.take(p.y);
      if (has_whisker(p)) whiskers.take(p.low), whiskers.take(p.high);
    }
  if (chart.level) range.take(*chart.level);
  if (chart.y_range) range.take(chart.y_range->first), range.take(chart.y_range->second);
  const bool log = chart.log_y && range.lo > 0;
  const double ratio = log ? std::min(3.0, range.hi / range.lo) : 1, span = range.hi - range.lo;
  if (!whiskers.empty() && span > 0) {
    const double lo = std::max(whiskers.lo, log ? range.lo / ratio : range.lo - span);
    const double hi = std::min(whiskers.hi, log ? range.hi * ratio : range.hi + span);
    if (!log || lo > 0) range.take(lo);
    if (!log || hi > 0) range.take(hi);
  }
  if (!log || range.hi / range.lo < 8) return espalier::detail::axis_of_values(range.lo, range.hi, false);
  Axis axis{range.lo / 1.05, range.hi * 1.05, true};
  set_log_ticks(axis);
  return axis;
}

/// What ticks of x say, where there is room for it, and lines at those of y.
std::string grid(const Frame& f, const Chart& chart) {
  std::string all;
  for (const double tick : f.y.ticks)
    all += fmt::format(
        "<path d=\"M{:.1f} {:.1f}h{}\"/><text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
        f.left, f.at_y(tick), f.width, f.left - 7, f.at_y(tick) + 4, f.y.label(tick));
  std::vector<double> ticks = f.x.ticks;
  std::sort(ticks.begin(), ticks.end(), [&](double a, double b) { return f.at_x(a) < f.at_x(b); });
  const double under = f.top + f.height;
  double free_from = 0;
  for (const double tick : ticks) {
    const double at = f.at_x(tick);
    const std::string says = fmt::format("{:g}", tick);
    const double half = letter / 2 * static_cast<double>(says.size());
    all += fmt::format("<path d=\"M{:.1f} {:.1f}v5\"/>\n", at, under);
    if (at - half < free_from) continue;
    free_from = at + half + letter;
    all += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n", at, under + 18,
                       says);
  }
  return all + fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
                           f.left + f.width / 2, under + 34, text(chart.x_name));
}

std::string whisker(const Frame& f, const ChartPoint& p, double at, int color) {
  if (!has_whisker(p)) return "";
  const double low = f.at_y(p.low), high = f.at_y(p.high);
  std::string path = fmt::format("M{:.1f} {:.1f}V{:.1f}", at, low, high);
  for (const auto& [end, y] : {std::pair(p.low, low), std::pair(p.high, high)})
    if (end >= f.y.lo && end <= f.y.hi) path += fmt::format("M{:.1f} {:.1f}h6", at - 3, y);
  return fmt::format("<path class=\"s{} whisker\" d=\"{}\"/>", color, path);
}

/// The line between the points, broken at gaps, with a dot at each. `aside` is a shift, so that whiskers of
/// several lines stand beside each other.
std::string drawn(const Frame& f, const Chart& chart, const ChartSeries& series, double aside) {
  std::string path, marks;
  bool open = false;
  for (const ChartPoint& p : series.points) {
    const bool shown = is_shown(p.x) && is_shown(p.y) && !(f.y.log && p.y <= 0);
    if (shown) {
      const double x = f.at_x(p.x) + aside, y = f.at_y(p.y);
      path += fmt::format("{}{:.1f} {:.1f}", open ? 'L' : 'M', x, y);
      marks += whisker(f, p, x, series.color);
      if (!chart.whole_x || series.points.size() == 1)
        marks += fmt::format("<circle class=\"s{} dot\" r=\"1.6\" cx=\"{:.1f}\" cy=\"{:.1f}\"/>",
                             series.color, x, y);
    }
    open = shown;
  }
  if (path.empty()) return "";
  return fmt::format("<g><title>{}</title><path class=\"s{} line\" d=\"{}\"/>{}</g>\n", text(series.name),
                     series.color, path, marks);
}

/// A word above the plot, kept inside it: at the place, or beginning there.
std::string word(const Frame& f, double at, double y, const char* says, bool begins) {
  const double share = (at - f.left) / f.width, room = begins ? 0.65 : 0.9;
  const char* const anchor = share > room ? "end" : begins || share < 0.1 ? "start" : "middle";
  return fmt::format("<text class=\"mark\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", at, y,
                     anchor, says);
}

/// What lies under the lines: where the policy hurts.
std::string zone(const Frame& f, const Chart& chart) {
  if (!chart.hurts_from) return "";
  const double at = f.at_x(*chart.hurts_from), top = f.top - 18;
  return fmt::format("<rect class=\"hurts\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{}\"/>", at,
                     top, f.left + f.width - at, f.height + 18) +
         word(f, at, top - 4, "hurts from here", true);
}

std::string marks(const Frame& f, const Chart& chart) {
  std::string all;
  if (chart.best) {
    const double at = f.at_x(*chart.best);
    all += fmt::format("<path class=\"best\" d=\"M{:.1f} {:.1f}V{}\"/>", at, f.top, f.top + f.height) +
           word(f, at, f.top - 6, "best", false);
  }
  if (chart.level)
    all += fmt::format("<path class=\"level\" d=\"M{:.1f} {:.1f}h{}\"/>\n", f.left, f.at_y(*chart.level),
                       f.width);
  return all;
}

std::string legend(const Chart& chart) {
  std::string all;
  const auto key = [&](const std::string& style, const std::string& name) {
    all += fmt::format(
        "<li><svg viewBox=\"0 0 26 8\" class=\"key\"><path class=\"{}\" d=\"M1 4h24\"/></svg> {}</li>", style,
        text(name));
  };
  for (const ChartSeries& s : chart.series) key(fmt::format("s{}", s.color), s.name);
  if (chart.level) key("level", chart.level_name);
  return "<ul>" + all + "</ul>\n";
}

}  // namespace

std::string figure(const Chart& chart) {
  Range shown;
  for (const ChartSeries& s : chart.series)
    for (const ChartPoint& p : s.points)
      if (is_shown(p.x)) shown.take(p.y);
  if (shown.empty()) return "";
  Frame f{x_axis(chart), y_axis(chart)};
  if (chart.small) f.width = 300, f.height = 150;
  if (chart.best || chart.hurts_from) f.top = 46;
  std::size_t longest = 4;
  for (const double tick : f.y.ticks) longest = std::max(longest, f.y.label(tick).size());
  f.left = 12 + letter * static_cast<double>(longest);
  std::string all = fmt::format(
      "<figure>\n<figcaption>{} <small>{}{}</small></figcaption>\n<svg viewBox=\"0 0 {:.0f} {:.0f}\" "
      "role=\"img\" aria-label=\"{}\">\n",
      text(chart.title), text(chart.y_name), f.y.log ? ", logarithmic" : "", f.left + f.width + f.right,
      f.top + f.height + f.bottom, text(chart.title));
  all += zone(f, chart) + "<g class=\"grid\">\n" + grid(f, chart) + "</g>\n" + marks(f, chart);
  const double lines = static_cast<double>(chart.series.size());
  for (std::size_t k = 0; k < chart.series.size(); ++k) {
    const double aside = chart.whole_x ? 0 : 4 * (static_cast<double>(k) - (lines - 1) / 2);
    all += drawn(f, chart, chart.series[k], aside);
  }
  return all + "</svg>\n" + legend(chart) + "</figure>\n";
}

std::string figures(Chart chart, const std::vector<ChartSeries>& all) {
  constexpr std::size_t most = 7;
  const bool has_free = !all.empty() && all.front().name == free_name;
  const std::size_t others = all.size() - (has_free ? 1 : 0),
                    pictures = std::max<std::size_t>(1, (others + 6) / most);
  const std::string title = chart.title;
  std::string text;
  for (std::size_t k = 0; k < pictures; ++k) {
    chart.series.clear();
    for (std::size_t i = k * most; i < std::min(others, (k + 1) * most); ++i) {
      chart.series.push_back(all[i + (has_free ? 1 : 0)]);
      chart.series.back().color = static_cast<int>(i % most);
    }
    if (has_free) chart.series.push_back(all.front()), chart.series.back().color = 7;
    if (pictures > 1) chart.title = fmt::format("{}, {} of {}", title, k + 1, pictures);
    text += figure(chart);
  }
  return text;
}

}  // namespace study::page
