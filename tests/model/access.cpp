// SPDX-License-Identifier: MIT
#include "espalier/model/access.hpp"

#include <numeric>
#include <span>
#include <type_traits>

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/l2.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/weight.hpp"
#include "espalier/model/sequential.hpp"

using namespace espalier;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity(),
                no_number = std::numeric_limits<float>::quiet_NaN();

auto small_net() {
  Sequential net(Dense(2, 2, MaxNorm{1}), ReLU{}, Dense(2, 1, Clip{-1, 1}));
  initialize(net, Rng{1});
  return net;
}

}  // namespace

TEST_CASE("assign writes a parameter and moves it to the nearest feasible point") {
  auto net = small_net();
  assign(net, "0.weight", Matrix<float>{{0.5F, 0.25F}, {3, 4}});
  const Matrix<float> weight = parameter(net, "0.weight");
  CHECK(weight.row(0) == Matrix<float>{{0.5F, 0.25F}});  // feasible: bit for bit
  CHECK((weight.row(1) - Matrix<float>{{0.6F, 0.8F}}).norm() < 1e-6F);
  CHECK(feasible(net));
  assign(net, "2.bias", Matrix<float>{{7}});
  CHECK(parameter(net, "2.bias")(0) == 7);
}

TEST_CASE("assign refuses what does not fit, and changes nothing") {
  auto net = small_net();
  const auto before = net;
  const Matrix<float> right = Matrix<float>::Ones(2, 2);
  CHECK(message_of([&] { assign(net, "0.weight", Matrix<float>::Ones(2, 3)); }) ==
        "0.weight: expected 2 x 2, found 2 x 3");
  CHECK(message_of([&] { assign(net, "0.weights", right); }) ==
        "parameter: expected a path that is one of 0.weight, 0.bias, 2.weight, 2.bias, found 0.weights");
  CHECK(message_of([&] {
          assign(net, "1.weight", right);
        }).starts_with("parameter: expected a path that is one of "));
  CHECK_THROWS_AS(assign(net, "8.weight", right), ValueError);
  CHECK(message_of([&] {
          assign(net, "0.weight", Matrix<float>{{0, 0}, {no_number, 0}});
        }) == "0.weight: expected finite numbers, found NaN or infinity");
  CHECK_THROWS_AS(assign(net, "2.weight", Matrix<float>{{0, infinity}}), NotFiniteError);
  CHECK(net == before);
}

TEST_CASE("project touches what is infeasible only") {
  auto net = small_net();
  const auto before = net;
  project(net);
  CHECK(numbers_of(net) == numbers_of(before));
  net.parameters().values_of(net.parameters().at("2.weight")).data[0] = 5;
  CHECK(!feasible(net));
  project(net);
  CHECK(feasible(net));
  CHECK(parameter(net, "2.weight")(0) == 1);
  CHECK(parameter(net, "0.weight") == parameter(before, "0.weight"));
}

TEST_CASE("project refuses NaN and infinity instead of repairing them, and changes nothing") {
  auto net = small_net();
  detail::arena(net)[0] = 100;  // infeasible
  net.parameters().values_of(net.parameters().at("2.weight")).data[1] = GENERATE(no_number, infinity);
  CHECK(message_of([&] { project(net); }) == "2.weight: expected finite weights, found NaN or infinity");
  CHECK(net.values()[0] == 100);
}

TEST_CASE("edit changes numbers at will, and then every set holds") {
  auto net = small_net();
  freeze(net, "2.*");
  std::size_t seen = 0;
  edit(net, [&](std::span<float> all) {
    seen = all.size();
    std::fill(all.begin(), all.end(), 3.0F);  // gaps too
  });
  CHECK(seen == net.values().size());
  const float side = 1 / std::sqrt(2.0F);
  CHECK((parameter(net, "0.weight").array() - side).abs().maxCoeff() < 1e-6F);
  CHECK(parameter(net, "0.bias") == Matrix<float>{{3}, {3}});
  CHECK(parameter(net, "2.weight") == Matrix<float>{{1, 1}});  // frozen for optimizers, not for you
  CHECK(feasible(net));
  CHECK(std::count(net.values().begin(), net.values().end(), 3.0F) == 3);  // the biases, no gap
  STATIC_REQUIRE(std::is_same_v<decltype(net.values()), std::span<const float>>);
  STATIC_REQUIRE(std::is_same_v<decltype(net.parameters().values()), std::span<const float>>);
}

