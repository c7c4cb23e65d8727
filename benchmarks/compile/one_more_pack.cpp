// SPDX-License-Identifier: MIT
// four_policies.cpp with one more combination of policies.
#include <espalier/espalier.hpp>

int main() {
  using namespace espalier;
  Sequential net{Dense(784, 128, L1{1e-5}, MaxNorm{.radius = 2}), ReLU{}, Dense(128, 64, Clip{-0.1, 0.1}),
                 ReLU{}, Dense(64, 10, WeightDecay{1e-2}, Bias{NonNegative{}})};
  initialize(net, Rng{1});
  Optimizer optimizer{Adam{}};
  const Matrix<float> x = Matrix<float>::Ones(784, 4);
  Matrix<float> gradient;
  CrossEntropy{}(net.forward(x), std::vector<int>{0, 1, 2, 3}, gradient);
  net.backward(x, gradient);
  optimizer.step(net);
  return net.predict(x).allFinite() ? 0 : 1;
}
