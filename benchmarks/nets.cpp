// SPDX-License-Identifier: MIT
#include "suite.hpp"

namespace bench {

const std::vector<Net>& nets() {
  static const std::vector<Net> all{
      {"A", {4, 16, 16, 1}, Activation::tanh, {1, 32}, true, false},
      {"B", {784, 128, 10}, Activation::relu, {1, 32, 128}, true, true},
      {"C", {784, 1024, 1024, 1024, 10}, Activation::relu, {1, 128}, true, true},
      {"D", {4096, 4096, 4096, 10}, Activation::relu, {1, 128, 256}, false, true},
  };
  return all;
}

std::string Net::with(long batch, int threads) const {
  return name + "/" + std::to_string(batch) +
         (threads == 1 ? "" : ", " + std::to_string(threads) + " threads");
}

Work Net::inference(long batch) const {
  double weights = 0;
  for (std::size_t k = 1; k < widths.size(); ++k) weights += static_cast<double>(widths[k - 1] * widths[k]);
  return {2 * weights * static_cast<double>(batch), 0};
}

Work Net::training(long batch) const {
  double parameters = 0;
  for (std::size_t k = 1; k < widths.size(); ++k)
    parameters += static_cast<double>((widths[k - 1] + 1) * widths[k]);
  const double first = 2 * static_cast<double>(widths[0] * widths[1] * batch);
  return {3 * inference(batch).flops - first, parameters};
}

}  // namespace bench