TEST_CASE("An edit that throws, or leaves what is no number, changes nothing") {
  auto net = small_net();
  const auto before = net;
  const auto half_done = [](std::span<float> all) {
    all[0] = 7;
    throw 7;
  };
  CHECK_THROWS_AS(edit(net, half_done), int);
  CHECK(net == before);
  CHECK(message_of([&] { edit(net, [](std::span<float> all) { all[0] = no_number; }); }) ==
        "0.weight: expected finite weights, found NaN or infinity");
  CHECK(net == before);
  const float* const address = net.values().data();
  edit(net, [](std::span<float>) {});
  CHECK(net == before);
  CHECK(net.values().data() == address);
}

TEST_CASE("An edit leaves tied weights equal") {
  Sequential net(Dense(2, 2), Dense(2, 2));
  tie(net, "0.weight", "1.weight");
  edit(net, [](std::span<float> all) { std::iota(all.begin(), all.end(), 1.0F); });
  CHECK(parameter(net, "0.weight") == Matrix<float>{{1, 2}, {3, 4}});
  CHECK(parameter(net, "1.weight") == Matrix<float>{{1, 2}, {3, 4}});
}

TEST_CASE("penalty is the sum over the weights that have one; biases do not") {
  auto net = sequential<double>(Dense(2, 1, L2{0.5}), Dense(1, 1, L1{2}, L2{1}), Dense(1, 1, Bias{L1{10}}));
  for (const char* path : {"0.bias", "1.bias", "2.bias"}) assign(net, path, Matrix<double>{{100}});
  assign(net, "0.weight", Matrix<double>{{1, -2}});
  assign(net, "1.weight", Matrix<double>{{-3}});
  CHECK(penalty(net) == 0.25 * 5 + 2 * 3 + 0.5 * 9 + 1000);
  CHECK(penalty(net, true) == 0.25 * 5 + 0.5 * 9);
}

TEST_CASE("effective_weight is the weight itself, or what its reparametrization makes of it") {
  auto net = Sequential(Dense(2, 2, WeightNorm{}), Dense(2, 1, UnitNormalized{}), Dense(1, 1));
  assign(net, "0.weight", Matrix<float>{{3, 4}, {0, 2}});
  assign(net, "0.gain", Matrix<float>{{10}, {-1}});
  assign(net, "1.weight", Matrix<float>{{-5, 0}});
  assign(net, "2.weight", Matrix<float>{{7}});
  CHECK((effective_weight(net, "0.weight") - Matrix<float>{{6, 8}, {0, -1}}).norm() < 1e-6F);
  CHECK(effective_weight(net, "1.weight") == Matrix<float>{{-1, 0}});
  CHECK(effective_weight(net, "2.weight") == Matrix<float>{{7}});
  CHECK_THROWS_AS(effective_weight(net, "3.weight"), ValueError);
}

TEST_CASE("Paths of parameters are checked wherever one is read") {
  auto net = small_net();
  CHECK_THROWS_AS(parameter(net, "0.gain"), ValueError);
  CHECK_THROWS_AS(gradient(net, "weight"), ValueError);
}

TEST_CASE("gradient is what the latest backward left, in the shape of the parameter") {
  auto net = sequential<double>(Dense(2, 2), Dense(2, 1));
  assign(net, "0.weight", Matrix<double>{{1, 2}, {3, 4}});
  assign(net, "1.weight", Matrix<double>{{5, -1}});
  const Matrix<double> x{{1, 0}, {10, 1}};
  net.forward(x);
  net.backward(x, Matrix<double>{{1, 100}});
  // d / d hidden is (5, -1) times 1 and 100, the inputs are (1, 10) and (0, 1).
  CHECK(gradient(net, "0.weight") == Matrix<double>{{5, 550}, {-1, -110}});
  CHECK(gradient(net, "0.bias") == Matrix<double>{{505}, {-101}});
  CHECK(gradient(net, "1.weight") == Matrix<double>{{21 + 200, 43 + 400}});
}

TEST_CASE("count is of the numbers that are trained") {
  CHECK(count(Sequential(Dense(2, 3, WeightNorm{}), Dense(3, 4, NoBias{}))) == 2 * 3 + 3 + 3 + 3 * 4);
  struct {
    Parameters<float> numbers;
    const Parameters<float>& parameters() const { return numbers; }
  } model;
  model.numbers.add("mean", ParameterKind::buffer, 7, 1);
  CHECK(count(model) == 0);
  model.numbers.add("scale", ParameterKind::gain, 7, 1);
  CHECK(count(model) == 7);
}

