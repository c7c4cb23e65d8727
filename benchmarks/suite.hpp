// SPDX-License-Identifier: MIT
// What the files of benchmarks share: how a row is registered, and the networks that are measured. Also read
// as C++17, by the peer's file.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

namespace bench {

/// The limits of this machine on one thread, measured when the program starts.
struct Machine {
  double flops;        // multiplications and additions a second, float
  double cache_bytes;  // a second, of an Adam update that stays in the caches (weight, gradient, two moments:
                       // 28 bytes)
  double memory_bytes;  // the same, out of memory

  /// Seconds that `work` floating-point operations and one Adam update of `parameters` numbers take at least.
  double least(double work, double parameters) const;
};

const Machine& machine();

/// A row of the table: "suite/case/who". Rows of one suite and case are measured in turns and compared with
/// the first of them to be registered.
struct Row {
  std::string name;
  std::function<void(benchmark::State&)> run;
  double least = 0;          // seconds of one iteration at the machine's limits; 0: there is no such figure
  bool quick = true;         // part of --quick?
  std::string instead = {};  // not run: why
};

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

  /// Of one training step: all products of the forward pass, and for the backward pass those of the weights'
  /// gradients and, after the first layer, of the inputs' gradients.
  double training_flops(long batch) const;
  double inference_flops(long batch) const;
  double parameters() const;
};

const std::vector<Net>& nets();

}  // namespace bench
