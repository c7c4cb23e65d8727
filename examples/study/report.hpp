// SPDX-License-Identifier: MIT
// The page of a study.
#pragma once

#include <string>
#include <vector>

#include "trial.hpp"

namespace study {

/// Weights of a first layer as a page shows them: one row for each neuron, rows in a row.
struct FilterWeights {
  std::string policy;
  double strength = 0;
  long rows = 0, columns = 0;
  std::vector<float> weights;
};

/// One HTML page without scripts and with nothing from elsewhere. Stages without runs are left out, and a
/// study that is not finished says how far it is (`planned`: runs of the whole study).
std::string html_report(const Setup& setup, const std::vector<Result>& results,
                        const std::vector<FilterWeights>& filters, long planned);

}  // namespace study
