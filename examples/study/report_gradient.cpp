// SPDX-License-Identifier: MIT
// The flow of gradients: by layer over the epochs, by depth, and where the constraint is.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "chart.hpp"
#include "report_sections.hpp"
#include "statistics.hpp"

namespace study::page {

namespace {

/// The series gradient_1, gradient_2, ... of the runs: geometric means over the seeds.
std::vector<ChartSeries> gradients(const Group& group) {
  std::vector<ChartSeries> all;
  for (int layer = 1;; ++layer) {
    const std::string name = fmt::format("gradient_{}", layer);
    std::vector<std::vector<double>> logs;  // by epoch
    for (const Result* run : group.runs) {
      if (!run->failed.empty()) continue;
      const std::vector<double>& values = series(*run, name);
      logs.resize(std::max(logs.size(), values.size()));
      for (std::size_t e = 0; e < values.size(); ++e)
        if (std::isfinite(values[e]) && values[e] > 0) logs[e].push_back(std::log(values[e]));
    }
    if (logs.empty()) return all;
    ChartSeries line{fmt::format("layer {}", layer), {}};
    const std::size_t stride = logs.size() / 150 + 1;  // pages stay small
    for (std::size_t e = 0; e < logs.size(); e += stride)
      line.points.push_back({static_cast<double>(e + 1), std::exp(mean(logs[e]))});
    all.push_back(line);
  }
}

/// At most 8 of the layers, the first and the last among them.
std::vector<ChartSeries> some_layers(const std::vector<ChartSeries>& all) {
  const std::size_t most = 8, count = std::min(most, all.size());
  std::vector<ChartSeries> some;
  for (std::size_t k = 0; k < count; ++k) {
    some.push_back(all[count == 1 ? 0 : k * (all.size() - 1) / (count - 1)]);
    some.back().color = static_cast<int>(k);
  }
  return some;
}

std::string gradient_charts(const Study& study) {
  std::vector<Chart> charts;
  double lo = std::numeric_limits<double>::infinity(), hi = 0;
  for (const Group& g : groups(study, "final")) {
    Chart chart{label(g.policy, g.strength), "epoch", "norm of the gradient", some_layers(gradients(g))};
    if (chart.series.empty()) continue;
    for (const ChartSeries& s : chart.series)
      for (const ChartPoint& p : s.points)
        if (std::isfinite(p.y)) lo = std::min(lo, p.y), hi = std::max(hi, p.y);
    chart.log_y = chart.whole_x = chart.small = true;
    charts.push_back(chart);
  }
  std::string all;
  for (Chart& chart : charts) {
    chart.y_range = {lo, hi};
    all += figure(chart);
  }
  return beside(all, true);
}

std::string final_part(const Study& study) {
  if (!has_stage(study, "final")) return "";
  Table all({"policy", "strength", "gradient, first to last layer", "hidden units dead",
             "steps that the policy changed"});
  for (const Group& g : groups(study, "final"))
    all.row({g.policy, strength_text(g.strength), near_one(mean(g.values("gradient_ratio"))),
             percent(mean(g.values("dead"))), percent(mean(g.values("active")))});
  const std::string charts = gradient_charts(study);
  return subheading("By layer over the epochs") +
         (charts.empty()
              ? ""
              : paragraph("Norm of the gradient of the loss by each layer's weight, without penalties "
                          "and before any clipping, the mean of an epoch; "
                          "layer 1 reads the inputs. All pictures have the same axes. Lines far "
                          "apart are layers that learn at different paces.") +
                    charts) +
         all.html() +
         source(study, {"final"},
                "Lines are geometric means over the seeds, numbers plain means. A dead unit is 0 for all "
                "training samples.");
}

/// A ratio over the depth, its geometric mean with the interval of the mean logarithm.
std::vector<ChartSeries> ratios_by_depth(const Study& study) {
  std::vector<ChartSeries> all;
  for (const Group& g : groups(study, "depth")) {
    std::vector<double> logs;
    for (const double ratio : g.values("gradient_ratio"))
      if (ratio > 0) logs.push_back(std::log(ratio));
    const Comparison c = compare(logs);
    if (c.pairs == 0) continue;
    const std::string name = label(g.policy, g.strength);
    auto line = std::find_if(all.begin(), all.end(), [&](const ChartSeries& s) { return s.name == name; });
    if (line == all.end()) line = all.insert(all.end(), ChartSeries{name, {}});
    line->points.push_back({g.level, std::exp(c.mean), std::exp(c.low), std::exp(c.high)});
  }
  return all;
}

std::string depth_part(const Study& study) {
  if (!has_stage(study, "depth")) return "";
  const Metric m = metric(study.setup);
  Chart ratio{"Gradient of the first layer to that of the last", "hidden layers", "ratio of norms"};
  ratio.log_x = ratio.log_y = true;
  Chart quality{"Validation by depth", "hidden layers", m.axis()};
  quality.log_x = true, quality.log_y = !m.accuracy;
  const std::string differences = difference_table(study, "depth", "hidden layers");  // to WeightNorm
  return subheading("Deep against shallow") +
         paragraph(
             "A ratio that falls with depth is a gradient that vanishes on its way to the input layer; "
             "one that stays near 1 arrives. Whiskers are 95 % intervals over the seeds.") +
         beside(figures(ratio, ratios_by_depth(study)) +
                figures(quality, over_levels(study, "depth", "validation", m.scale()))) +
         (differences.empty()
              ? ""
              : paragraph(
                    std::string("Differences to the unconstrained network of the same depth and seed, in ") +
                    m.points() + ", with intervals that are not corrected; above 0 is better.")) +
         differences + source(study, {"depth"});
}

/// All layers minus the input layer alone, paired by seed; > 0: all layers are better.
Comparison all_minus_input(const std::vector<const Result*>& input, const std::vector<const Result*>& all,
                           bool accuracy) {
  std::map<long, double> of_input;
  for (const Result* run : input)
    if (run->failed.empty()) of_input[run->trial.seed] = number(*run, "validation");
  std::vector<double> differences;
  for (const Result* run : all)
    if (const auto same = of_input.find(run->trial.seed); same != of_input.end() && run->failed.empty())
      differences.push_back((accuracy ? 1 : -1) * (number(*run, "validation") - same->second));
  return compare(differences);
}

std::string where_part(const Study& study) {
  const Metric m = metric(study.setup);
  const std::vector<Group> all = groups(study, "where");
  Table table({"policy", "strength", "input layer", "all layers", "all layers better by (95 % interval)"});
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Group& g = all[k];
    const bool has_next =
        k + 1 < all.size() && all[k + 1].policy == g.policy && all[k + 1].strength == g.strength;
    const Group other = has_next ? all[k + 1] : Group{};
    const Group &input = g.level == 0 ? g : other, &everywhere = g.level == 0 ? other : g;
    const Comparison c = all_minus_input(input.runs, everywhere.runs, m.accuracy);
    table.row({g.policy, strength_text(g.strength), m.value(mean(input.values("validation"))),
               m.value(mean(everywhere.values("validation"))), m.both(c)});
    if (has_next) ++k;
  }
  if (table.empty()) return "";
  return subheading("Input layer or all layers") +
         paragraph(std::string("Validation metric with the constraint on the input layer alone and on all "
                               "layers; differences are in ") +
                   m.points() + " and above 0 where all layers are better.") +
         table.html() + source(study, {"where"});
}

}  // namespace

std::string gradient_section(const Study& study) {
  return section("gradient", "Gradient flow",
                 "How much of the gradient reaches the input layer, and what the constraints do on the way.",
                 final_part(study) + depth_part(study) + where_part(study));
}

}  // namespace study::page
