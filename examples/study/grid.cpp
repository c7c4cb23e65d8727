// SPDX-License-Identifier: MIT
#include "grid.hpp"

namespace study {

Result run_free(const Bench& bench, const Trial& trial, bool all, const esp::AnyPack<float>& pack) {
  const Parts parts = bench.parts_of(trial);
  const std::vector<long> hidden = bench.hidden_of(trial);
  auto net = FreeNetwork::build(parts.training->features(), hidden, bench.setup().outputs);
  if (!pack.empty())
    for (const std::string& path : weight_paths(hidden))
      if (all || path == "0.weight") set_policies(net, path, pack);
  return train(bench, trial, net);
}

Grid usual_grid() {
  return {
      entry("L1", "strength", {1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2}, [](double s) { return esp::L1{s}; }),
      entry("L2", "strength", {1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1}, [](double s) { return esp::L2{s}; }),
      entry("WeightDecay", "strength", {1e-2, 1e-1, 1, 3, 10}, [](double s) { return esp::WeightDecay{s}; }),
      entry("PerInputGroupLasso", "strength", {1e-5, 1e-4, 3e-4, 1e-3, 3e-3},
            [](double s) { return esp::PerInput{esp::GroupLasso{s}}; }),
      entry("Clip", "bound", {0.5, 0.2, 0.1, 0.05, 0.02},
            [](double c) {
              return esp::Clip{-c, c};
            }),
      entry("MaxNorm", "radius", {4, 2, 1, 0.5, 0.25}, [](double r) { return esp::MaxNorm{r}; }),
      entry("L1Ball", "radius", {8, 4, 2, 1, 0.5}, [](double r) { return esp::L1Ball{r}; }),
      entry("SpectralBall", "bound", {8, 4, 2, 1, 0.5}, [](double b) { return esp::SpectralBall{b}; }),
      entry<esp::NonNegative>("NonNegative"),
      entry<esp::WeightNorm>("WeightNorm"),
  };
}

}  // namespace study
