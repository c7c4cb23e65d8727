// SPDX-License-Identifier: MIT
// The history of a run as a table for other programs.
#pragma once

#include <cmath>
#include <string>

#include "espalier/train/fit.hpp"

namespace espalier {

/// Comma-separated values with a line of names, one line for each epoch; what is missing (NaN) is an empty
/// field. `std::ofstream("history.csv") << to_csv(history);`
inline std::string to_csv(const History& history) {
  std::string text =
      "epoch,loss,penalty,training_loss,validation_loss,validation_accuracy,learning_rate,seconds\n";
  for (const EpochReport& r : history) {
    text += std::to_string(r.epoch);
    for (const double number : {r.loss, r.penalty, r.training_loss, r.validation_loss, r.validation_accuracy,
                                r.learning_rate, r.seconds}) {
      text += ',';
      if (!std::isnan(number)) text += detail::format_message("{}", {number});
    }
    text += '\n';
  }
  return text;
}

}  // namespace espalier
