// SPDX-License-Identifier: MIT
// Heat maps over powers of two as SVG, side by side, for light and dark pages.
#pragma once

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <espalier/core/error.hpp>
#include <fstream>
#include <string>
#include <vector>

struct Panel {
  std::array<std::string, 2> title;
  std::vector<int> columns, rows;  ///< powers of two: learning rates to the right, decays upward
  Eigen::ArrayXXd fill;            ///< from 0, empty, to 1: rows x columns
  Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic> dots;
};

class HeatMap {
 public:
  /// `left` is where it begins.
  HeatMap(const Panel& panel, int left) : left_(left + 46) {
    const auto columns = static_cast<int>(panel.columns.size()), rows = static_cast<int>(panel.rows.size());
    right_ = left_ + cell * columns, bottom_ = top + cell * rows;
    cells(panel);
    body_ +=
        fmt::format("<path class=\"frame\" d=\"M{} {}H{}V{}H{}z\"/>\n", left_, top, right_, bottom_, left_);
    label(left_, top - 24, "start", panel.title[0]), label(left_, top - 8, "start", panel.title[1]);
    for (int j = 0; j < columns; j += 2)
      power(left_ + cell * j + cell / 2, bottom_ + 16, "middle", panel.columns[static_cast<std::size_t>(j)]);
    label((left_ + right_) / 2, bottom_ + 32, "middle", "learning rate");
    for (int i = 0; i < rows; i += 2)
      power(left_ - 4, bottom_ - cell * i - 5, "end", panel.rows[static_cast<std::size_t>(i)]);
    label(left_ - 4, top - 8, "end", "d");
  }

  int right() const { return right_; }
  int bottom() const { return bottom_ + 38; }
  const std::string& body() const { return body_; }

 private:
  static constexpr int cell = 20, top = 44;  // pixels
  static constexpr std::size_t levels = 8;

  void cells(const Panel& panel) {
    std::array<std::string, levels + 1> paths;
    std::string dots;
    for (int i = 0; i < panel.fill.rows(); ++i)
      for (int j = 0; j < panel.fill.cols(); ++j) {
        const int x = left_ + cell * j, y = bottom_ - cell * (i + 1);
        const auto level = static_cast<std::size_t>(levels * std::clamp(panel.fill(i, j), 0.0, 1.0));
        paths[level] += fmt::format("M{} {}h{}v{}h-{}z", x, y, cell, cell, cell);
        if (panel.dots(i, j)) dots += fmt::format("M{} {}h0", x + cell / 2, y + cell / 2);
      }
    for (std::size_t k = 1; k <= levels; ++k)
      if (!paths[k].empty())
        body_ += fmt::format("<path fill=\"#4a90d9\" fill-opacity=\"{:.3g}\" d=\"{}\"/>\n",
                             static_cast<double>(k) / levels, paths[k]);
    body_ += fmt::format("<path class=\"dot\" d=\"{}\"/>\n", dots);
  }
  void label(int x, int y, const char* anchor, const std::string& text) {
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor, text);
  }
  void power(int x, int y, const char* anchor, int exponent) {
    label(x, y, anchor, fmt::format("2<tspan dy=\"-4\" font-size=\"8\">{}</tspan>", exponent));
  }

  std::string body_;
  int left_, right_ = 0, bottom_ = 0;
};

inline void write_heat_maps(const std::string& path, const std::vector<Panel>& panels) {
  std::string body;
  int width = 0, height = 0;
  for (const Panel& panel : panels) {
    const HeatMap map(panel, width);
    body += map.body(), width = map.right(), height = std::max(height, map.bottom());
  }
  std::ofstream file(path);
  file << fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n"
      "<style>text{{font:11px sans-serif;fill:#333}}.frame{{fill:none;stroke:#888}}"
      ".dot{{stroke:#d9662b;stroke-width:5;stroke-linecap:round}}"
      "@media(prefers-color-scheme:dark){{text{{fill:#ddd}}}}</style>\n{2}</svg>\n",
      width + 30, height, body);
  if (!file.flush()) throw espalier::FileError(path + ": expected a file that can be written");
}
