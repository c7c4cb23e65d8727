// SPDX-License-Identifier: MIT
#include "espalier/optimizer/neighbors.hpp"
#include "espalier/optimizer/optimizer.hpp"

#include <vector>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/adagrad.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/lion.hpp"
#include "espalier/optimizer/rmsprop.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

using Stretches = std::vector<std::pair<Index, Index>>;  // begin and size

/// Of parameters given by offset and size.
template <bool over_gaps>
Stretches joined(const Stretches& parameters) {
  Stretches found;
  const auto note = [&](Index begin, Index size) { found.emplace_back(begin, size); };
  detail::Neighbors<float, over_gaps> neighbors;
  for (const auto& [offset, size] : parameters) neighbors.add(offset, size, note);
  neighbors.finish(note);
  return found;
}

/// Adam that says nothing of weights at rest.
struct Restless {
  Adam adam{};
  double learning_rate = adam.learning_rate;
  AtBound at_bound = AtBound::keep;
  static constexpr bool adaptive = true;
  void validate() const {}
  int states() const { return adam.states(); }
  int momentum_state() const { return adam.momentum_state(); }
  template <Scalar S>
  auto kernel(long k, double eta) const {
    return adam.kernel<S>(k, eta);
  }
};

}  // namespace

TEST_CASE("Neighbors in the arena become one stretch, with the gaps if those may be updated") {
  CHECK(joined<true>({}).empty());
  CHECK(joined<true>({{0, 5}, {16, 16}, {32, 1}}) == Stretches{{0, 48}});
  CHECK(joined<true>({{16, 5}, {48, 16}}) == Stretches{{16, 16}, {48, 16}});  // another one between them
  CHECK(joined<false>({{0, 5}, {16, 16}, {32, 1}}) == Stretches{{0, 5}, {16, 17}});
}

TEST_CASE("What several threads may share is updated alone") {
  const Index large = 2 * detail::weights_of_part;
  CHECK(joined<true>({{0, 16}, {16, large}, {16 + large, 16}, {32 + large, 16}}) ==
        Stretches{{0, 16}, {16, large}, {16 + large, 32}});
  CHECK(joined<true>({{0, large - 16}, {large - 16, 16}}) == Stretches{{0, large - 16}, {large - 16, 16}});
}

TEMPLATE_TEST_CASE("Weights updated together go where they go one by one", "", float, double) {
  const auto train = [](auto optimizer) {
    auto net = sequential<TestType>(Dense(3, 5), Dense(5, 7, Clip{-0.5, 0.5}), Dense(7, 2), Dense(2, 3));
    initialize(net, Rng{1});
    random_steps(net, optimizer, 5, 2);
    return numbers_of(net);
  };
  CHECK(train(Optimizer{Adam{}}) == train(Optimizer{Restless{}}));
}

TEMPLATE_TEST_CASE("Gaps stay zero", "", Adam, SGD, Adagrad, Lion, RMSProp) {
  Sequential net{Dense(3, 5), Dense(5, 1)};
  initialize(net, Rng{1});
  Optimizer optimizer{TestType{}};
  random_steps(net, optimizer, 5, 2);
  double all = 0, weights = 0;
  for (const float w : net.values()) all += std::abs(static_cast<double>(w));
  for (const float w : numbers_of(net)) weights += std::abs(static_cast<double>(w));
  CHECK(all == weights);
}

TEST_CASE("A step to weights that are not finite names the parameter, also among neighbors") {
  Sequential net{Dense(3, 5), Dense(5, 1)};
  initialize(net, Rng{1});
  Optimizer optimizer{SGD{.learning_rate = 1e38}};
  net.for_each_parameter([](const auto& p) {
    if (p.path == "1.weight") p.gradients[1] = 10;
  });
  CHECK(message_of([&] { optimizer.step(net); }) ==
        "1.weight: expected a step to finite weights, found NaN or infinity");
}
