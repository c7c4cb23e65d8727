// SPDX-License-Identifier: MIT
#include "report_recurrent.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "chart.hpp"
#include "page.hpp"
#include "recurrent.hpp"
#include "statistics.hpp"

namespace study {

namespace {

using page::Chart;
using page::ChartSeries;

/// The runs of a policy at one length.
struct Runs {
  std::string policy;
  double strength = 0, level = 0;
  std::vector<const Result*> all{};

  std::string name() const { return page::label(policy, strength); }
  long diverged() const {
    return std::count_if(all.begin(), all.end(), [](const Result* r) { return !r->failed.empty(); });
  }
};

/// The place of a policy in recurrent_policies; behind all if it is none of them.
long place_of(const std::string& policy) {
  const auto& known = recurrent_policies();
  return std::find_if(known.begin(), known.end(),
                      [&](const RecurrentPolicy& p) { return p.name == policy; }) -
         known.begin();
}

/// By length, then in the order of the policies.
std::vector<Runs> runs_of(const std::vector<Result>& results, const std::string& stage) {
  std::map<std::tuple<double, long, std::string, double>, Runs> sorted;
  for (const Result& result : results) {
    const Trial& t = result.trial;
    if (t.stage != stage) continue;
    Runs& runs = sorted[{t.level, place_of(t.policy), t.policy, t.strength}];
    runs.policy = t.policy, runs.strength = t.strength, runs.level = t.level;
    runs.all.push_back(&result);
  }
  std::vector<Runs> all;
  for (auto& [key, runs] : sorted) all.push_back(std::move(runs));
  return all;
}

/// Test losses of runs that did not diverge, by seed.
std::map<long, double> losses_of(const Runs& runs) {
  std::map<long, double> losses;
  for (const Result* run : runs.all)
    if (const double loss = number(*run, "test_loss"); run->failed.empty() && std::isfinite(loss))
      losses[run->trial.seed] = loss;
  return losses;
}

/// To the unconstrained runs of the same length and seed; below 0 is better.
Comparison to_unconstrained(const Runs& runs, const std::vector<Runs>& all) {
  std::vector<double> differences;
  for (const Runs& free : all) {
    if (free.policy != free_name || free.level != runs.level) continue;
    const std::map<long, double> others = losses_of(free);
    for (const auto& [seed, loss] : losses_of(runs))
      if (const auto other = others.find(seed); other != others.end())
        differences.push_back(loss - other->second);
  }
  return compare(differences);
}

std::string difference_text(const Runs& runs, const Comparison& c) {
  if (runs.policy == free_name || c.pairs == 0) return page::dash;
  const std::string mean = page::written(c.mean, "{:+.3g}");
  if (!std::isfinite(c.low) || !std::isfinite(c.high)) return mean;
  return mean + fmt::format(" ({:+.3g} to {:+.3g})", c.low, c.high);
}

std::string table(const std::vector<Runs>& all) {
  page::Table rows({"policy", "time steps", "runs", "diverged", "test loss", "difference to unconstrained",
                    "largest gradient", "steps that the policy changed"});
  for (const Runs& runs : all) {
    std::vector<double> losses, gradients, active;
    for (const auto& [seed, loss] : losses_of(runs)) losses.push_back(loss);
    for (const Result* run : runs.all)
      if (const double g = number(*run, "largest_gradient"); std::isfinite(g)) gradients.push_back(g);
    for (const Result* run : runs.all)
      if (const double share = number(*run, "active"); std::isfinite(share)) active.push_back(share);
    rows.row({runs.name(), page::written(runs.level, "{:g}"), std::to_string(runs.all.size()),
              std::to_string(runs.diverged()), page::written(page::mean(losses)),
              difference_text(runs, to_unconstrained(runs, all)),
              page::written(page::quantile(gradients, 1), "{:.3g}"), page::percent(page::mean(active))});
  }
  return rows.html();
}

/// The geometric mean of the runs at each time step. A gradient of 0 has no place on a logarithmic axis.
ChartSeries by_step(const Runs& runs, const std::string& name) {
  std::vector<double> logs;
  long count = 0;
  for (const Result* run : runs.all) {
    const std::vector<double>& norms = series(*run, name);
    if (norms.empty()) continue;
    logs.resize(std::max(logs.size(), norms.size()));
    for (std::size_t t = 0; t < norms.size(); ++t) logs[t] += std::log(norms[t]);
    ++count;
  }
  ChartSeries line{runs.name(), {}, static_cast<int>(std::min(place_of(runs.policy), 7L))};
  for (std::size_t t = 0; t < logs.size(); ++t) {
    const double mean = std::exp(logs[t] / static_cast<double>(count));
    line.points.push_back(
        {static_cast<double>(t + 1), mean > 0 ? mean : std::numeric_limits<double>::quiet_NaN()});
  }
  return line;
}

/// Before and after training, on the same axis.
std::string charts(const std::vector<Runs>& all, double level) {
  std::vector<Chart> pair;
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const auto& [when, name] :
       {std::pair("before training", "gradient_steps"), std::pair("after training", "gradient_steps_end")}) {
    Chart& chart = pair.emplace_back(
        Chart{fmt::format("{:g} time steps, {}", level, when), "time step", "norm of the gradient"});
    chart.log_y = chart.whole_x = chart.small = true;
    for (const Runs& runs : all)
      if (runs.level == level) chart.series.push_back(by_step(runs, name));
    for (const ChartSeries& line : chart.series)
      for (const page::ChartPoint& p : line.points)
        if (std::isfinite(p.y)) low = std::min(low, p.y), high = std::max(high, p.y);
    std::erase_if(chart.series, [](const ChartSeries& line) { return line.points.empty(); });
  }
  std::string figures;
  for (Chart& chart : pair) {
    chart.y_range = std::pair(low, high);
    figures += figure(chart);
  }
  return figures;
}

std::string part(const std::vector<Result>& results, const std::string& stage, const char* title,
                 const std::string& lead) {
  const std::vector<Runs> all = runs_of(results, stage);
  if (all.empty()) return "";
  std::set<double> levels;
  for (const Runs& runs : all) levels.insert(runs.level);
  std::string figures;
  for (const double level : levels) figures += charts(all, level);
  if (!figures.empty()) figures = "<div class=\"charts small\">\n" + figures + "</div>\n";
  return page::subheading(title) + page::paragraph(lead) + table(all) + figures;
}

}  // namespace

