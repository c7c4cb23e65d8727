// SPDX-License-Identifier: MIT
// The policies that a study compares. Their types are compiled in, their strengths are numbers of the run.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "train.hpp"

namespace study {

/// One policy of the grid.
struct Entry {
  std::string name;
  std::string strength_name;      ///< of its number: "strength", "radius"; empty: it has none
  std::vector<double> strengths;  ///< from weak to strong; one 0 where it has none
  /// Trains the network of a trial under the policy, on the input layer or on `all` layers, and measures it.
  std::function<Result(const Bench&, const Trial&, bool all)> run;
};
using Grid = std::vector<Entry>;

/// A free network, or one whose policies are put on while the program runs.
Result run_free(const Bench& bench, const Trial& trial, bool all, const esp::AnyPack<float>& pack);

namespace detail {

/// A network of whose type the policy is a part.
template <class Network>
Result run_typed(const Bench& bench, const Trial& trial) {
  const Parts parts = bench.parts_of(trial);
  auto net = Network::build(parts.training->features(), bench.hidden_of(trial), bench.setup().outputs);
  return train(bench, trial, net);
}

}  // namespace detail

/// A policy with one number: `entry("MaxNorm", "radius", {4, 2, 1}, [](double r) { return MaxNorm{r}; })`.
/// `strengths` go from weak to strong.
template <class Make>
requires std::invocable<const Make&, double> Entry entry(std::string name, std::string strength_name,
                                                         std::vector<double> strengths, Make make) {
  using Policy = std::invoke_result_t<const Make&, double>;
  static_assert(esp::Pack<Policy>::reparametrizations == 0,
                "a reparametrization has no strength here: write entry<WeightNorm>(\"WeightNorm\")");
  return {std::move(name), std::move(strength_name), std::move(strengths),
          [make](const Bench& bench, const Trial& trial, bool all) {
            return run_free(bench, trial, all, esp::AnyPack<float>(esp::Pack(make(trial.strength))));
          }};
}

/// A policy without a number: `entry<NonNegative>("NonNegative")`, `entry<WeightNorm>("WeightNorm")`.
template <class Policy>
Entry entry(std::string name) {
  return {std::move(name), "", {0}, [](const Bench& bench, const Trial& trial, bool all) {
            if constexpr (esp::Pack<Policy>::reparametrizations == 0)
              return run_free(bench, trial, all, esp::AnyPack<float>(esp::Pack(Policy{})));
            else
              return all ? detail::run_typed<AllUnder<Policy>>(bench, trial)
                         : detail::run_typed<InputUnder<Policy>>(bench, trial);
          }};
}

/// The policies of `./dev study`.
Grid usual_grid();

}  // namespace study
