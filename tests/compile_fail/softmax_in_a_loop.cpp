// SPDX-License-Identifier: MIT
// expect: CrossEntropy takes logits: leave Softmax out of the model
#include "espalier/layer/dense.hpp"
#include "espalier/layer/softmax.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

void step(const Matrix<float>& x, const std::vector<int>& labels) {
#ifdef REFUSED
  Sequential net{Dense(2, 3), Softmax{}};
#else
  Sequential net{Dense(2, 3)};
#endif
  Matrix<float> gradient;
  CrossEntropy{}(net.forward(x), labels, gradient);
  net.backward(x, gradient);
}
