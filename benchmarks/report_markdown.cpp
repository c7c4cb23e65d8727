// SPDX-License-Identifier: MIT
// The tables of docs/performance.md.
#include "report.hpp"

namespace bench {

void write_markdown(std::ostream& out, const Report& report) {
  for (const auto& [what, found] : report.about) out << "- " << what << ": " << found << '\n';
  std::string suite;
  for (const Case& results : report.cases)
    for (const Result& result : results) {
      const Line line = describe(result, first_of(results));
      if (line.suite != suite) {
        suite = line.suite;
        out << "\n### " << suite
            << "\n\n| case | who | median | spread | of the first | its spread | rate | of limit | |\n"
               "|---|---|--:|--:|--:|--:|--:|--:|---|\n";
      }
      for (const std::string* cell : {&line.name, &line.who, &line.median, &line.spread, &line.ratio,
                                      &line.ratio_spread, &line.rate, &line.limit, &line.notes})
        out << "| " << *cell << ' ';
      out << "|\n";
    }
}

}  // namespace bench
