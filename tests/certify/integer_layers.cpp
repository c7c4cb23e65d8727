// SPDX-License-Identifier: MIT
#include "espalier/certify/integer_layers.hpp"

#include <algorithm>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/signed_sum_bound.hpp"
#include "espalier/constraint/top_k_sum.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/optimizer.hpp"

using namespace espalier;

namespace {

constexpr double step = 1.0 / 64;
const IntegerInputs sparse{IntegerRange::unsigned_bits(1, 8)};  // 8 of 60 inputs are on

/// An integer net with accumulators of 10 and 15 bits, after some training on noise.
template <Scalar S = float>
auto trained() {
  const auto first = static_cast<double>(largest_weight_sum(10, sparse.range, 63)),
             second = static_cast<double>(largest_weight_sum(15, {0, 127}, 2000));
  const QuantizedTowardZero levels{step, -127 * step, 127 * step};
  auto net = sequential<S>(Dense(60, 12, levels, TopKSum{8, first * step}, Bias{Clip{-63 * step, 63 * step}}),
                           QuantizedReLU{.step = 2 * step, .hi = 127 * 2 * step},
                           Dense(12, 3, levels, SignedSumBound{second * step},
                                 Bias{Clip{-2000 * 2 * step * step, 2000 * 2 * step * step}}));
  initialize(net, {.seed = 1});
  Optimizer optimizer{Adam{.learning_rate = 0.05}};
  random_steps(net, optimizer, 60, 2);
  round_biases(net, sparse);
  return net;
}

/// Samples with exactly 8 inputs on.
template <Scalar S>
Matrix<S> binary_inputs(Index samples) {
  Rng rng{5};
  Matrix<S> x = Matrix<S>::Zero(60, samples);
  for (Index s = 0; s < samples; ++s)
    for (int on = 0; on < 8;) {
      S& one = x(rng.below(60), s);
      on += one == 0, one = 1;
    }
  return x;
}

/// The sums of the last layer, in integers that are wide enough.
std::vector<std::int64_t> run(const std::vector<IntegerLayer>& layers, std::vector<std::int64_t> x) {
  for (const IntegerLayer& layer : layers) {
    std::vector<std::int64_t> y = layer.biases;
    for (Index j = 0; j < layer.outputs; ++j) {
      std::int64_t& sum = y[static_cast<std::size_t>(j)];
      for (Index i = 0; i < layer.inputs; ++i)
        sum += layer.row(j)[static_cast<std::size_t>(i)] * x[static_cast<std::size_t>(i)];
      if (layer.highest > 0) sum = std::min(std::max<std::int64_t>(sum, 0) >> layer.shift, layer.highest);
    }
    x = std::move(y);
  }
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("A net trained to 10 and 15 bits needs no more, and no order of its sums overflows them",
                   "", float, double) {
  const auto net = trained<TestType>();
  const std::vector<int> bits = accumulator_bits(net, sparse);
  CHECK(bits == std::vector<int>{10, 15});
  Rng rng{7};
  for (const IntegerLayer& layer : integer_layers(net, sparse)) {
    const int p = layer.range().bits();
    const std::int64_t least = -(std::int64_t{1} << (p - 1)), most = -least - 1;
    for (Index j = 0; j < layer.outputs; ++j)
      for (const int sign : {1, -1}) {  // inputs that are on where weights have this sign: the largest ones
        std::vector<std::int64_t> terms;
        for (const std::int64_t w : layer.row(j)) terms.push_back(std::max<std::int64_t>(sign * w, 0));
        std::sort(terms.rbegin(), terms.rend());
        terms.resize(static_cast<std::size_t>(std::min(layer.inputs, layer.reads.most)));
        for (std::int64_t& term : terms) term *= sign * layer.reads.high;
        terms.push_back(layer.biases[static_cast<std::size_t>(j)]);
        for (int order = 0; order < 1000; ++order) {
          if (order == 0) std::sort(terms.begin(), terms.end());
          if (order == 1) std::reverse(terms.begin(), terms.end());
          if (order > 1) rng.shuffle(terms);
          std::int64_t sum = 0;
          bool inside = true;
          for (const std::int64_t term : terms) sum += term, inside = inside && least <= sum && sum <= most;
          REQUIRE(inside);
        }
      }
  }
}

TEMPLATE_TEST_CASE("predict is the unit times the sums of the integers, to the bit", "", float, double) {
  const auto net = trained<TestType>();
  const std::vector<IntegerLayer> layers = integer_layers(net, sparse);
  CHECK((layers[0].unit == step && layers[0].shift == 1 && layers[0].highest == 127));
  CHECK((layers[1].unit == 2 * step * step && layers[1].highest == 0));
  const Matrix<TestType> x = binary_inputs<TestType>(500), y = net.predict(x);
  bool varied = false;
  for (Index s = 0; s < x.cols(); ++s) {
    const std::vector<std::int64_t> sums = run(layers, {x.col(s).begin(), x.col(s).end()});
    for (Index j = 0; j < y.rows(); ++j)
      REQUIRE(y(j, s) ==
              static_cast<TestType>(layers[1].unit * static_cast<double>(sums[static_cast<std::size_t>(j)])));
    varied = varied || y.col(s) != y.col(0);
  }
  CHECK(varied);
}

TEST_CASE("Inputs may have a unit and signs") {
  Sequential net{Dense(2, 1, Quantized{.step = 0.5, .lo = -2, .hi = 2})};
  assign(net, "0.weight", Matrix<float>{{1.5F, -0.5F}});
  assign(net, "0.bias", Matrix<float>{{0.375F}});
  const IntegerInputs inputs{IntegerRange::signed_bits(8), 0.25};
  const std::vector<IntegerLayer> layers = integer_layers(net, inputs);
  CHECK((layers[0].weights == std::vector<std::int64_t>{3, -1} && layers[0].biases[0] == 3));
  CHECK(layers[0].range() == AccumulatorRange{-3 * 128 - 127, 3 * 127 + 128 + 3});
  CHECK(accumulator_bits(net, inputs) == std::vector<int>{11});  // 512 is no number of 10 bits
}

TEST_CASE("Biases are rounded to the unit of the sums, and what is between them is refused") {
  Sequential net{Dense(2, 2, Quantized{.step = 0.5, .lo = -2, .hi = 2})};
  assign(net, "0.bias", Matrix<float>{{0.3F}, {-1.9F}});
  const auto before = net;
  CHECK(
      message_of([&] { integer_layers(net, {}); }) ==
      "0.bias: expected multiples of 0.5 of at most 32 bits, as round_biases(net, inputs) makes them, found "
      "0.30000001192092896");
  round_biases(net, {});
  CHECK(parameter(net, "0.bias") == Matrix<float>{{0.5F}, {-2}});
  CHECK(parameter(net, "0.weight") == parameter(before, "0.weight"));
}

TEST_CASE("Nets that are no chain of integer layers are refused, with the layer") {
  const auto refused = [](const auto& net, const IntegerInputs& inputs = {}) {
    return message_of([&] { integer_layers(net, inputs); });
  };
  const Quantized half{.step = 0.5};
  CHECK(refused(Sequential{Dense(2, 2)}) ==
        "0.weight: expected Quantized, QuantizedTowardZero or Grid among its policies, found none of them");
  CHECK(refused(Sequential{Dense(2, 2, half), ReLU{}, Dense(2, 2, half)}) ==
        "integer_layers, layer 1: expected Dense and QuantizedReLU in turn, and a Dense at the end, found "
        "ReLU");
  CHECK(refused(Sequential{Dense(2, 2, half), Dense(2, 2, half)}).find("layer 1: ") != std::string::npos);
  CHECK(refused(Sequential{Dense(2, 2, half), QuantizedReLU{.step = 0.5}}).find("a Dense at the end") !=
        std::string::npos);
  CHECK(refused(Sequential{Dense(2, 2, Quantized{.step = 0.1})}) ==
        "0.weight: expected levels whose step is a power of two, found 0.1");
  CHECK(refused(Sequential{Dense(2, 2, half), QuantizedReLU{.step = 0.25}, Dense(2, 2, half)}) ==
        "1.QuantizedReLU: expected a step that is a power of two and at least 0.5, found 0.25");
  CHECK(refused(Sequential{Dense(2, 2, half)}, {{}, 0.1}).find("a power of two") != std::string::npos);
}