std::string recurrent_section(const Setup&, const std::vector<Result>& results) {
  const std::string adding =
      part(results, "recurrent", "The adding problem",
           fmt::format("The network reads numbers, two of which are marked, and gives the sum of those two "
                       "(Hochreiter & Schmidhuber 1997). The loss is the mean squared error; to say 1 "
                       "whatever comes has {:.3f}.",
                       adding_baseline));
  const std::string chorales = part(results, "chorales", "Chorales",
                                    "The network reads the chords of a chorale and says which keys sound in "
                                    "the next one. The loss is the binary cross-entropy for each key and "
                                    "time step.");
  if (adding.empty() && chorales.empty()) return "";
  const std::string how = page::paragraph(
      "A run has diverged if its loss, a gradient or a weight was not finite any more, or if a gradient was "
      "so large that a float may not hold the sums of its squares; the losses are those of the others. The "
      "difference is the mean over pairs of the same seed, with Student's 95 % interval; "
      "below 0 is better, and it is not corrected for the number of comparisons. The largest gradient is "
      "that of all weights in any step of training, before it was clipped. The policy changed a step in "
      "which gradients were clipped, or the recurrent weight was moved into its set. The charts have the "
      "derivative of the last time step's loss by the inputs of each step, a geometric mean over the runs: a "
      "line that "
      "falls towards the first steps vanishes, one that rises explodes. What is 0 in floats is left out. The "
      "default learning rate was chosen so that unconstrained runs are at the edge of divergence: how many "
      "of them diverge says nothing of other rates.");
  return page::section(
      "recurrent", "Recurrent networks",
      "What keeps the gradients of a recurrent network from exploding, and what does it cost? "
      "Policies are on its recurrent weight, or on the gradients.",
      how + adding + chorales);
}

}  // namespace study
