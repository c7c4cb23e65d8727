// SPDX-License-Identifier: MIT
// Runs the rows that were asked for, those of one case in turns, and reports. On Google Benchmark rather than
// Catch2's, which measures one row to its end before the next, so that a machine that slows down meanwhile
// is taken for a slow row; here the rows of a case take turns, and rows carry counters.
#include <fmt/format.h>
#include <espalier/core/threads.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "environment.hpp"
#include "report.hpp"

namespace bench {
namespace {

std::vector<Row>& rows() {
  static std::vector<Row> all;
  return all;
}

/// Keeps what every repetition found by the row's name.
class Collector : public benchmark::BenchmarkReporter {
 public:
  explicit Collector(Case& results) : results_(results) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      for (Result& result : results_) {
        if (result.row.name != run.run_name.function_name) continue;
        if (run.error_occurred) {
          result.failure = run.error_message;
          continue;
        }
        result.seconds.push_back(run.real_accumulated_time / static_cast<double>(run.iterations));
        for (const auto& [unit, counter] : run.counters) result.counters[unit].push_back(counter);
      }
    }
  }

 private:
  Case& results_;
};

/// A file that is written in the end, but opened at once: an hour of measurements must not fail then. Until
/// then it keeps what was in it.
struct Output {
  std::string file;
  void (*write)(std::ostream&, const Report&);

  void open(std::ofstream& stream, std::ios::openmode mode) const {
    stream.open(file, mode);
    if (!stream) throw std::runtime_error(fmt::format("cannot write {}: {}", file, std::strerror(errno)));
  }
};

struct Options {
  bool quick = false, list = false, help = false;
  std::vector<Output> outputs;
  std::vector<std::string> filters;
};

constexpr const char* usage =
    "./dev bench [options] [filter...]   a filter is a part of a row's name, as --list prints them\n"
    "  --list           print the names of the rows, and measure nothing\n"
    "  --quick          few rows, short: that they run, not how fast\n"
    "  --json FILE      every repetition of every row\n"
    "  --markdown FILE  the tables, as in docs/performance.md\n"
    "  --html FILE      one page with tables and plots\n"
    "  --with-libtorch  install the peer first (apt-get), if it is missing\n";

Options read(int argc, char** argv) {
  Options options;
  for (int k = 1; k < argc; ++k) {
    const std::string argument = argv[k];
    const auto output = [&](auto write) {
      if (k + 1 == argc || argv[k + 1][0] == '-')
        throw std::invalid_argument(fmt::format("{} needs a file name", argument));
      options.outputs.push_back({argv[++k], write});
    };
    if (argument == "--quick")
      options.quick = true;
    else if (argument == "--list")
      options.list = true;
    else if (argument == "--help")
      options.help = true;
    else if (argument == "--json")
      output(write_json);
    else if (argument == "--markdown")
      output(write_markdown);
    else if (argument == "--html")
      output(write_html);
    else if (argument.starts_with("-"))
      throw std::invalid_argument(fmt::format("unknown option {}", argument));
    else
      options.filters.push_back(argument);
  }
  return options;
}

std::string names(const std::vector<Case>& cases) {
  std::string all;
  for (const Case& results : cases)
    for (const Result& result : results) all += result.row.name + "\n";
  return all;
}

/// The rows that were asked for, by suite and case in the order of their first rows.
std::vector<Case> select(const Options& options) {
  const auto matches = [](const Row& row, const std::string& filter) {
    return row.name.find(filter) != row.name.npos;
  };
  for (const std::string& filter : options.filters)
    if (std::none_of(rows().begin(), rows().end(), [&](const Row& row) { return matches(row, filter); }))
      throw std::invalid_argument(fmt::format("no row has '{}' in its name", filter));
  std::vector<Case> cases;
  for (const Row& row : rows()) {
    const bool asked = options.filters.empty() ? row.quick || !options.quick
                                               : std::any_of(options.filters.begin(), options.filters.end(),
                                                             [&](const auto& f) { return matches(row, f); });
    if (!asked) continue;
    const auto same = std::find_if(cases.begin(), cases.end(),
                                   [&](const Case& c) { return case_of(c.front().row) == case_of(row); });
    if (same != cases.end()) {
      same->push_back({row});
      continue;
    }
    const auto last_of_suite = std::find_if(cases.rbegin(), cases.rend(), [&](const Case& c) {
      return suite_of(c.front().row) == suite_of(row);
    });
    cases.insert(last_of_suite == cases.rend() ? cases.end() : last_of_suite.base(), Case{{row}});
  }
  return cases;
}

/// One repetition of each row, one after another, and again: what slows the machine down for a while slows
/// all of them. Cases that take long get fewer rounds.
void measure(Case& results, bool quick) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds enough(45);
  const int most = quick ? 3 : 31, fewest = quick ? 3 : 5;
  std::string min_time = fmt::format("--benchmark_min_time={}", quick ? 0.01 : 0.1), name = "bench";
  char* argv[] = {name.data(), min_time.data()};
  int argc = 2;
  benchmark::Initialize(&argc, argv);
  Collector collector(results);
  const auto begin = Clock::now();
  for (int round = 0; round < fewest || (round < most && Clock::now() - begin < enough); ++round) {
    benchmark::ClearRegisteredBenchmarks();
    int registered = 0;
    for (const auto& [row, seconds, counters, failure] : results) {
      if (!row.run || !failure.empty()) continue;
      if (row.processes > 0 && round >= (quick ? 1 : row.processes)) continue;
      auto* run = benchmark::RegisterBenchmark(row.name.c_str(), row.run);
      ++registered;
      if (row.processes > 0)
        run->UseManualTime()->Iterations(1);
      else
        run->UseRealTime();
    }
    if (registered > 0) benchmark::RunSpecifiedBenchmarks(&collector);
  }
}

/// 1 if a row failed.
int run(const Options& options, std::vector<Case> cases) {
  for (const Output& output : options.outputs) {
    std::ofstream stream;
    output.open(stream, std::ios::app);
  }
  Report report{describe_run(options.quick), std::move(cases)};
  print_head(report.about);
  int failed = 0;
  for (Case& results : report.cases) {
    measure(results, options.quick);
    print_case(results);
    for (const Result& result : results) failed |= !result.failure.empty();
  }
  for (const Output& output : options.outputs) {
    std::ofstream stream;
    output.open(stream, std::ios::trunc);
    output.write(stream, report);
    if (!stream.flush())
      throw std::runtime_error(fmt::format("cannot write all of {}: {}", output.file, std::strerror(errno)));
  }
  return failed;
}

}  // namespace

bool add(Row row) {
  row.first = std::none_of(rows().begin(), rows().end(),
                           [&](const Row& other) { return case_of(other) == case_of(row); });
  rows().push_back(std::move(row));
  return true;
}

}  // namespace bench

int main(int argc, char** argv) {
  using namespace bench;
  try {
    const Options options = read(argc, argv);
    std::vector<Case> cases = select(options);
    if (options.help) return fmt::print("{}", usage), 0;
    if (options.list) return fmt::print("{}", names(cases)), 0;
    prepare_torch(argv);
    espalier::set_threads(1);  // a row that has more says so
    return run(options, std::move(cases));
  } catch (const std::invalid_argument& error) {
    fmt::print(stderr, "The rows:\n{}\n{}\n{}\n", names(select({})), usage, error.what());
    return 2;
  } catch (const std::runtime_error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
