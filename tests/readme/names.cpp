// SPDX-License-Identifier: MIT
// The first program beside Eigen's names and a user's own, which are some of the library's.
#include <espalier/espalier.hpp>

#include "../catch.hpp"

namespace esp = espalier;
using namespace Eigen;

struct Weight {
  double kilograms = 2;
};
struct Policy {};
int count(int n) { return n; }
int policy() { return 1; }
double penalty(const Weight& w) { return w.kilograms; }

TEST_CASE("A first program compiles beside Eigen's names and those of its own") {
  MatrixXf x = MatrixXf::Random(2, 20);
  esp::Dataset data;
  data.inputs = x;
  for (Index i = 0; i < x.cols(); ++i) data.labels.push_back(x(0, i) > 0 ? 1 : 0);
  esp::Sequential net{esp::Dense(2, 8, esp::L1{1e-4}, esp::MaxNorm{.radius = 1}), esp::ReLU{},
                      esp::Dense(8, 2)};
  initialize(net, {.seed = 42});
  fit(net, data, esp::CrossEntropy{}, esp::Adam{.learning_rate = 0.01}, {.epochs = 2, .batch = 5});
  CHECK(accuracy(net, data) >= 0);
  CHECK(audit(net).violation() == 0);
  CHECK(predict(net, x).rows() == 2);
  CHECK(parameter(net, "0.weight").rows() == 8);
  CHECK(penalty(Weight{}) == 2);
  CHECK(penalty(net) >= 0);
  const Policy mine{};
  static_cast<void>(mine);
  CHECK(count(2) + policy() == 3);
  CHECK(count(net) == 2 * 8 + 8 + 8 * 2 + 2);
}
