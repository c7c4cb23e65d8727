// SPDX-License-Identifier: MIT
// The results as a table for other programs.
#include <fmt/core.h>

#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "own_files.hpp"
#include "results_file.hpp"

namespace study {

namespace {

/// A field as RFC 4180 writes it: between quotes where it has a sign that means something.
std::string quoted(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

/// The shortest text that reads back as the same number; nothing for a NaN, which is no measurement.
std::string written(double x) { return std::isnan(x) ? "" : fmt::format("{}", x); }

}  // namespace

std::string csv_of(const std::vector<Result>& results) {
  std::set<std::string> names;
  for (const Result& result : results)
    for (const auto& [name, value] : result.numbers) names.insert(name);
  std::string text = table_mark;
  for (const std::string& name : names) text += ',' + quoted(name);
  text += '\n';
  for (const Result& result : results) {
    const Trial& t = result.trial;
    text += quoted(t.stage) + ',' + quoted(t.policy) + ',' + written(t.strength) + ',' + written(t.level) +
            ',' + std::to_string(t.seed) + ',' + quoted(result.failed);
    for (const std::string& name : names) {
      const auto found = result.numbers.find(name);
      text += ',' + (found == result.numbers.end() ? "" : written(found->second));
    }
    text += '\n';
  }
  return text;
}

}  // namespace study
