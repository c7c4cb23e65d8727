// SPDX-License-Identifier: MIT
// Where too strong underfits, and what the first layer learned.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "espalier/report/filter_picture.hpp"
#include "report_sections.hpp"

namespace study::page {

namespace {

/// The mean metric of the validation samples without a constraint; NaN without such runs.
double free_level(const Study& study) {
  for (const Group& g : groups(study, "grid"))
    if (g.policy == free_name) return mean(g.values("validation"));
  return none;
}

const GridPoint* point_at(const PolicyCurve& curve, long place) {
  return place >= 0 && place < static_cast<long>(curve.points.size())
             ? &curve.points[static_cast<std::size_t>(place)]
             : nullptr;
}

std::string chart_of(const PolicyCurve& curve, const Metric& m, double unconstrained) {
  const auto& points = curve.points;
  Chart chart{curve.policy, "strength, stronger to the right", m.axis()};
  ChartSeries train{"training", {}, 1}, validation{"validation", {}, 0};
  for (const GridPoint& p : points) {
    const double half = m.scale() * (p.difference.high - p.difference.low) / 2, y = m.scale() * p.validation;
    train.points.push_back({p.strength, m.scale() * p.train});
    validation.points.push_back({p.strength, y, y - half, y + half});
  }
  chart.series = {train, validation};
  chart.log_x = chart.small = true;
  chart.log_y = !m.accuracy;  // errors may grow without bound
  chart.reversed = points.front().strength > points.back().strength;
  if (std::isfinite(unconstrained)) {
    chart.level = m.scale() * unconstrained;
    chart.level_name = "validation, unconstrained";
  }
  if (const GridPoint* const best = point_at(curve, curve.best)) chart.best = best->strength;
  if (const GridPoint* const hurts = point_at(curve, curve.hurts_from)) chart.hurts_from = hurts->strength;
  return figure(chart);
}

std::string curve_table(const Study& study, const Metric& m) {
  Table all({"policy", "strengths", "best", "training there", "validation there",
             "difference (95 % interval)", "hurts from", "failed runs"});
  for (const PolicyCurve& curve : study.curves) {
    if (curve.points.empty()) continue;
    const GridPoint *const best = point_at(curve, curve.best), *const hurts =
                                                                   point_at(curve, curve.hurts_from);
    long runs = 0, failed = 0;
    for (const GridPoint& p : curve.points) runs += p.runs, failed += p.failed;
    const std::string first = strength_text(curve.points.front().strength),
                      last = strength_text(curve.points.back().strength);
    all.row({curve.policy, curve.points.size() == 1 ? first : first + " to " + last,
             best ? strength_text(best->strength) : dash, best ? m.value(best->train) : dash,
             best ? m.value(best->validation) : dash, best ? m.both(best->difference) : dash,
             !hurts                 ? "none"
             : hurts->strength == 0 ? "it does"
                                    : strength_text(hurts->strength),
             fmt::format("{} of {}", failed, runs)});
  }
  return all.html();
}

std::string filter_pictures(const Study& study) {
  const Setup& s = study.setup;
  if (s.image_rows < 1 || s.image_columns < 1 || study.filters.empty()) return "";
  constexpr long pixels = 500000;  // of all pictures; two are a byte, and a third more as text
  const long each = pixels / static_cast<long>(study.filters.size()), size = s.image_rows * s.image_columns;
  std::string all;
  for (const FilterWeights& w : study.filters) {
    if (w.rows < 1 || w.columns < 1 || static_cast<long>(w.weights.size()) != w.rows * w.columns) continue;
    const espalier::Image shape{s.image_rows, s.image_columns, std::max(1L, w.columns / size)};
    espalier::detail::Filters filters{label(w.policy, w.strength), shape, w.rows, w.columns, {}};
    if (w.columns == shape.size()) {
      const long shown =
          std::min(espalier::detail::shown_filters(w.rows, shape), std::max(1L, each / w.columns));
      filters.weights.assign(w.weights.begin(), w.weights.begin() + shown * w.columns);
    }
    all += espalier::detail::figure(filters);
  }
  if (all.empty()) return "";
  return subheading("What the neurons of the first layer look for") +
         paragraph(
             "Each small picture is the incoming weights of a neuron, at the places of the pixels that "
             "they belong to. Pictures of the same place began with the same weights.") +
         beside(all);
}

}  // namespace

std::string strength_section(const Study& study) {
  if (!has_stage(study, "grid")) return "";
  const Metric m = metric(study.setup);
  const double unconstrained = free_level(study);
  std::string pictures;
  for (const PolicyCurve& curve : study.curves)
    if (curve.points.size() > 1) pictures += chart_of(curve, m, unconstrained);
  return section(
      "strength", "Where too strong underfits",
      "Training and validation metric of each policy by its strength, which grows to the right; "
      "\u201cbest\u201d "
      "is the strength that was chosen, and in the shaded part the policy does harm.",
      paragraph(
          "Whiskers are 95 % intervals of the paired difference to the unconstrained network, so one "
          "that does not touch the dashed line is a difference. \u201cHurts from here\u201d is the "
          "weakest strength from which on all are worse in this sense. Where training gets worse together "
          "with validation, the network underfits. (Validation samples stand for test samples here, which "
          "are looked at once, at the end, at the chosen strength alone.)") +
          beside(pictures, true) + curve_table(study, m) +
          source(study, {"grid"}, "No policy is corrected for the number of strengths here."));
}

std::string feature_section(const Study& study) {
  Table all({"policy", "strength", "weights exactly 0", "inputs never read", "effective rank",
             "similarity to unconstrained", "largest row norm", "largest share of one input"});
  for (const Group& g : groups(study, "final")) {
    const auto of = [&](const char* name) { return mean(g.values(name)); };
    all.row({g.policy, strength_text(g.strength), percent(of("zeros")), written(of("unread"), "{:.1f}"),
             written(of("effective_rank"), "{:.2f}"), written(of("similarity"), "{:.3f}"),
             near_one(of("row_norm")), percent(of("input_share"))});
  }
  const std::string source_of_table = source(
      study, {"final"},
      fmt::format("Numbers are means over seeds of the first layer, which reads {}; similarity is that of "
                  "its rows to those of the unconstrained run of the seed, and the share of an input "
                  "is in the squares of all weights.",
                  counted(study.setup.features, "input")));
  return section(
      "features", "Feature learning",
      "What the first layer became under each policy: which weights and inputs it does without, and "
      "how far its filters are from the unconstrained ones.",
      (all.empty() ? "" : all.html() + source_of_table) + filter_pictures(study));
}

}  // namespace study::page
