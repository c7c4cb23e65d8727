// SPDX-License-Identifier: MIT
// What the sections about a changed level have in common.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "report_sections.hpp"

namespace study::page {

std::vector<ChartSeries> over_levels(const Study& study, const std::string& stage, const std::string& name,
                                     double scale) {
  std::vector<ChartSeries> all;
  for (const LevelPoint& p : levels(study.setup, study.results, stage, name, true)) {
    const std::string of = label(p.policy, p.strength);
    auto line = std::find_if(all.begin(), all.end(), [&](const ChartSeries& s) { return s.name == of; });
    if (line == all.end()) line = all.insert(all.end(), ChartSeries{of, {}});
    line->points.push_back({p.level, scale * p.mean, scale * p.value.low, scale * p.value.high});
  }
  return all;
}

std::string by_level(const std::vector<LevelPoint>& points, const std::string& level_name,
                     const std::function<std::string(const LevelPoint&)>& cell) {
  std::set<double> at;
  for (const LevelPoint& p : points) at.insert(p.level);
  std::vector<std::string> names{"policy"};
  for (const double level : at)
    names.push_back(fmt::format("{:g}{}", level, names.size() > 1 ? "" : " " + level_name));
  std::vector<std::vector<std::string>> rows;
  for (const LevelPoint& p : points) {
    const std::string name = label(p.policy, p.strength);
    auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r[0] == name; });
    if (row == rows.end()) {
      row = rows.insert(rows.end(), std::vector<std::string>(names.size(), dash));
      row->front() = name;
    }
    (*row)[static_cast<std::size_t>(std::distance(at.begin(), at.find(p.level))) + 1] = cell(p);
  }
  Table table(names);
  for (const auto& row : rows) table.row(row);
  return table.html();
}

std::string difference_table(const Study& study, const std::string& stage, const std::string& level_name) {
  const Metric m = metric(study.setup);
  std::vector<LevelPoint> all =
      levels(study.setup, study.results, stage, "validation", study.setup.classification());
  std::erase_if(all, [](const LevelPoint& p) { return p.policy == free_name; });
  return by_level(all, level_name, [&](const LevelPoint& p) { return m.both(p.difference); });
}

}  // namespace study::page
