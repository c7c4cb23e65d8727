// SPDX-License-Identifier: MIT
#include "trial.hpp"

#include <limits>

namespace study {

double number(const Result& result, const std::string& name) {
  const auto found = result.numbers.find(name);
  return found == result.numbers.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

const std::vector<double>& series(const Result& result, const std::string& name) {
  static const std::vector<double> none;
  const auto found = result.series.find(name);
  return found == result.series.end() ? none : found->second;
}

}  // namespace study
