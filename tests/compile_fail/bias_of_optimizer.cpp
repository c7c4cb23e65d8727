// SPDX-License-Identifier: MIT
// expect: an optimizer takes policies of biases and gains by pattern: write
#include "espalier/constraint/non_negative.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

void run() {
#ifdef REFUSED
  Optimizer optimizer{SGD{}, Bias{NonNegative{}}};
#else
  Optimizer optimizer{SGD{}, On{"*.bias", Bias{NonNegative{}}}};
#endif
}
