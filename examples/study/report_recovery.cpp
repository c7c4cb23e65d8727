// SPDX-License-Identifier: MIT
// Recovery from a learning rate that is too large.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
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

/// Factor and seed, which runs of all policies share.
using Place = std::pair<double, long>;

/// All runs of one policy.
struct Line {
  std::string policy;
  double strength = 0;
  long runs = 0, saved = 0;  ///< saved: ended, where the unconstrained run of the place diverged
  std::set<Place> diverged{};
  double largest_gradient = std::nan("");
};

/// A line for each policy; unconstrained first.
std::vector<Line> lines_of(const std::vector<Group>& all) {
  std::vector<Line> lines;
  for (const Group& g : all) {
    if (lines.empty() || lines.back().policy != g.policy || lines.back().strength != g.strength)
      lines.push_back({g.policy, g.strength});
    Line& line = lines.back();
    for (const Result* run : g.runs) {
      ++line.runs;
      if (!run->failed.empty()) line.diverged.insert({g.level, run->trial.seed});
    }
    for (const double x : measured_of_all(g, "largest_gradient"))
      line.largest_gradient = std::fmax(line.largest_gradient, x);
  }
  return lines;
}

/// Does clipping or normalization save the run? One line for each policy, over all factors.
std::string summary(const std::vector<Group>& all) {
  std::vector<Line> lines = lines_of(all);
  const auto free =
      std::find_if(lines.begin(), lines.end(), [](const Line& l) { return l.policy == free_name; });
  const std::set<Place> lost = free == lines.end() ? std::set<Place>{} : free->diverged;
  for (const Group& g : all)
    for (Line& line : lines)
      if (line.policy == g.policy && line.strength == g.strength)
        for (const Result* run : g.runs)
          line.saved += run->failed.empty() && lost.contains({g.level, run->trial.seed}) ? 1 : 0;
  Table table({"policy", "strength", "diverged", "first at the factor", "saved", "largest gradient"});
  for (const Line& line : lines) {
    const bool compared = free != lines.end() && line.policy != free_name && !lost.empty();
    table.row({line.policy, strength_text(line.strength),
               fmt::format("{} of {}", line.diverged.size(), line.runs),
               line.diverged.empty() ? "none" : written(line.diverged.begin()->first, "{:g}"),
               compared ? fmt::format("{} of {}", line.saved, lost.size()) : dash,
               size_text(line.largest_gradient)});
  }
  return paragraph(
             std::string("A line for each policy, over all factors. \u201cSaved\u201d are the runs that "
                         "ended where the unconstrained run of the same factor and seed diverged") +
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
      (sentence.empty() ? "" : paragraph(sentence, "say")) + summary(all) +
          paragraph("The same for each factor.") + table.html() +
          source(study, {"recovery"},
                 "A run diverged if its loss, a gradient or a weight was not finite, if a gradient "
                 "was so large that a float cannot hold its square, or if its rate was too large "
                 "for its decay, which would have turned the signs of weights: then it made no "
                 "step. The largest gradient is that of the loss by all weights in the steps until "
                 "then, without penalties and before any clipping."));
}

}  // namespace study::page
