// SPDX-License-Identifier: MIT
// The same seeds give the same bits.
#include "../nets.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/loss/cross_entropy.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"
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
  initialize(net, Rng{seeds.weights});
  fit(net, data, CrossEntropy{}, optimizer,
      {.epochs = 4, .batch = 16, .validation = 0.2, .seed = seeds.training});
  return numbers_of(net);
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
  check(Optimizer{Adam{.learning_rate = 0.01}, ClipNorm{1}});
  check(Optimizer{SGD{.learning_rate = 0.01, .momentum = 0.9, .at_bound = AtBound::tangent}});
}

namespace {

/// Weights and what the policies did after a few steps of a net that is large enough to be shared out.
template <Scalar S, class O>
auto shared_out(int n, O optimizer) {
  set_threads(n);
  auto net = sequential<S>(Dense(333, 301, MaxNorm{.radius = 1}), ReLU{}, Dense(301, 130, L1{1e-3}, L2{1e-3}),
                           Tanh{}, Dense(130, 301, WeightNorm{}), Dropout{0.2},
                           Dense(301, 110, Clip{-0.05, 0.05}, MaxNorm{.radius = 0.5}));
  initialize(net, Rng{1});
  const Matrix<S> x = random_matrix<S>(333, 40, 2);
  std::vector<int> labels(40);
  for (std::size_t k = 0; k < labels.size(); ++k) labels[k] = static_cast<int>(k);
  Matrix<S> gradient;
  for (int k = 0; k < 3; ++k) {
    CrossEntropy{}(net.forward(x), labels, gradient);
    net.backward(x, gradient);
    optimizer.step(net);
  }
  std::vector<double> actions;
  net.for_each_parameter([&](const auto& p) {
    for (const Activity& activity : p.activity) actions.push_back(activity.fraction);
  });
  return std::pair(numbers_of(net), actions);
}

}  // namespace

TEMPLATE_TEST_CASE("The number of threads changes no weight by a bit", "", float, double) {
  const int before = threads();
  const auto check = [](const auto& optimizer) {
    const auto expected = shared_out<TestType>(1, optimizer);
    for (const int n : {2, 3}) CHECK((shared_out<TestType>(n, optimizer) == expected));
  };
  check(Optimizer{Adam{.learning_rate = 0.01}});
  if (!test::sanitized)
    check(Optimizer{SGD{.learning_rate = 0.1, .momentum = 0.9, .at_bound = AtBound::zero}, ClipNorm{1}});
  set_threads(before);
}

TEST_CASE("Threads may be added when an optimizer has begun") {
  const int before = threads();
  const auto trained_by = [](std::initializer_list<int> numbers) {
    auto net = sequential<float>(Dense(300, 200, MaxNorm{.radius = 1}));
    Optimizer optimizer{Adam{.learning_rate = 0.01}};
    for (const int n : numbers) set_threads(n), random_steps(net, optimizer, 1, 5);
    return numbers_of(net);
  };
  CHECK(trained_by({1, 3, 2}) == trained_by({1, 1, 1}));
  set_threads(before);
}
