// SPDX-License-Identifier: MIT
// Runs the rows that were asked for, those of one case in turns, and reports.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "report.hpp"

namespace bench {
namespace {

std::vector<Row>& rows() {
  static std::vector<Row> all;
  return all;
}

std::string case_of(const std::string& name) { return name.substr(0, name.rfind('/')); }

/// Keeps the seconds of every repetition by the row's name.
class Collector : public benchmark::BenchmarkReporter {
 public:
  explicit Collector(std::vector<Result>& results) : results_(results) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      for (Result& result : results_)
        if (result.row.name == run.run_name.function_name) {
          if (run.error_occurred)
            result.row.instead = run.error_message;
          else
            result.seconds.push_back(run.real_accumulated_time / static_cast<double>(run.iterations));
        }
    }
  }

 private:
  std::vector<Result>& results_;
};

struct Options {
  bool quick = false, list = false;
  std::string json, html;
  std::vector<std::string> filters;
};

constexpr const char* usage =
    "benchmark [options] [filter...]   a filter is a part of a row's name, as --list prints them\n"
    "  --list       print the names of all rows\n"
    "  --quick      few rows, short: that they run, not how fast\n"
    "  --json FILE  every repetition of every row\n"
    "  --html FILE  one page with the table and plots\n";

Options read(int argc, char** argv) {
  Options options;
  for (int k = 1; k < argc; ++k) {
    const std::string argument = argv[k];
    const auto value = [&] {
      if (k + 1 == argc) throw std::invalid_argument(fmt::format("{} needs a file name", argument));
      return std::string(argv[++k]);
    };
    if (argument == "--quick")
      options.quick = true;
    else if (argument == "--list")
      options.list = true;
    else if (argument == "--json")
      options.json = value();
    else if (argument == "--html")
      options.html = value();
    else if (argument.starts_with("-"))
      throw std::invalid_argument(fmt::format("unknown option {}", argument));
    else
      options.filters.push_back(argument);
  }
  return options;
}

std::string names() {
  std::string all;
  for (const Row& row : rows()) all += row.name + "\n";
  return all;
}

/// The rows that were asked for, by case in the order of their first rows.
std::vector<std::vector<Result>> select(const Options& options) {
  for (const std::string& filter : options.filters)
    if (std::none_of(rows().begin(), rows().end(),
                     [&](const Row& row) { return row.name.find(filter) != row.name.npos; }))
      throw std::invalid_argument(fmt::format("no row has '{}' in its name", filter));
  std::vector<std::vector<Result>> cases;
  for (const Row& row : rows()) {
    const bool asked = options.filters.empty()
                           ? row.quick || !options.quick
                           : std::any_of(options.filters.begin(), options.filters.end(),
                                         [&](const auto& f) { return row.name.find(f) != row.name.npos; });
    if (!asked) continue;
    auto same = std::find_if(cases.begin(), cases.end(),
                             [&](const auto& c) { return case_of(c.front().row.name) == case_of(row.name); });
    if (same == cases.end()) same = cases.insert(cases.end(), std::vector<Result>());
    same->push_back({row, {}});
  }
  return cases;
}

void measure(std::vector<Result>& results, const Options& options) {
  benchmark::ClearRegisteredBenchmarks();
  for (const Result& result : results)
    if (result.row.run) benchmark::RegisterBenchmark(result.row.name.c_str(), result.row.run)->UseRealTime();
  std::string arguments[] = {"bench", "--benchmark_enable_random_interleaving=true",
                             fmt::format("--benchmark_repetitions={}", options.quick ? 3 : 11),
                             fmt::format("--benchmark_min_time={}", options.quick ? 0.01 : 0.3)};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
  Collector collector(results);
  benchmark::RunSpecifiedBenchmarks(&collector);
}

}  // namespace

bool add(Row row) {
  rows().push_back(std::move(row));
  return true;
}

}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  Options options;
  std::vector<std::vector<Result>> cases;
  try {
    options = read(argc, argv);
    cases = select(options);
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "{}\n\n{}\nThe rows:\n{}", error.what(), usage, names());
    return 2;
  }
  if (options.list) return fmt::print("{}", names()), 0;
  describe_machine();
  std::vector<Result> results;
  for (auto& one : cases) {
    measure(one, options);
    print_case(one);
    results.insert(results.end(), one.begin(), one.end());
  }
  if (!options.json.empty()) write_json(options.json, results);
  if (!options.html.empty()) write_html(options.html, results);
  return 0;
}
