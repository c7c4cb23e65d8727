// SPDX-License-Identifier: MIT
// The first section: what came out.
#include <algorithm>
#include <cmath>

#include "chart.hpp"
#include "report_sections.hpp"

namespace study::page {

namespace {

/// The mean metric of the validation samples at the strength of a finding.
double validation_of(const Study& study, const Finding& finding) {
  for (const PolicyCurve& curve : study.curves)
    if (curve.policy == finding.policy)
      for (const GridPoint& point : curve.points)
        if (point.strength == finding.strength) return point.validation;
  return none;
}

std::string p_text(double p) {
  return !std::isfinite(p) ? dash : p < 0.001 ? "< 0.001" : written(p, "{:.3g}");
}

std::string forest(const Study& study) {
  const Metric m = metric(study.setup);
  Forest chart{std::string("Test ") + m.name() + ": difference to the unconstrained network",
               std::string("better than unconstrained to the right; ") + m.points()};
  for (const Finding& f : study.verdict.findings) {
    const Comparison& c = f.difference;
    if (c.pairs == 0) continue;
    const bool shown = std::isfinite(f.corrected_p) && f.corrected_p < 0.05;
    chart.rows.push_back({label(f.policy, f.strength), m.scale() * c.mean, m.scale() * c.low,
                          m.scale() * c.high, m.both(c),
                          !shown       ? 7
                          : c.mean > 0 ? 0
                                       : 1});
  }
  if (chart.rows.empty()) return "";
  return paragraph(
             "The picture shows each policy's mean difference to the unconstrained network of the same seed "
             "with its 95 % interval. An interval that crosses the line is no difference that these seeds "
             "can show. Blue is better and orange worse after Holm's correction, gray neither.") +
         figure(chart);
}

std::string table(const Study& study) {
  const Metric m = metric(study.setup);
  Table all({"policy", "strength", "validation", "test", "unconstrained", "difference", "95 % interval",
             "pairs", "corrected p"});
  for (const Finding& f : study.verdict.findings) {
    const bool paired = f.difference.pairs > 0;
    all.row({f.policy, strength_text(f.strength), m.value(validation_of(study, f)), m.value(f.test),
             m.value(f.unconstrained), paired ? m.difference(f.difference.mean) : dash,
             m.interval(f.difference), std::to_string(f.difference.pairs),
             paired ? p_text(f.corrected_p) : dash});
  }
  return all.html();
}

}  // namespace

std::string verdict_section(const Study& study) {
  if (!has_stage(study, "grid") && !has_stage(study, "final")) return "";
  std::string body;
  const auto& sentences = study.verdict.sentences;  // the first two are about the best policy
  for (std::size_t k = 0; k < std::min<std::size_t>(2, sentences.size()); ++k)
    body += paragraph(sentences[k], "say");
  body += forest(study) + table(study);
  if (sentences.size() > 2) body += subheading("In detail");
  for (std::size_t k = 2; k < sentences.size(); ++k) body += paragraph(sentences[k]);
  if (body.empty()) body = paragraph("These runs do not say anything yet.", "say");
  const std::string about =
      std::string("Differences are in ") + metric(study.setup).points() +
      " of the test samples, paired by seed; strengths were chosen without these. p is Student's, after "
      "Holm's correction over the policies.";
  return section("verdict", "Verdict",
                 "Which constraint helps: each policy at the strength that was best on the validation "
                 "samples, against the unconstrained network on the test samples.",
                 body + source(study, {"grid", "final"}, study.verdict.findings.empty() ? "" : about));
}

}  // namespace study::page
