// SPDX-License-Identifier: MIT
// Cost, and how the study was done.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "chart.hpp"
#include "report_sections.hpp"
#include "stages.hpp"

namespace study::page {

namespace {

std::string shape_of(const Setup& s) {
  std::vector<std::string> hidden;
  for (const long n : s.hidden) hidden.push_back(std::to_string(n));
  const std::string images =
      s.image_rows > 0 ? fmt::format(" (images of {} x {})", s.image_rows, s.image_columns) : std::string();
  const std::string between = hidden.empty()       ? std::string("no hidden layer")
                              : hidden.size() == 1 ? "a hidden layer of " + hidden[0] + " neurons"
                                                   : "hidden layers of " + listed(hidden) + " neurons";
  return counted(s.features, "input") + images + ", " + between + ", " + counted(s.outputs, "output");
}

std::string data_words(const Setup& s) {
  return fmt::format(
      "Data: {} ({}, {}, {}; checksum {:08x}). {} of the samples are test samples, which no choice has seen.",
      s.data, counted(s.samples, "sample"), counted(s.features, "input"),
      s.classification() ? fmt::format("{} classes", s.classes) : std::string("a number to predict"),
      s.checksum, s.test_samples);
}

std::string training_words(const Setup& s) {
  return fmt::format(
      "Training: {} with {} a batch at a learning rate of {:g}. Constraints are on {}. Runs with the same "
      "seed have the same split, the same initial weights up to what a constraint allows, and the same "
      "batches, so they differ in the constraint alone.",
      counted(s.epochs, "epoch"), counted(s.batch, "sample"), s.learning_rate,
      s.where == "all" ? "the weights of all layers" : "the weights of the input layer");
}

std::string stage_table(const Study& study) {
  Table all({"stage", "question", "runs", "failed"}, 2);
  std::set<std::string> known;
  const auto add = [&](const std::string& name, const std::string& question) {
    long runs = 0, failed = 0;
    for (const Result& r : study.results)
      if (r.trial.stage == name) ++runs, failed += r.failed.empty() ? 0 : 1;
    known.insert(name);
    if (runs > 0) all.row({name, question, std::to_string(runs), std::to_string(failed)});
  };
  for (const Stage& stage : stages) add(stage.name, stage.question);
  for (const Result& r : study.results)
    if (!known.contains(r.trial.stage)) add(r.trial.stage, "");
  return all.html();
}

std::string policy_table(const Setup& s) {
  Table all({"policy", "strengths, from weak to strong"}, 2);
  for (std::size_t k = 0; k < s.policies.size(); ++k) {
    std::string strengths;
    if (k < s.strengths.size())
      for (const double x : s.strengths[k]) strengths += (strengths.empty() ? "" : ", ") + strength_text(x);
    all.row({s.policies[k], strengths.empty() ? dash : strengths});
  }
  return all.html();
}

std::string failed_runs(const Study& study) {
  constexpr long most = 12;
  Table all({"stage", "policy", "strength", "level", "seed", "why"}, 6);
  long failed = 0;
  for (const Result& r : study.results) {
    if (r.failed.empty() || ++failed > most) continue;
    const Trial& t = r.trial;
    all.row({t.stage, t.policy, strength_text(t.strength), written(t.level, "{:g}"), std::to_string(t.seed),
             shortened(r.failed, 160)});
  }
  if (failed == 0) return "";
  return subheading("Runs that failed") +
         paragraph(fmt::format(
             "{} ended early and {} in no mean{}", counted(failed, "run"), failed == 1 ? "is" : "are",
             failed > most ? fmt::format("; the first {} of them:", most) : std::string(":"))) +
         all.html();
}

}  // namespace

std::string cost_section(const Study& study) {
  Table table({"policy", "strength", "median", "lower quartile", "upper quartile", "rounds", "a step",
               "unconstrained"});
  const auto milliseconds = [](const Group& g, const char* name) {
    return written(1000 * mean(g.values(name)), "{:.3g} ms");
  };
  Forest forest{"Time of a step, as a multiple of the unconstrained network's", "cheaper to the left", 1};
  for (const Group& g : groups(study, "cost")) {
    std::vector<double> ratios;  // of all rounds, where they were kept
    for (const Result* run : g.runs)
      for (const double ratio : series(*run, "ratios")) ratios.push_back(ratio);
    if (ratios.empty()) ratios = g.values("ratio");
    const double low = quantile(ratios, 0.25), middle = quantile(ratios, 0.5), high = quantile(ratios, 0.75);
    table.row({g.policy, strength_text(g.strength), written(middle, "{:.3f}"), written(low, "{:.3f}"),
               written(high, "{:.3f}"), std::to_string(ratios.size()), milliseconds(g, "step"),
               milliseconds(g, "free_step")});
    if (!ratios.empty())
      forest.rows.push_back({label(g.policy, g.strength), middle, low, high,
                             fmt::format("{:.2f} ({:.2f} to {:.2f})", middle, low, high)});
  }
  if (table.empty()) return "";
  return section(
      "cost", "Cost",
      "How long a step takes with each policy, as a multiple of a step of the unconstrained "
      "network: dots are medians and bars go from the lower to the upper quartile.",
      figure(forest) + table.html() +
          source(study, {"cost"},
                 "Both networks were timed in turns on the same machine, by one thread; seconds of a "
                 "step are medians over the rounds, and those of the gradient's norms are in them."));
}

std::string method_section(const Study& study) {
  const Setup& s = study.setup;
  std::set<long> seeds;
  for (const Result& r : study.results) seeds.insert(r.trial.seed);
  std::string body =
      paragraph(data_words(s)) + paragraph("Network: " + shape_of(s) + ".") + paragraph(training_words(s));
  if (!s.shortened.empty()) body += paragraph(s.shortened);
  if (!seeds.empty())
    body += paragraph(fmt::format("Runs: {} of {} planned, with {} ({} to {}).", study.results.size(),
                                  study.planned, counted(static_cast<long>(seeds.size()), "seed"),
                                  *seeds.begin(), *seeds.rbegin()));
  body += paragraph(
      "Intervals: Student's, of 95 %, over the seeds. Each seed has its own split into training and "
      "validation "
      "samples, initial weights and batches; the test samples are the same in all runs. So intervals say how "
      "far a mean over other seeds may be off on this data, and do not speak about other data.");
  body += stage_table(study) + policy_table(s) + failed_runs(study);
  return section("method", "How it was done", "What was trained and how, so that it can be done again.",
                 body);
}

}  // namespace study::page
