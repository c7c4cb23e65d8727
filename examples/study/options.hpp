// SPDX-License-Identifier: MIT
// The command line of a study.
#pragma once

#include <exception>
#include <map>
#include <string>
#include <vector>

#include "task.hpp"

namespace study {

/// A policy that can be asked for, with the strengths that it has unless others are given.
struct PolicyName {
  std::string name;
  std::string strength_name;  ///< empty: it has none
  std::vector<double> strengths;
};

/// What is given here is what a program has unless its user says otherwise; `reading` goes with `data`.
struct Options {
  std::string data;  ///< --data; empty: the program's own
  DataOptions reading{};
  std::vector<long> hidden{128};                           ///< --arch: neurons of each hidden layer
  std::vector<std::string> policies{};                     ///< --policies; empty: all
  std::map<std::string, std::vector<double>> strengths{};  ///< --strengths: of those policies that it names
  std::vector<std::string> stages{};                       ///< --stages; empty: those that the program has
  long seeds = 10, epochs = 20, batch = 32;
  double learning_rate = 1e-3;
  double budget = 0;            ///< --budget: minutes; 0: as long as it takes
  std::string out = "study";    ///< --out: the folder that is written to
  std::string where = "input";  ///< --only: "input" or "all"
  std::string chorales{};       ///< --chorales: a folder for the stage "recurrent"; empty: made-up data alone
  long jobs = 0;                ///< --jobs; 0: one for each core
  bool quick = false;  ///< --quick: few strengths and short recurrent runs; epochs and seeds are set already
  bool quiet = false;
  std::string config{};                  ///< --config: a file of options
  std::vector<std::string> of_config{};  ///< the options that were read from it, as "--seeds"
};

/// What --help prints, thrown to end the program.
struct Help : std::exception {
  explicit Help(std::string page) : text(std::move(page)) {}
  const char* what() const noexcept override { return text.c_str(); }
  std::string text;
};

/// Reads the options, from a file too (--config); those of the command line win. InputError for one that
/// makes no sense, naming it with what was expected and found. `policies` has names of `known` in the order
/// of `known`, and `jobs` is at least 1.
Options parse(int argc, const char* const* argv, const std::vector<PolicyName>& known, Options defaults = {});

/// What is wrong with an option whose value is found bad later on: the message with the file that it is from.
std::string with_file(const Options& options, const std::string& message);

/// Says on stderr why a program ends. 2 for bad input (InputError, and files that cannot be read or written),
/// 1 for all else. 0 for Help, which it prints.
int exit_code(const std::exception& error);

}  // namespace study
