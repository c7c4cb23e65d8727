// SPDX-License-Identifier: MIT
// One page that needs nothing else: each case as a table with bars.
#include <fmt/format.h>

#include "report.hpp"

namespace bench {
namespace {

constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>espalier: benchmarks</title>
<style>
  body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 78em; padding: 0 1em; color: #222; }
  table { border-collapse: collapse; width: 100%; }
  th { text-align: left; padding-top: 1.2em; border-bottom: 1px solid #bbb; font-weight: 600; }
  td { padding: .1em .8em .1em 0; white-space: nowrap; }
  td.n { text-align: right; font-variant-numeric: tabular-nums; }
  .noisy { color: #b50; }
  dt { float: left; clear: left; width: 13em; color: #666; }
  dd { margin-left: 13em; }
  .bar { fill: #8ab; } .first { fill: #386; } .whisker { stroke: #222; } .limit { stroke: #c22; stroke-width: 2; }
</style>
<h1>espalier: benchmarks</h1>
<p>A bar is the median of one iteration, its whisker leads from quartile to quartile, the red line is the least
time that the limits of this machine's thread allow. Rows of a case were measured in turns; ratios are of the
time over that of the first row (green). A ratio whose quartiles are more than 10 % of it apart is noisy.</p>
)";

std::string escaped(const std::string& s) {
  std::string all;
  for (const char c : s)
    all += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return all;
}

/// The bar of a row; `longest` seconds fill the width.
std::string bar(const Result& result, bool first, double longest) {
  constexpr double width = 260;
  const Figure time = summarize(result.seconds);
  const auto x = [&](double seconds) { return width * seconds / longest; };
  std::string svg =
      fmt::format(R"(<svg width="{}" height="16"><rect class="{}" y="2" width="{:.1f}" height="12"/>)",
                  width + 4, first ? "first" : "bar", std::max(x(time.median), 0.5));
  svg += fmt::format(R"(<line class="whisker" x1="{:.1f}" x2="{:.1f}" y1="8" y2="8"/>)", x(time.lower),
                     x(time.upper));
  if (const double least = machine().least(result.row.work); least > 0)
    svg += fmt::format(R"(<line class="limit" x1="{0:.1f}" x2="{0:.1f}" y1="0" y2="16"/>)", x(least));
  return svg + "</svg>";
}

void write_case(std::ostream& out, const Case& results) {
  const Result* first = first_of(results);
  double longest = 0;
  for (const Result& result : results)
    if (result.measured())
      longest = std::max({longest, summarize(result.seconds).upper, machine().least(result.row.work)});
  out << "<tr><th>" << escaped(describe(results.front(), first).name)
      << "<th><th>median<th>spread<th>of first<th>spread<th>rate<th>of limit<th>\n";
  for (const Result& result : results) {
    const Line line = describe(result, first);
    out << "<tr><td>" << escaped(line.who) << "<td>"
        << (result.measured() ? bar(result, &result == first, longest) : "");
    for (const std::string* cell :
         {&line.median, &line.spread, &line.ratio, &line.ratio_spread, &line.rate, &line.limit})
      out << (cell->ends_with("noisy") ? "<td class=\"n noisy\">" : "<td class=n>") << escaped(*cell);
    out << "<td>" << escaped(line.notes) << '\n';
  }
}

}  // namespace

void write_html(std::ostream& out, const Report& report) {
  out << head << "<dl>\n";
  for (const auto& [what, found] : report.about)
    out << "<dt>" << escaped(what) << "<dd>" << escaped(found) << '\n';
  out << "</dl>\n";
  std::string suite;
  for (const Case& results : report.cases) {
    if (const std::string name = describe(results.front(), nullptr).suite; name != suite) {
      if (!suite.empty()) out << "</table>\n";
      suite = name;
      out << "<h2>" << escaped(suite) << "</h2>\n<table>\n";
    }
    write_case(out, results);
  }
  out << (suite.empty() ? "" : "</table>\n") << "</html>\n";
}

}  // namespace bench
