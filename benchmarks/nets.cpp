// SPDX-License-Identifier: MIT
#include "suite.hpp"

namespace bench {

const std::vector<Net>& nets() {
  static const std::vector<Net> all{
      {"A", {4, 16, 16, 1}, Activation::tanh, {1, 32}, true},
      {"B", {784, 128, 10}, Activation::relu, {1, 32, 128}, true},
      {"C", {784, 1024, 1024, 1024, 10}, Activation::relu, {1, 128}, true},
      {"D", {4096, 4096, 4096, 10}, Activation::relu, {256}, false},
  };
  return all;
}

double Net::inference_flops(long batch) const {
  double sum = 0;
  for (std::size_t k = 1; k < widths.size(); ++k)
    sum += 2.0 * static_cast<double>(widths[k - 1]) * static_cast<double>(widths[k]) *
           static_cast<double>(batch);
  return sum;
}

double Net::training_flops(long batch) const {
  const double first =
      2.0 * static_cast<double>(widths[0]) * static_cast<double>(widths[1]) * static_cast<double>(batch);
  return 3 * inference_flops(batch) - first;
}

double Net::parameters() const {
  double sum = 0;
  for (std::size_t k = 1; k < widths.size(); ++k)
    sum += static_cast<double>(widths[k - 1] + 1) * static_cast<double>(widths[k]);
  return sum;
}

}  // namespace bench
