// SPDX-License-Identifier: MIT
#include "espalier/pack/held.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/frozen.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/sign_pattern.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

/// What clear_held leaves of 1, 2, ..., 6 beside a weight of 2 x 3 under these policies.
template <class... Ps>
std::vector<float> left(const Ps&... policies) {
  auto net = sequential<float>(Dense(3, 2, policies..., NoBias{}));
  assign(net, "0.weight", Matrix<float>{{0.1F, 0, -0.0F}, {0, 0.5F, -0.6F}});
  const auto& e = net.parameters().entries()[0];
  std::vector<float> numbers{1, 2, 3, 4, 5, 6};
  e.pack.clear_held(std::as_const(net.parameters()).values_of(e), numbers.data());
  return numbers;
}

const Matrix<double> wired{{1, 0, 1}, {0, 1, 1}};

/// The bits of a run in which the masked and the frozen weights have gradients `size` times as large.
template <class RuleType, class... Extras>
std::vector<float> run(float size, const RuleType& rule, const Extras&... extras) {
  Sequential net{Dense(3, 2, Mask{Pattern(wired)}, MaxNorm{2}), Dense(2, 2, Frozen{0, 1}, L2{0.1})};
  initialize(net, {.seed = 1});
  Optimizer optimizer{rule, extras...};
  for (std::uint64_t step = 0; step < 6; ++step) {
    const auto g = random_matrix<float>(12, 1, step);
    Index i = 0;
    net.for_each_parameter([&](const auto& p) {
      for (Index k = 0; k < p.size(); ++k) {
        const bool held = p.path == "0.weight"   ? wired(k / 3, k % 3) == 0
                          : p.path == "1.weight" ? k % 2 == 1
                                                 : false;
        p.gradients[k] = (held ? size : 1.0F) * g(i++ % 12);
      }
    });
    optimizer.step(net);
  }
  return {net.values().begin(), net.values().end()};
}

}  // namespace

TEST_CASE("Weights are held where sets that know places leave one value, and bounds beside them count") {
  CHECK(left(Mask{Pattern(wired)}) == std::vector<float>{1, 0, 3, 0, 5, 6});
  CHECK(left(Frozen{0, 0, 1}) == std::vector<float>{1, 2, 0, 4, 5, 0});
  CHECK(left(SignPattern{1, 0, -1}, Clip{0, 1}) == std::vector<float>{1, 2, 0, 4, 5, 0});
  CHECK(left(SignPattern{1, 0, -1}) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(left(Clip{-1, 1}, L2{1}) == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("No gradient of a masked or frozen weight shortens the steps of others, bit for bit") {
  for (const float size : {0.0F, 1e3F}) {
    CHECK(run(size, SGD{.learning_rate = 0.1}, ClipNorm{0.5}) ==
          run(1, SGD{.learning_rate = 0.1}, ClipNorm{0.5}));
    CHECK(run(size, SGD{.learning_rate = 0.1}, On{"1.*", ClipNorm{0.5}}) ==
          run(1, SGD{.learning_rate = 0.1}, On{"1.*", ClipNorm{0.5}}));
    CHECK(run(size, SGD{.learning_rate = 0.1, .momentum = 0.9}, NormalizeUpdate{}) ==
          run(1, SGD{.learning_rate = 0.1, .momentum = 0.9}, NormalizeUpdate{}));
  }
}

TEST_CASE("The norm that ClipNorm bounds is that of the weights which can move") {
  auto net = sequential<float>(Dense(3, 1, Frozen{0, 1, 0}, NoBias{}));
  assign(net, "0.weight", Matrix<float>{{1, 2, 3}});
  Optimizer optimizer{SGD{.learning_rate = 1}, ClipNorm{1}};
  const auto g = net.gradients();
  g[0] = 3, g[1] = 1e6, g[2] = 4;
  optimizer.step(net);
  CHECK(parameter(net, "0.weight")(0) == Catch::Approx(1 - 0.6));
  CHECK(parameter(net, "0.weight")(1) == 2);
  CHECK(parameter(net, "0.weight")(2) == Catch::Approx(3 - 0.8));
  CHECK(gradient(net, "0.weight")(1) == 0);
}
