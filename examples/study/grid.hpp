// SPDX-License-Identifier: MIT
// The policies that a study compares. Their types are compiled in, their strengths are numbers of the run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <espalier/espalier.hpp>

#include "trial.hpp"

namespace study {

struct Bench;  // train.hpp

/// One policy of the grid.
struct Entry {
  std::string name;
  std::string strength_name;      ///< of its number: "strength", "radius"; empty: it has none
  std::vector<double> strengths;  ///< from weak to strong; one 0 where it has none
  bool larger_is_weaker = false;  ///< a radius or a bound, where small numbers constrain most
  /// Trains the network of a trial and measures it.
  std::function<Result(const Bench&, const Trial&)> run;
};

using Grid = std::vector<Entry>;

}  // namespace study
