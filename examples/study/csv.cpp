// SPDX-License-Identifier: MIT
// The results as a table for other programs.
#include <fmt/format.h>

#include <set>

#include "results_file.hpp"

namespace study {
namespace {

/// RFC 4180: what has a comma, a quote or the end of a line stands in quotes.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::string csv_of(const std::vector<Result>& results) {
  std::set<std::string> names;
  for (const Result& result : results)
    for (const auto& [name, number] : result.numbers) names.insert(name);
  std::string text = "stage,policy,strength,level,seed";
  for (const std::string& name : names) text += ',' + field(name);
  text += ",failed\n";
  for (const Result& result : results) {
    const Trial& trial = result.trial;
    text += fmt::format("{},{},{},{},{}", field(trial.stage), field(trial.policy), trial.strength,
                        trial.level, trial.seed);
    for (const std::string& name : names) {
      const auto found = result.numbers.find(name);
      text += found == result.numbers.end() ? std::string(",") : fmt::format(",{}", found->second);
    }
    text += fmt::format(",{}\n", field(result.failed));
  }
  return text;
}

}  // namespace study
