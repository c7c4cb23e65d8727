// SPDX-License-Identifier: MIT
// A study with a policy of one's own in the grid: the weights of each neuron sum to at most a bound in size,
// and are spread over no more than 16 inputs.
#include "study.hpp"

/// strength * log(1 + |w|): shrinks small weights as L1 does, and large ones less (Candes et al. 2008).
struct LogPenalty {
  double strength = 1e-3;

  double penalty(double w) const { return strength * std::log1p(std::abs(w)); }
};

int main(int argc, char** argv) {
  study::Grid grid = study::usual_grid();
  grid.push_back(study::entry("LogPenalty", "strength", {1e-4, 1e-3, 1e-2}, [](double s) { return LogPenalty{s}; }));
  return study::run(argc, argv, grid);
}
