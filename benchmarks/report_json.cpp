// SPDX-License-Identifier: MIT
// Everything that was measured, for programs.
#include <fmt/format.h>

#include <cmath>

#include "report.hpp"

namespace bench {
namespace {

std::string text(const std::string& s) {
  std::string all = "\"";
  for (const char c : s)
    if (c == '"' || c == '\\')
      all += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 32)
      all += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      all += c;
  return all + "\"";
}

/// JSON knows neither NaN nor infinity.
std::string number(double x) { return std::isfinite(x) ? fmt::format("{:.9g}", x) : "null"; }

std::string numbers(const std::vector<double>& values) {
  std::string all = "[";
  for (const double x : values) all.append(all.size() > 1 ? ", " : "").append(number(x));
  return all + "]";
}

std::string figure(const Figure& f) {
  return fmt::format(R"({{"median": {}, "quartiles": [{}, {}], "spread": {}, "noisy": {}}})",
                     number(f.median), number(f.lower), number(f.upper), number(f.spread()), f.noisy());
}

std::string object(const Result& result, const Result* first) {
  std::string all = fmt::format("    {{\"name\": {}", text(result.row.name));
  if (!result.measured())
    return all + fmt::format(", \"not_measured\": {}}}", text(describe(result, first).notes));
  const Work& work = result.row.work;
  const Figure time = summarize(result.seconds);
  all += fmt::format(",\n     \"seconds\": {},\n     \"time\": {}", numbers(result.seconds), figure(time));
  if (first && first != &result)
    all += fmt::format(",\n     \"first\": {}, \"ratio\": {}", text(first->row.name),
                       figure(ratio(result.seconds, first->seconds)));
  if (const double least = machine().least(work); least > 0)
    all += fmt::format(",\n     \"flops\": {}, \"parameters\": {}, \"of_limit\": {}", number(work.flops),
                       number(work.parameters), number(least / time.median));
  for (const auto& [unit, values] : result.counters)
    all += fmt::format(",\n     {}: {}", text(unit), numbers(values));
  return all + "}";
}

}  // namespace

void write_json(std::ostream& out, const Report& report) {
  out << "{\n  \"about\": {";
  for (std::size_t k = 0; k < report.about.size(); ++k)
    out << (k ? ",\n    " : "\n    ") << text(report.about[k].first) << ": " << text(report.about[k].second);
  const Machine& m = machine();
  out << fmt::format("\n  }},\n  \"limits\": {{\"flops\": {}, \"updates\": [", number(m.flops));
  for (std::size_t k = 0; k < m.updates.size(); ++k)
    out << fmt::format("{}{{\"parameters\": {}, \"bytes\": {}}}", k ? ", " : "",
                       number(m.updates[k].parameters), number(m.updates[k].bytes));
  out << "]},\n";
  out << "  \"rows\": [";
  const char* separator = "\n";
  for (const Case& results : report.cases)
    for (const Result& result : results) {
      out << separator << object(result, first_of(results));
      separator = ",\n";
    }
  out << "\n  ]\n}\n";
}

}  // namespace bench
