// SPDX-License-Identifier: MIT
// The page that shows a run: its state, charts, pictures and parameters.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "espalier/report/filter_picture.hpp"
#include "espalier/report/line_chart.hpp"
#include "espalier/report/run_readings.hpp"

namespace espalier::detail {

enum class RunState { running, finished, broken };

struct Page {
  std::string title;
  RunState state = RunState::running;
  long epochs = 0;  ///< that were planned
  std::vector<std::string> notes{};
  EpochTable table{};
  std::vector<ParameterNumbers> parameters{};  ///< after the last epoch
  std::optional<Filters> filters{};
};

/// Colors 0 to 7 are told apart by people who see few colors too (after Okabe & Ito 2008, darker or lighter
/// where the background asks for it), and the last four are dashed.
inline constexpr std::string_view page_style = R"(
:root { --ink: #1c2024; --dim: #5c6670; --paper: #fff; --card: #f6f7f9; --rule: #d9dde2;
  --s0: #0067a8; --s1: #c85200; --s2: #00805f; --s3: #b0579a; --s4: #8a6d00; --s5: #2f93c9; --s6: #7a4a2b; --s7: #555; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark;
  --ink: #e4e7ea; --dim: #9aa4ae; --paper: #15181b; --card: #1e2226; --rule: #363c43;
  --s0: #5fb0ea; --s1: #f39245; --s2: #3fc79d; --s3: #e08dc9; --s4: #dcc04c; --s5: #a5d8f5; --s6: #cf9a78; --s7: #b5bcc4; } }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; padding: 1.5rem;
  max-width: 84rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .6rem; }
p { margin: .3rem 0; } .state, figure p, small { color: var(--dim); } small { font-weight: normal; }
.note { border-left: 3px solid var(--s1); padding-left: .7rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .7rem; margin: 1rem 0; }
dl div, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 6px; padding: .6rem .8rem; }
dt { color: var(--dim); font-size: .85rem; } dd { margin: 0; font-size: 1.25rem; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 31rem), 1fr)); gap: .9rem; align-items: start; }
figure { margin: 0; } figure.wide { margin-top: .9rem; } figcaption { font-weight: 600; margin-bottom: .3rem; }
figure > svg { display: block; width: 100%; height: auto; }
.grid path { stroke: var(--rule); } .grid text { fill: var(--dim); font: 12px system-ui, sans-serif; }
polyline { fill: none; stroke-width: 20; stroke-linejoin: round; stroke-linecap: round; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); }
.s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
polyline.s4, polyline.s5, polyline.s6, polyline.s7 { stroke-dasharray: 70 45; }
.key .s4, .key .s5, .key .s6, .key .s7 { stroke-dasharray: 6 4; }
circle { fill: none; stroke-width: 40; }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; padding: 0; margin: .4rem 0 0; font-size: .85rem; }
.key { width: 26px; height: 8px; } .key path { stroke-width: 2.5; fill: none; } b { font-variant-numeric: tabular-nums; font-weight: 600; }
.filters { display: block; max-width: 100%; height: auto; image-rendering: pixelated;
  background: var(--rule); -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.table { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; font-size: .88rem; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; white-space: nowrap; }
td:last-child { white-space: normal; min-width: 17rem; } th { color: var(--dim); font-weight: 600; } .n { text-align: right; font-variant-numeric: tabular-nums; }
@media print { html { font-size: 10px; } body { padding: 0 2px; max-width: none; font-size: 10px; } figure, dl div, tr { break-inside: avoid; }
  .charts { grid-template-columns: 1fr 1fr; } figure, dl div { background: none; }
  .table { overflow: visible; } }
)";

/// A chart of all columns that say something; 8 lines in a picture.
inline std::string charts(const Page& page, Chart kind, const std::string& title, LineChart options) {
  std::vector<Curve> lines;
  for (std::size_t k = 0; k < page.table.columns().size(); ++k) {
    const EpochTable::Column& column = page.table.columns()[k];
    if (column.chart != kind) continue;
    std::vector<double> numbers = page.table.numbers(k);
    const bool may_be_idle = kind == Chart::zeros || column.name == "penalty";
    const auto counts = [&](double x) { return is_shown(x) && !(may_be_idle && x == 0); };
    if (std::any_of(numbers.begin(), numbers.end(), counts))
      lines.push_back({column.name, std::move(numbers)});
  }
  constexpr std::size_t most = 8;
  const std::size_t pictures = (lines.size() + most - 1) / most;
  std::string text;
  for (std::size_t k = 0; k < pictures; ++k) {
    options.title = pictures == 1 ? title : format_message("{}, {} of {}", {title, k + 1, pictures});
    const auto first = static_cast<std::ptrdiff_t>(k * most);
    const auto last = static_cast<std::ptrdiff_t>(std::min(lines.size(), (k + 1) * most));
    options.lines.assign(lines.begin() + first, lines.begin() + last);
    text += figure(options);
  }
  return text;
}

