// SPDX-License-Identifier: MIT
// What the files of benchmarks share: how a row is registered, and the networks that are measured.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What one iteration cannot do without.
struct Work {
  double flops = 0;       // multiplications and additions
  double parameters = 0;  // updated by Adam
};

/// The limits of this machine on one thread, measured when they are first asked for.
struct Machine {
  /// The rate at which one model's parameters are updated depends on the cache they fit in.
  struct Update {
    double parameters, bytes;  // a second
  };

  double flops;                 // multiplications and additions a second, float
  std::vector<Update> updates;  // by Adam, of the library

  /// The seconds that the work takes at least; 0 for none. Rates of other sizes are interpolated.
  double least(const Work& work) const;
};

/// Weight, gradient and two moments are read, all but the gradient written.
inline constexpr double adam_bytes = 28;

const Machine& machine();

/// What the rows depend on, line by line: a name and what was found.
using Description = std::vector<std::pair<std::string, std::string>>;

/// A row of the table: "suite/case/who". Rows of one suite and case are measured in turns and compared with
/// the first of them to be registered. Numbers in state.counters are quoted behind the row, their unit is
/// their name.
struct Row {
  std::string name;
  std::function<void(benchmark::State&)> run;
  Work work = {};
  bool quick = true;         // part of --quick?
  std::string instead = {};  // not run: why
  int processes = 0;         // if not 0: so many repetitions of one iteration, which tells its own time
  bool first = false;        // of its case; set by `add`
};

/// "suite/case" of "suite/case/who"
inline std::string case_of(const Row& row) { return row.name.substr(0, row.name.rfind('/')); }

inline std::string suite_of(const Row& row) { return row.name.substr(0, row.name.find('/')); }

/// Registers a row; rows keep their order.
bool add(Row row);

enum class Activation { relu, tanh };

/// A chain of dense layers; classes behind it if it has more than one output, else a regression.
struct Net {
  std::string name;
  std::vector<long> widths;
  Activation activation;
  std::vector<long> batches;
  bool quick;
  bool shared_out;  // large enough for several threads?

  /// The case: "B/32", or "B/32, 2 threads".
  std::string with(long batch, int threads) const;

  /// Of one training step: all products of the forward pass, and for the backward pass those of the weights'
  /// gradients and, after the first layer, of the inputs' gradients.
  Work training(long batch) const;
  Work inference(long batch) const;
};

const std::vector<Net>& nets();

}  // namespace bench