namespace {

/// A layer whose weight has another name.
template <class... Policies>
struct Named {
  static constexpr int input_extent = Dynamic, output_extent = Dynamic;
  Weight<Dynamic, Dynamic, Policies...> weight;

  Named(Index in, Index out, const Policies&... policies) : weight("Named", in, out, policies...) {}
  Index inputs() const { return weight.inputs(); }
  Index outputs() const { return weight.outputs(); }
  void declare(auto& d) const { weight.declare(d, "linear", "scale"); }
  Index kept(Index) const { return weight.kept(); }
  template <Scalar S>
  void forward(const Call<S>& call, const auto& x, auto&& y) const {
    weight.prepare(call);
    weight.multiply(call, x.cols(), x.data(), static_cast<const S*>(nullptr), y.data());
  }
  template <Scalar S>
  void backward(const Call<S>&, const auto&, const auto&, auto&&, auto&&) const {}
  template <class Init, Scalar S>
  void initialize(const Init& init, const Call<S>& call, Rng& rng) const {
    weight.initialize(init, call, inputs(), outputs(), rng);
  }
};

}  // namespace

TEST_CASE("The gain of a weight is found whatever a layer calls the two") {
  auto net = sequential<double>(Named(2, 2, WeightNorm{}), Named(2, 1, UnitNormalized{}), BatchNorm(1));
  const Matrix<double> weight{{3, -4}, {0, 2}};
  assign(net, "0.linear", weight);
  CHECK((parameter(net, "0.scale") - Matrix<double>{{5}, {2}}).norm() < 1e-15);
  CHECK((effective_weight(net, "0.linear") - weight).norm() < 1e-15);
  const Matrix<double> x{{1}, {10}};
  CHECK((effective_weight(net, "0.linear") * x - Matrix<double>{{-37}, {20}}).norm() < 1e-13);
  assign(net, "1.linear", Matrix<double>{{3, 4}});
  assign(net, "2.weight", Matrix<double>{{7}});
  CHECK((effective_weight(net, "1.linear") - Matrix<double>{{0.6, 0.8}}).norm() < 1e-15);
}

TEST_CASE("A weight under WeightNorm is assigned as the weight that multiplies") {
  auto net = Sequential(Dense(2, 3, WeightNorm{}, Gain{Clip{0, 6}}), Dense(3, 1, UnitNormalized{}));
  const Matrix<float> weight{{3, -4}, {0, 0}, {0, 0.5F}};
  assign(net, "0.weight", weight);
  CHECK((parameter(net, "0.gain") - Matrix<float>{{5}, {0}, {0.5F}}).norm() < 1e-6F);
  CHECK((effective_weight(net, "0.weight") - weight).norm() < 1e-6F);
  assign(net, "0.weight", Matrix<float>{{6, 8}, {0, 1}, {2, 0}});
  CHECK((parameter(net, "0.gain") - Matrix<float>{{6}, {1}, {2}}).norm() <
        1e-6F);  // as its own policy wants it
  assign(net, "1.weight", Matrix<float>{{0, 3, 4}});
  CHECK((effective_weight(net, "1.weight") - Matrix<float>{{0, 0.6F, 0.8F}}).norm() < 1e-6F);
}

namespace {

/// W is the square of what is stored.
struct Squared {
  static constexpr std::string_view name = "Squared";
  template <Scalar S>
  S weight(S p) const {
    return p * p;
  }
  template <Scalar S>
  S parameter(S w) const {
    return std::sqrt(w);
  }
  template <Scalar S>
  S pull_back(S p, S dw) const {
    return 2 * p * dw;
  }
};

}  // namespace

TEST_CASE(
    "A weight under a map is assigned as the weight that multiplies, and refused where nothing gives it") {
  auto net = Sequential(Dense(2, 1, Squared{}));
  assign(net, "0.weight", Matrix<float>{{9, 16}});
  CHECK(parameter(net, "0.weight") == Matrix<float>{{3, 4}});
  CHECK(effective_weight(net, "0.weight") == Matrix<float>{{9, 16}});
  CHECK(net.predict(Matrix<float>{{1}, {2}})(0) == 9 + 2 * 16);
  CHECK(message_of([&] {
          assign(net, "0.weight", Matrix<float>{{1, -1}});
        }) == "0.weight: expected weights that Squared can give, found others");
  CHECK(parameter(net, "0.weight") == Matrix<float>{{3, 4}});
}
