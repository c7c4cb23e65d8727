// SPDX-License-Identifier: MIT
// expect: BinaryCrossEntropy takes logits: leave Sigmoid out of the model
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/loss/binary_cross_entropy.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

void step(const Matrix<float>& x, const std::vector<int>& labels) {
#ifdef REFUSED
  Sequential net{Dense(2, 1), Sigmoid{}};
#else
  Sequential net{Dense(2, 1)};
#endif
  Matrix<float> gradient;
  BinaryCrossEntropy{}(net.forward(x), labels, gradient);
  net.backward(x, gradient);
}
