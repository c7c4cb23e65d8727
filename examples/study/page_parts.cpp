// SPDX-License-Identifier: MIT
// Tables, paragraphs and sections.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "page.hpp"

namespace study::page {

Table::Table(std::vector<std::string> names, std::size_t texts) : names_(std::move(names)), texts_(texts) {}

void Table::row(const std::vector<std::string>& cells) {
  rows_ += "<tr>";
  for (std::size_t k = 0; k < cells.size(); ++k)
    rows_ += (k < texts_ ? "<td>" : "<td class=\"n\">") + text(cells[k]) + "</td>";
  rows_ += "</tr>\n";
}

std::string Table::html() const {
  if (rows_.empty()) return "";
  std::string all = "<div class=\"table\"><table>\n<thead><tr>";
  for (std::size_t k = 0; k < names_.size(); ++k)
    all += (k < texts_ ? "<th>" : "<th class=\"n\">") + text(names_[k]) + "</th>";
  return all + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody>\n</table></div>\n";
}

bool has_stage(const Study& study, const std::string& stage) {
  return std::any_of(study.results.begin(), study.results.end(),
                     [&](const Result& r) { return r.trial.stage == stage; });
}

std::string source(const Study& study, std::initializer_list<const char*> stages, const std::string& more) {
  long runs = 0, failed = 0;
  std::set<long> seeds;
  std::set<std::string> present;
  for (const Result& r : study.results) {
    if (std::find(stages.begin(), stages.end(), r.trial.stage) == stages.end()) continue;
    ++runs;
    failed += r.failed.empty() ? 0 : 1;
    seeds.insert(r.trial.seed), present.insert(r.trial.stage);
  }
  if (runs == 0) return "";
  std::vector<std::string> names;
  for (const char* const stage : stages)
    if (present.contains(stage)) names.push_back(fmt::format("\u201c{}\u201d", stage));
  const std::string trouble = failed == 0 ? "" : fmt::format(", {} of which failed", failed);
  return paragraph(
      fmt::format("From {} of the stage{} {}{}, with {}.{}{}", counted(runs, "run"),
                  names.size() == 1 ? "" : "s", listed(names), trouble,
                  counted(static_cast<long>(seeds.size()), "seed"), more.empty() ? "" : " ", more),
      "source");
}

std::string paragraph(const std::string& plain, const char* style) {
  const std::string open = *style == 0 ? "<p>" : fmt::format("<p class=\"{}\">", style);
  return open + text(plain) + "</p>\n";
}

std::string beside(const std::string& figures, bool small) {
  if (figures.empty()) return "";
  return std::string("<div class=\"charts") + (small ? " small" : "") + "\">\n" + figures + "</div>\n";
}

std::string subheading(const std::string& plain) { return "<h3>" + text(plain) + "</h3>\n"; }

std::string section(const char* id, const char* title, const std::string& lead, const std::string& body) {
  if (body.empty()) return "";
  return fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", id, text(title)) + paragraph(lead) + body +
         "</section>\n";
}

}  // namespace study::page
