// SPDX-License-Identifier: MIT
// Generalization: the gap between training and test samples, noise, few samples, inputs that mean nothing.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "report_sections.hpp"
#include "stages.hpp"
#include "statistics.hpp"

namespace study::page {

namespace {

std::string gap_table(const Study& study) {
  const Metric m = metric(study.setup);
  Table all({"policy", "strength", "training", "test", "gap", "95 % interval"});
  for (const Group& g : groups(study, "final")) {
    std::vector<double> gaps;
    for (const Result* run : g.runs)
      if (run->failed.empty())
        gaps.push_back((m.accuracy ? 1 : -1) * (number(*run, "train") - number(*run, "test")));
    const Comparison gap = compare(gaps);
    all.row({g.policy, strength_text(g.strength), m.value(mean(g.values("train"))),
             m.value(mean(g.values("test"))), gap.pairs > 0 ? m.difference(gap.mean) : dash,
             m.interval(gap)});
  }
  if (all.empty()) return "";
  return subheading("Training against test samples") +
         paragraph(std::string("The gap is how much better the network does on the samples that it was "
                               "trained on, in ") +
                   m.points() + "; a smaller one is less overfitting.") +
         all.html() + source(study, {"final"});
}

/// The strength that the grid found best; none if no run was whole.
double chosen_strength(const Study& study, const std::string& policy) {
  for (const PolicyCurve& curve : study.curves)
    if (curve.policy == policy && curve.best >= 0)
      return curve.points[static_cast<std::size_t>(curve.best)].strength;
  return policy == free_name ? 0 : none;
}

ChartSeries under_noise(const Group& group, double scale) {
  ChartSeries line{label(group.policy, group.strength), {}};
  for (std::size_t k = 0; k <= noise_levels.size(); ++k) {
    std::vector<double> values;
    for (const Result* run : group.runs) {
      const std::vector<double>& noise = series(*run, "noise");
      if (!run->failed.empty() || (k > 0 && noise.size() < k)) continue;
      values.push_back(scale * (k == 0 ? number(*run, "validation") : noise[k - 1]));
    }
    const Comparison c = compare(values);
    if (c.pairs > 0) line.points.push_back({k == 0 ? 0 : noise_levels[k - 1], c.mean, c.low, c.high});
  }
  return line;
}

std::string noise_part(const Study& study) {
  const Metric m = metric(study.setup);
  std::vector<ChartSeries> lines;
  std::vector<std::string> names{"policy", "no noise"};
  for (const double level : noise_levels) names.push_back(fmt::format("{:g}", level));
  Table table(names);
  for (const Group& g : groups(study, "grid")) {
    const bool noisy = std::any_of(g.runs.begin(), g.runs.end(),
                                   [](const Result* r) { return !series(*r, "noise").empty(); });
    if (!noisy || g.strength != chosen_strength(study, g.policy)) continue;
    lines.push_back(under_noise(g, m.scale()));
    std::vector<std::string> cells{lines.back().name};
    for (std::size_t k = 0; k + 1 < names.size(); ++k) {
      const double x = k == 0 ? 0 : noise_levels[k - 1];
      const auto& points = lines.back().points;
      const auto at =
          std::find_if(points.begin(), points.end(), [&](const ChartPoint& p) { return p.x == x; });
      cells.push_back(at == points.end() ? dash : m.value(at->y / m.scale()));
    }
    table.row(cells);
  }
  if (lines.empty()) return "";
  Chart chart{"Validation under noise on the inputs",
              "standard deviation of the noise, in those of the inputs", m.axis()};
  chart.log_y = !m.accuracy;
  return subheading("Noise on the inputs") +
         paragraph(
             "Each network at its chosen strength meets validation samples whose inputs have noise "
             "added; a line that changes less is a network that needs its inputs less exactly. Whiskers "
             "are 95 % intervals over the seeds.") +
         beside(figures(chart, lines)) + table.html() + source(study, {"grid"});
}

std::string level_part(const Study& study, const std::string& stage, const std::string& title,
                       const std::string& lead, const std::string& level_name, bool log_x) {
  if (!has_stage(study, stage)) return "";
  const Metric m = metric(study.setup);
  Chart chart{"Validation by " + level_name, level_name, m.axis()};
  chart.log_x = log_x, chart.log_y = !m.accuracy;
  const std::string differences = difference_table(study, stage, level_name);
  return subheading(title) + paragraph(lead + " Whiskers are 95 % intervals over the seeds.") +
         beside(figures(chart, over_levels(study, stage, "validation", m.scale()))) +
         (differences.empty()
              ? ""
              : paragraph(
                    std::string("The table gives the differences to the unconstrained network of the same "
                                "seed, in ") +
                    m.points() +
                    ", with 95 % intervals that are not corrected for their number; above 0 is better.")) +
         differences + source(study, {stage.c_str()});
}

std::string noise_share_table(const Study& study) {
  std::vector<LevelPoint> all = levels(study.setup, study.results, "irrelevant", "noise_share", false);
  std::erase_if(all, [](const LevelPoint& p) { return !std::isfinite(p.mean); });
  if (all.empty()) return "";
  return paragraph(
             "How much of the squares of the first layer's weights belongs to inputs that are noise; "
             "less is better.") +
         by_level(all, "inputs of noise added", [](const LevelPoint& p) { return percent(p.mean); });
}

}  // namespace

std::string generalization_section(const Study& study) {
  std::string body = gap_table(study) + noise_part(study) +
                     level_part(study, "few", "Few samples",
                                "The same networks with fewer training samples: does a policy help more "
                                "where there is less to learn from?",
                                "training samples", true) +
                     level_part(study, "irrelevant", "Inputs that mean nothing",
                                "Inputs of pure noise stand beside the real ones: a network that ignores "
                                "them keeps its line level.",
                                "inputs of noise added", false);
  if (has_stage(study, "irrelevant")) body += noise_share_table(study);
  return section("generalization", "Generalization",
                 "How the networks do on what they were not trained on: unseen samples, noisy inputs, few "
                 "samples and useless inputs.",
                 body);
}

}  // namespace study::page
