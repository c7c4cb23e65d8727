// SPDX-License-Identifier: MIT
// What a user's program costs before it trains: to compile, in size, and from its start to its first step.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "built_with.hpp"
#include "suite.hpp"

namespace bench {
namespace {

namespace fs = std::filesystem;

/// The programs; removed in the end.
struct Folder {
  fs::path path = fs::temp_directory_path() / fmt::format("espalier_benchmarks_{}", getpid());
  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

/// The README's program is the first example; the others stand beside this file.
std::string source(const std::string& name) {
  return fmt::format("{}/{}/{}.cpp", benchmarks_folder, name == "01_first" ? "../examples" : "compile", name);
}

fs::path program(const std::string& name) {
  static const Folder folder;
  return folder.path / name;
}

struct Use {
  double seconds = 0, user = 0, resident = 0;
};

std::string quoted(const std::string& word) {
  std::string all = "'";
  for (const char c : word)
    if (c == '\'')
      all += "'\\''";
    else
      all += c;
  return all + "'";
}

Use run(const std::vector<std::string>& command) {
  std::string line = quoted(watch_program);
  for (const std::string& word : command) line.append(" ").append(quoted(word));
  std::FILE* output = popen(line.c_str(), "r");
  Use use;
  int code = -1;
  const bool read =
      output && std::fscanf(output, "%lf %lf %lf %d", &use.seconds, &use.user, &use.resident, &code) == 4;
  if (output) pclose(output);
  if (!read || code != 0) throw std::runtime_error(fmt::format("exit code {} of {}", code, line));
  return use;
}

/// Compiles a program of a user, header-only or with espalier::compiled. What it takes is the compiler's user
/// time, which other processes of the machine disturb least.
Use compile(const std::string& name, bool compiled = false) {
  std::vector<std::string> command{compiler};
  command.insert(command.end(), user_options.begin(), user_options.end());
  if (compiled) command.push_back("-DESPALIER_COMPILED");
  command.insert(command.end(), {source(name), "-s", "-o", program(name).string()});
  if (compiled) command.push_back(compiled_library);
  command.insert(command.end(), user_libraries.begin(), user_libraries.end());
  Use use = run(command);
  use.seconds = use.user;
  return use;
}

/// Rows of which each iteration is a process.
void add_process(const std::string& name, int repetitions, bool quick,
                 const std::function<Use(benchmark::State&)>& process) {
  add({name,
       [=](benchmark::State& state) {
         try {
           for (auto _ : state) {
             const Use use = process(state);
             state.SetIterationTime(use.seconds);
             state.counters["MB resident"] = use.resident / 1e6;
           }
         } catch (const std::exception& error) {
           state.SkipWithError(error.what());
         }
       },
       {},
       quick,
       {},
       repetitions});
}

const bool added = [] {
  const auto add_program = [](const std::string& name, bool compiled, bool quick) {
    add_process(fmt::format("compile/{}/{}{}", user_optimization, name, compiled ? ", compiled" : ""), 3,
                quick, [=](benchmark::State& state) {
                  const Use use = compile(name, compiled);
                  state.counters["kB stripped"] = static_cast<double>(fs::file_size(program(name))) / 1e3;
                  return use;
                });
  };
  add_program("eigen", false, true);  // the first, with which the others are compared
  for (const bool compiled : {false, true})
    for (const std::string name :
         {"umbrella", "plain", "four_policies", "one_more_pack", "one_more_rule", "01_first"})
      add_program(name, compiled, compiled && name == "four_policies");
  add_process("compile/start and one step/four_policies", 11, true, [](benchmark::State&) {
    if (!fs::exists(program("four_policies"))) compile("four_policies");
    return run({program("four_policies").string()});
  });
  return true;
}();

}  // namespace
}  // namespace bench
