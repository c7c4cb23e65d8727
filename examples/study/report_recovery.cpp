// SPDX-License-Identifier: MIT
// Recovery from a learning rate that is too large.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "report_sections.hpp"

namespace study::page {

namespace {

/// A number of all runs: one that diverged counts with what it could measure.
std::vector<double> measured_of_all(const Group& group, const std::string& name) {
  std::vector<double> all;
  for (const Result* run : group.runs)
    if (const double x = number(*run, name); std::isfinite(x)) all.push_back(x);
  return all;
}

/// Powers of ten only where numbers would be long.
std::string size_text(double x) { return written(x, x >= 1000 && x < 1e6 ? "{:.0f}" : "{:.3g}"); }

/// The sentence about the largest factor.
std::string survivors(const std::vector<Group>& all) {
  double largest = 0;
  for (const Group& g : all) largest = std::max(largest, g.level);
  std::vector<std::string> whole;
  std::string free;
  for (const Group& g : all) {
    if (g.level != largest) continue;
    if (g.policy == free_name)
      free = fmt::format("At {:g} times the learning rate, {} of {} unconstrained runs diverged. ", largest,
                         g.failed(), g.runs.size());
    else if (g.failed() == 0)
      whole.push_back(label(g.policy, g.strength));
  }
  if (free.empty()) return "";
  return free + (whole.empty() ? "No policy kept all of its runs alive there."
                               : "No run diverged there with " + listed(whole) + ".");
}

/// All runs of one policy, by the factor on its rate.
using Line = std::map<double, const Group*>;

/// A line for each policy; unconstrained first.
std::vector<Line> lines_of(const std::vector<Group>& all) {
  std::vector<Line> lines;
  for (const Group& g : all) {
    const Group* const before = lines.empty() ? nullptr : lines.back().begin()->second;
    if (!before || before->policy != g.policy || before->strength != g.strength) lines.emplace_back();
    lines.back()[g.level] = &g;
  }
  return lines;
}

/// Factor and seed of the runs of a policy that diverged, or of those that did not.
std::set<std::pair<double, long>> places(const Line& line, bool diverged) {
  std::set<std::pair<double, long>> all;
  for (const auto& [factor, group] : line)
    for (const Result* run : group->runs)
      if (run->failed.empty() != diverged) all.insert({factor, run->trial.seed});
  return all;
}

/// "97.22 %", "97.22 %, 2 diverged", "all diverged"
std::string end_of(const Group& group, const Metric& m) {
  const long failed = group.failed();
  if (failed == static_cast<long>(group.runs.size())) return "all diverged";
  return m.value(mean(group.values("validation"))) +
         (failed > 0 ? fmt::format(", {} diverged", failed) : std::string());
}

/// Does clipping or normalization save the run? One line for each policy.
std::string summary(const std::vector<Group>& all, const Metric& m) {
  std::set<double> factors;
  for (const Group& g : all) factors.insert(g.level);
  std::vector<std::string> names{"policy", "strength"};
  for (const double factor : factors) names.push_back(fmt::format("{:g} times the rate", factor));
  names.insert(names.end(), {"diverged", "saved", "largest gradient"});
  Table table(names);
  const std::vector<Line> lines = lines_of(all);
  const bool has_free = !lines.empty() && lines[0].begin()->second->policy == free_name;
  const auto lost = has_free ? places(lines[0], true) : std::set<std::pair<double, long>>{};
  for (const Line& line : lines) {
    const Group& first = *line.begin()->second;
    const auto ended = places(line, false);
    const auto saved =
        std::count_if(lost.begin(), lost.end(), [&](const auto& p) { return ended.contains(p); });
    std::size_t runs = 0;
    double largest = std::nan("");
    std::vector<std::string> cells{first.policy, strength_text(first.strength)};
    for (const double factor : factors)
      cells.push_back(line.contains(factor) ? end_of(*line.at(factor), m) : dash);
    for (const auto& [factor, group] : line) {
      runs += group->runs.size();
      for (const double x : measured_of_all(*group, "largest_gradient")) largest = std::fmax(largest, x);
    }
    cells.push_back(fmt::format("{} of {}", runs - ended.size(), runs));
    cells.push_back(lost.empty() || first.policy == free_name ? dash
                                                              : fmt::format("{} of {}", saved, lost.size()));
    cells.push_back(size_text(largest));
    table.row(cells);
  }
  return paragraph(std::string(
                       "A line for each policy: how well its runs end on validation samples, and how many "
                       "diverged. \u201cSaved\u201d are those that ended where the unconstrained run of the "
                       "same factor and seed diverged") +
                   (lost.empty() ? "; here none of those did." : ".")) +
         table.html();
}

}  // namespace

std::string recovery_section(const Study& study) {
  const Metric m = metric(study.setup);
  const std::vector<Group> all = groups(study, "recovery");
  Table table({"policy", "strength", "factor", "runs", "diverged", "largest gradient, median",
               "steps that the policy changed", "validation of those that ended"});
  for (const Group& g : all)
    table.row({g.policy, strength_text(g.strength), written(g.level, "{:g}"), std::to_string(g.runs.size()),
               std::to_string(g.failed()), size_text(quantile(measured_of_all(g, "largest_gradient"), 0.5)),
               percent(mean(measured_of_all(g, "active"))), m.value(mean(g.values("validation")))});
  if (table.empty()) return "";
  const std::string sentence = survivors(all);
  return section(
      "recovery", "Recovery from a bad learning rate",
      "For the first half of the epochs the learning rate is too large by a factor: which runs "
      "survive it, and how well they end.",
      (sentence.empty() ? "" : paragraph(sentence, "say")) + summary(all, m) +
          paragraph("The same for each factor.") + table.html() +
          source(study, {"recovery"},
                 "A run diverged if its loss, a gradient or a weight was not finite, if a gradient "
                 "was so large that a float cannot hold its square, or if its rate was too large "
                 "for its decay, which would have turned the signs of weights: then it made no "
                 "step. The largest gradient is that of the loss by all weights in the steps until "
                 "then, without penalties and before any clipping."));
}

}  // namespace study::page
