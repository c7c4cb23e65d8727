// SPDX-License-Identifier: MIT
// The order in which policies are written changes no bit of what training makes.
#include <cmath>
#include <vector>

#include "../nets.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// Smooth penalties of one's own: the order in which the slopes of three are added shows in most sums.
struct Cubic {
  double strength = 0.3;
  template <Scalar S>
  S value(S w) const {
    return static_cast<S>(strength / 3) * w * w * std::abs(w);
  }
  template <Scalar S>
  S gradient(S w) const {
    return static_cast<S>(strength) * w * std::abs(w);
  }
};
struct Drift {
  double slope = 0.7;
  template <Scalar S>
  S value(S w) const {
    return static_cast<S>(slope) * w;
  }
  template <Scalar S>
  S gradient(S) const {
    return static_cast<S>(slope);
  }
};

/// The weights and penalties of a net after 20 steps, then of one under an optimizer with a gradient
/// transform, which has slopes added elsewhere.
template <Scalar S, class... Policies>
std::vector<double> trained(const Policies&... policies) {
  std::vector<double> result;
  const auto train = [&](auto optimizer) {
    auto net = sequential<S>(Dense(21, 3, NoBias{}, policies...));
    initialize(net, Rng{1});
    random_steps(net, optimizer, 20, 2);
    for (const S w : numbers_of(net)) result.push_back(static_cast<double>(w));
    result.push_back(penalty(net));
  };
  train(Optimizer{SGD{.learning_rate = 0.1}});
  train(Optimizer{SGD{.learning_rate = 0.1}, ClipValue{1e3}});
  return result;
}

}  // namespace

TEMPLATE_TEST_CASE("A17: smooth penalties add up to the same bits in whatever order they are written", "",
                   float, double) {
  using S = TestType;
  const L2 l2{0.1};
  CHECK(trained<S>(Cubic{}, l2) == trained<S>(l2, Cubic{}));
  CHECK(trained<S>(Drift{}, l2) == trained<S>(l2, Drift{}));
  const std::vector<double> three = trained<S>(Cubic{}, Drift{}, l2);
  CHECK(trained<S>(Cubic{}, l2, Drift{}) == three);
  CHECK(trained<S>(Drift{}, Cubic{}, l2) == three);
  CHECK(trained<S>(Drift{}, l2, Cubic{}) == three);
  CHECK(trained<S>(l2, Cubic{}, Drift{}) == three);
  CHECK(trained<S>(l2, Drift{}, Cubic{}) == three);
}