inline std::string all_charts(const Page& page) {
  constexpr std::size_t points = 14000;  // of all lines, 9 bytes each: the page stays below 200 kB
  LineChart plain;
  plain.epochs = page.table.epochs();
  plain.most = std::clamp<std::size_t>(points / (page.table.columns().size() + 1), 40, 400);
  LineChart share = plain;
  share.unit = " %", share.from_zero = true;
  LineChart rate = plain;
  rate.from_zero = true;
  return "<div class=\"charts\">\n" + charts(page, Chart::loss, "Loss", plain) +
         charts(page, Chart::metric, "Metrics", plain) + charts(page, Chart::rate, "Learning rate", rate) +
         charts(page, Chart::weight_norms, "Norms of weights, by layer", plain) +
         charts(page, Chart::gradient_norms, "Norms of gradients, by layer", plain) +
         charts(page, Chart::zeros, "Weights that are exactly 0", share) +
         charts(page, Chart::active, "Share that a policy changed in the last step", share) + "</div>\n";
}

/// The last number of that name and the epoch of the smallest, or of the largest.
inline std::string latest(const Page& page, Chart chart, const std::string& name, std::string label,
                          int best) {
  const std::vector<double> numbers = page.table.numbers(chart, name);
  if (numbers.empty() || !is_shown(numbers.back())) return "";
  std::string text = format_message("<div><dt>{}</dt><dd>{:.4g}</dd>", {label, numbers.back()});
  if (best != 0) {
    std::size_t k = numbers.size() - 1;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (best * numbers[i] > best * numbers[k] || (numbers[i] == numbers[k] && i < k)) k = i;
    text += format_message("<dt>best {:.4g}, epoch {:.0f}</dt>", {numbers[k], page.table.epochs()[k]});
  }
  return text + "</div>\n";
}

inline std::string heading(const Page& page) {
  const long done = page.table.rows() == 0 ? 0 : std::lround(page.table.epochs().back());
  const char* const words = page.state == RunState::running ? "running"
                            : page.state == RunState::finished
                                ? (done < page.epochs ? "ended early" : "finished")
                                : "broken off by an error";
  std::string text = format_message("<h1>{}</h1>\n<p class=\"state\">Epoch {} of {}, {}.</p>\n",
                                    {escaped(page.title), done, page.epochs, words});
  for (const std::string& note : page.notes) text += "<p class=\"note\">" + escaped(note) + "</p>\n";
  if (done == 0) return text;
  return text + "<dl>\n" + latest(page, Chart::loss, "training, mean over the epoch", "training loss", -1) +
         latest(page, Chart::loss, "training, after the epoch", "training loss after it", -1) +
         latest(page, Chart::loss, "validation", "validation loss", -1) +
         latest(page, Chart::metric, "validation accuracy", "validation accuracy", 1) +
         latest(page, Chart::rate, "learning rate", "learning rate", 0) +
         latest(page, Chart::none, "seconds", "seconds", 0) + "</dl>\n";
}

inline std::string policies_of(const ParameterNumbers& p) {
  std::string text;
  for (const auto& [name, a] : p.policies)
    text += format_message("{}{}: acted in {} of {} steps",
                           {text.empty() ? "" : "<br/>", escaped(name), a.acted, a.steps});
  if (!p.untrained.empty()) (text += text.empty() ? "" : "<br/>") += escaped(p.untrained);
  return text.empty() ? "free" : text;
}

inline std::string parameter_table(const Page& page) {
  std::string text =
      "<h2>Parameters</h2>\n<div class=\"table\"><table>\n<tr><th>parameter</th>"
      "<th class=\"n\">shape</th><th class=\"n\">zeros</th><th class=\"n\">norm</th><th class=\"n\">norm of "
      "the gradient</th>"
      "<th>policies</th></tr>\n";
  for (const ParameterNumbers& p : page.parameters)
    text += format_message(
        "<tr><td>{}</td><td class=\"n\">{} x {}</td><td class=\"n\">{}</td><td class=\"n\">{:.4g}"
        "</td><td class=\"n\">{:.4g}</td><td>{}</td></tr>\n",
        {escaped(p.path), p.rows, p.cols, p.zeros, p.norm, p.gradient, policies_of(p)});
  return text + "</table></div>\n";
}

/// The page as text: HTML that is XML too, without scripts, and with nothing that is elsewhere.
inline std::string html(const Page& page) {
  constexpr std::string_view again = "<meta http-equiv=\"refresh\" content=\"5\"/>\n";  // seconds
  std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n";
  if (page.state == RunState::running) text += again;
  text += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
          escaped(page.title) + "</title>\n<style>";
  text.append(page_style).append("</style>\n</head>\n<body>\n") += heading(page);
  if (page.table.rows() > 0) text += all_charts(page);
  if (page.filters) text += figure(*page.filters);
  if (!page.parameters.empty()) text += parameter_table(page);
  return text + "</body>\n</html>\n";
}

}  // namespace espalier::detail
