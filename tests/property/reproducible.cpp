// SPDX-License-Identifier: MIT
// The same seeds give the same bits.
#include "../nets.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "espalier/train/fit.hpp"

using namespace espalier;

namespace {

struct Seeds {
  std::uint64_t data = 1, weights = 2, training = 3;
};

/// The weights after a training with everything in it that is random. `disturb` allocates in between, so that
/// nothing stands at the same address again.
template <Scalar S, class O>
auto trained(O optimizer, const Seeds& seeds, bool disturb = false) {
  const auto data = two_halves<S>(70, seeds.data);
  const std::vector<char> elsewhere(disturb ? 12345 : 0);
  auto net = sequential<S>(Dense(2, 20, L1{1e-3}, MaxNorm{1}), ReLU{}, Dropout{0.3},
                           Dense(20, 20, WeightNorm{}), Tanh{}, Dropout{0.2}, Dense(20, 2));
  initialise(net, Rng{seeds.weights});
  fit(net, data, CrossEntropy{}, optimizer,
      {.epochs = 4, .batch = 16, .validation = 0.2, .seed = seeds.training});
  return net.values();
}

}  // namespace

TEMPLATE_TEST_CASE("Two runs with the same seeds give bitwise equal weights, other seeds others", "", float,
                   double) {
  const auto check = [](const auto& optimizer) {
    const auto expected = trained<TestType>(optimizer, {});
    CHECK(trained<TestType>(optimizer, {}, true) == expected);
    CHECK(trained<TestType>(optimizer, {.data = 9}) != expected);
    CHECK(trained<TestType>(optimizer, {.weights = 9}) != expected);
    CHECK(trained<TestType>(optimizer, {.training = 9}) != expected);
  };
  check(Adam<ClipNorm>{{.rate = 0.01}, ClipNorm{1}});
  check(SGD{{.rate = 0.01, .momentum_factor = 0.9, .at_bound = AtBound::tangent}});
}
