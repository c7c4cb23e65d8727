// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <fmt/core.h>

#include <array>
#include <string_view>

#include "espalier/report/html_page.hpp"
#include "own_files.hpp"
#include "report_recurrent.hpp"
#include "report_sections.hpp"

namespace study {

namespace {

/// What this page adds to the library's style.
constexpr std::string_view more_style = R"(
h2 { font-size: 1.25rem; margin: 2.2rem 0 .5rem; padding-top: .6rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.02rem; margin: 1.5rem 0 .3rem; } section > p { max-width: 62rem; }
a { color: var(--s0); } nav { margin: .8rem 0; } nav a { margin-right: 1.1rem; white-space: nowrap; }
.say { font-size: 1.08rem; } .source { color: var(--dim); font-size: .85rem; margin-top: .6rem; }
.charts { margin: .7rem 0; grid-template-columns: repeat(auto-fill, minmax(min(100%, 31rem), 1fr)); } .charts.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
.small figcaption small { display: block; } figure.forest { max-width: 60rem; margin: .7rem 0; } .charts figure.wide { margin-top: 0; }
.forest { overflow-x: auto; } .forest > svg { min-width: 34rem; }
.table { margin: .7rem 0; } td:last-child { min-width: 0; } td:not(.n) { white-space: normal; }
th { white-space: normal; vertical-align: bottom; } td.n:last-child { white-space: nowrap; }
.line, .whisker, .level, .best { fill: none; } .line { stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.line.s4, .line.s5, .line.s6, .line.s7 { stroke-dasharray: 7 4.5; } .rows .line { stroke-dasharray: none; }
.whisker { stroke-width: 1.2; } .dot { stroke-width: 3.2; }
.level { stroke: var(--ink); stroke-width: 1.4; stroke-dasharray: 3 3; } .best { stroke: var(--s2); stroke-width: 1.4; }
.hurts { fill: var(--s1); fill-opacity: .13; } .mark, .rows text { fill: var(--ink); font: 12px system-ui, sans-serif; }
@media print { body { max-width: none; } .charts, .charts.small { grid-template-columns: 1fr 1fr; } nav { display: none; }
  .forest > svg { min-width: 0; }
  h2, h3 { break-after: avoid; } th, td { padding-right: .5rem; } a { color: inherit; } }
)";

struct Part {
  const char *id, *title;
  std::string html;
};

std::string progress(const page::Study& study) {
  const auto done = static_cast<long>(study.results.size());
  if (done >= study.planned && done > 0)
    return page::paragraph(fmt::format("All {} are done.", page::counted(done, "run")), "state");
  return page::paragraph(fmt::format("This study is not finished: {} of {} are done{}", done,
                                     page::counted(study.planned, "run"),
                                     done == 0 ? ", so there is nothing to see yet."
                                               : ". What follows is about these alone and may change."),
                         "note");
}

std::string contents(const std::vector<Part>& parts) {
  std::string all;
  for (const Part& part : parts)
    if (!part.html.empty()) all += fmt::format("<a href=\"#{}\">{}</a>\n", part.id, page::text(part.title));
  return "<nav>\n" + all + "</nav>\n";
}

}  // namespace

std::string html_report(const Setup& setup, const std::vector<Result>& results,
                        const std::vector<FilterWeights>& filters, long planned) {
  const page::Study study{setup, results, filters, planned, curves(setup, results), verdict(setup, results)};
  const std::vector<Part> parts{{"verdict", "Verdict", page::verdict_section(study)},
                                {"generalization", "Generalization", page::generalization_section(study)},
                                {"strength", "Where too strong underfits", page::strength_section(study)},
                                {"features", "Feature learning", page::feature_section(study)},
                                {"gradient", "Gradient flow", page::gradient_section(study)},
                                {"recovery", "Recovery", page::recovery_section(study)},
                                {"recurrent", "Recurrent networks", recurrent_section(setup, results)},
                                {"cost", "Cost", page::cost_section(study)},
                                {"method", "How it was done", page::method_section(study)}};
  const bool finished = !results.empty() && static_cast<long>(results.size()) >= planned;
  const std::string title = std::string("Constraints on ") +
                            (setup.where == "all" ? "all layers" : "the input layer") + ": " +
                            page::text(setup.data);
  std::string all = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n" +
                    std::string(page_mark) +
                    "\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
                    title + (finished ? "" : " (not finished)") + "</title>\n<style>";
  all.append(espalier::detail::page_style).append(more_style).append("</style>\n</head>\n<body>\n");
  all += "<h1>" + title + "</h1>\n" + progress(study) + contents(parts);
  for (const Part& part : parts) all += part.html;
  return all + "</body>\n</html>\n";
}

}  // namespace study
