// SPDX-License-Identifier: MIT
#include "espalier/model/sequential.hpp"

#include <thread>

#include "../central_difference.hpp"
#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/constraint/clip.hpp"
#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/non_negative.hpp"
#include "espalier/constraint/unit_norm.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/init/orthogonal.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;

namespace {

auto small_net() {
  Sequential net(Dense(3, 5, MaxNorm{1}), Tanh{}, Dense(5, 2, WeightNorm{}));
  initialize(net, Rng{1});
  return net;
}

/// The identity, whose gradient nobody may ask for.
struct Untouchable {
  void forward(const auto& x, auto&& y) const { y = x; }
  void backward(const auto&, const auto&, const auto&, auto&&) const { FAIL("nobody reads this gradient"); }
};

const Matrix<float> batch = random_matrix<float>(3, 4, 2);

}  // namespace

TEST_CASE("A model names the places of its parameters in the order of its layers") {
  const Sequential net{Dense(2, 3, WeightNorm{}), ReLU{}, Dense(3, 1, NoBias{})};
  const auto places = net.parameters().entries();
  REQUIRE(places.size() == 4);
  CHECK(places[1].path == "0.gain");
  CHECK(places[3].path == "2.weight");
  CHECK(places[3].size() == 3);
  CHECK(places[2].offset % 16 == 0);
  CHECK(places[2].offset > places[1].offset);
}

TEST_CASE("A copy of a model keeps its weights and is independent of it") {
  auto net = small_net();
  const Matrix<float> before = net.predict(batch);
  auto copy = net;
  CHECK(copy == net);
  CHECK(copy.predict(batch) == before);
  detail::arena(copy)[0] += 1;
  CHECK(copy != net);
  CHECK(net.predict(batch) == before);
  auto trained = net;
  Optimizer optimizer{SGD{.learning_rate = 0.1}};
  random_steps(trained, optimizer, 3, 1);
  CHECK(net.predict(batch) == before);
  CHECK(trained.predict(batch) != before);
}

TEST_CASE("A copy does not point into the original") {
  auto net = std::make_unique<decltype(small_net())>(small_net());
  const Matrix<float> expected = net->forward(batch);
  auto copy = *net;
  net.reset();
  CHECK(copy.forward(batch) == expected);
  copy.backward(batch, Matrix<float>::Ones(2, 4));
  CHECK(std::any_of(copy.gradients().begin(), copy.gradients().end(), [](float g) { return g != 0; }));
}

TEST_CASE("A model can be moved, assigned, swapped, kept in a vector and returned") {
  auto net = small_net();
  const Matrix<float> expected = net.forward(batch);
  auto moved = std::move(net);
  CHECK(moved.forward(batch) == expected);
  moved.backward(batch, Matrix<float>::Ones(2, 4));
  auto other = small_net();
  detail::arena(other)[0] = 9;
  net = moved;
  CHECK(net.predict(batch) == expected);
  std::swap(net, other);
  CHECK(other.predict(batch) == expected);
  CHECK(net.values()[0] == 9);
  other = *&other;
  CHECK(other.predict(batch) == expected);
  std::vector<decltype(small_net())> many(3, other);
  many.push_back(net);
  many.erase(many.begin());
  CHECK(many[0].predict(batch) == expected);
  CHECK(many[2] == net);
}

TEST_CASE("A copy has no forward pass to go back from") {
  auto net = small_net();
  net.forward(batch);
  auto copy = net;
  CHECK_THROWS_AS(copy.backward(batch, Matrix<float>::Ones(2, 4)), ShapeError);
  net.backward(batch, Matrix<float>::Ones(2, 4));
}

TEST_CASE("Models are equal if layers, options and numbers are") {
  CHECK(Sequential(Dense(2, 3, Clip{0, 1}), ReLU{}) == Sequential(Dense(2, 3, Clip{0, 1}), ReLU{}));
  CHECK(Sequential(Dense(2, 3, Clip{0, 1}), ReLU{}) != Sequential(Dense(2, 3, Clip{0, 2}), ReLU{}));
  CHECK(Sequential(Dense(2, 3), LeakyReLU{0.1}) != Sequential(Dense(2, 3), LeakyReLU{0.2}));
  CHECK(Sequential(Dense(2, 3)) != Sequential(Dense(3, 2)));
}

TEMPLATE_TEST_CASE("predict is forward without dropout, and changes nothing", "", float, double) {
  auto net = sequential<TestType>(Dense(3, 5), Tanh{}, Dropout{0.5}, Dense(5, 2));
  auto without = sequential<TestType>(Dense(3, 5), Tanh{}, Dense(5, 2));
  initialize(net, Rng{1});
  initialize(without, Rng{1});
  const Matrix<TestType> x = random_matrix<TestType>(3, 4, 2);
  const auto& fixed = net;
  typename decltype(net)::workspace_type workspace;
  CHECK(fixed.predict(x) == without.forward(x));
  CHECK(fixed.predict(x, workspace) == fixed.predict(x));
  CHECK(net.forward(x) != fixed.predict(x));
  net.backward(x, Matrix<TestType>::Ones(2, 4));
  const auto gradients = gradients_of(net);
  net.predict(x.leftCols(1));  // between forward and backward
  net.backward(x, Matrix<TestType>::Ones(2, 4));
  CHECK(gradients_of(net) == gradients);
}

TEST_CASE("Several threads predict with one model, each in a workspace of its own") {
  const auto net = small_net();
  const Matrix<float> x = random_matrix<float>(3, 100, 5), expected = net.predict(x);
  std::array<int, 2> same{};
  auto work = [&](std::size_t k) {
    decltype(small_net())::workspace_type workspace;
    for (int i = 0; i < 50; ++i) same[k] += net.predict(x, workspace) == expected;
  };
  std::thread first(work, 0), second(work, 1);
  first.join();
  second.join();
  CHECK(same == std::array<int, 2>{50, 50});
}

TEST_CASE("A batch may be a part of a larger matrix") {
  auto net = small_net();
  const Matrix<float> wide = random_matrix<float>(9, 8, 3), x = wide.middleRows(2, 3),
                      dy = random_matrix<float>(2, 8, 4);
  CHECK(net.predict(wide.middleRows(2, 3)) == net.predict(x));
  CHECK(net.predict(wide.block(2, 1, 3, 1)) == net.predict(x.col(1)));
  net.forward(x);
  net.backward(x, dy);
  const auto expected = gradients_of(net);
  net.forward(wide.middleRows(2, 3));
  net.backward(wide.middleRows(2, 3), dy);
  CHECK(gradients_of(net) == expected);
}

TEST_CASE("Each sample is predicted alone, whatever the batch") {
  auto net = small_net();
  const Matrix<float> all = net.predict(batch);
  for (Index i = 0; i < 4; ++i) CHECK((net.predict(batch.col(i)) - all.col(i)).norm() <= 1e-6F);
}

TEST_CASE("Batches and gradients of a wrong shape are refused") {
  auto net = small_net();
  const Matrix<float> ones = Matrix<float>::Ones(2, 4);
  CHECK(message_of([&] { net.forward(Matrix<float>::Ones(4, 2)); }) ==
        "forward: expected a batch of 3 inputs x at least 1 sample, found 4 x 2");
  CHECK_THROWS_AS(net.predict(Matrix<float>(3, 0)), ShapeError);
  CHECK(message_of([&] { net.backward(batch, ones); }) ==
        "backward: expected a forward pass before it, found none yet");
  net.forward(batch);
  CHECK(message_of([&] { net.backward(batch.leftCols(2), ones); }) ==
        "backward: expected the batch of the latest forward, 3 x 4, found 3 x 2");
  CHECK(message_of([&] { net.backward(batch, batch); }) ==
        "backward: expected an output gradient of 2 x 4, found 3 x 4");
  net.backward(batch, ones);
}

TEST_CASE("Options of layers are checked when a model is built") {
  CHECK_THROWS_AS(Sequential(Dense(2, 2), LeakyReLU{-1}), ValueError);
}

TEMPLATE_TEST_CASE("A model is feasible from the start under every policy and initializer", "", float,
                   double) {
  auto net = sequential<TestType>(
      Dense(6, 5, MaxNorm{0.3}), Tanh{}, Dense(5, 5, UnitNorm{}, Bias{NonNegative{}}), Tanh{},
      Dense(5, 4, NonNegative{}, MaxNorm{0.5}), Dense(4, 3, Clip{-0.1, 0.2}),
      Dense(3, 3, NonNegative{}, UnitNorm{}), Dense(3, 2, WeightNorm{}, Gain{Clip{0.5, 0.6}}));
  const auto check = [&](const auto& init) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      initialize(net, Rng{seed}, init);
      CHECK(feasible(net));
    }
  };
  check(HeNormal{});
  check(GlorotUniform{});
  check(PyTorchLinear{});
  check(Orthogonal{});
}

TEST_CASE("The same seed initializes to the same bits, another seed to others") {
  auto net = small_net(), again = small_net();
  CHECK(numbers_of(net) == numbers_of(again));
  initialize(again, Rng{2});
  CHECK(numbers_of(net) != numbers_of(again));
}

TEST_CASE("Initializing again forgets the training before") {
  auto net = Sequential(Dense(3, 30), Dropout{0.5}, Dense(30, 2, Clip{-0.01, 0.01})), fresh = net;
  Optimizer optimizer{SGD{.learning_rate = 1}};
  initialize(net, Rng{5});
  net.forward(batch);
  random_steps(net, optimizer, 2, 1);
  initialize(net, Rng{1});
  initialize(fresh, Rng{1});
  CHECK(net == fresh);
  CHECK(Matrix<float>(net.forward(batch)) == fresh.forward(batch));
  net.for_each_parameter([](const auto& p) {
    for (const Activity& a : p.activity) CHECK(a == Activity{});
  });
}

TEST_CASE("Parameters stand one after another, each on a cache line, with zeros between") {
  auto net = Sequential(Dense(3, 5), Tanh{}, Dense(5, 2));
  initialize(net, Rng{1}, PyTorchLinear{});
  net.forward(batch);
  net.backward(batch, Matrix<float>::Ones(2, 4));
  std::vector<bool> taken(net.values().size(), false);
  net.for_each_parameter([&](const auto& p) {
    CHECK(reinterpret_cast<std::uintptr_t>(p.values) % 64 == 0);
    CHECK(p.values == net.values().data() + p.offset);
    for (Index i = 0; i < p.size(); ++i) taken[static_cast<std::size_t>(p.offset + i)] = true;
  });
  for (std::size_t i = 0; i < taken.size(); ++i)
    if (!taken[i]) CHECK((net.values()[i] == 0 && net.gradients()[i] == 0));
}

TEST_CASE("The first layer with outputs that are not finite is named") {
  auto net = Sequential(Dense(1, 1), ReLU{}, Dense(1, 1));
  CHECK(net.first_not_finite() == std::nullopt);
  const Matrix<float> x = Matrix<float>::Ones(1, 2);
  net.forward(x);
  CHECK(net.first_not_finite() == std::nullopt);
  assign(net, "0.weight", Matrix<float>{{3e38F}});
  assign(net, "2.weight", Matrix<float>{{3e38F}});
  net.forward(x);
  CHECK(net.first_not_finite() == 2);
  net.forward(x * std::numeric_limits<float>::quiet_NaN());
  CHECK(net.first_not_finite() == 0);
}

TEST_CASE("A model of doubles computes in double") {
  auto net = sequential<double>(Dense(2, 1, NoBias{}));
  assign(net, "0.weight", Matrix<double>{{1, 1e-12}});
  CHECK(net.predict(Matrix<double>{{1}, {1}})(0) == 1 + 1e-12);
}

TEST_CASE("An initializer whose numbers are not finite leaves the model as it was") {
  struct Broken {
    void operator()(Eigen::Map<WeightMatrix<float>>& w, Index fan_in, Index, Rng&) const {
      w.setConstant(fan_in == 2 ? 0.5F : std::numeric_limits<float>::quiet_NaN());
    }
  };
  auto net = Sequential(Dense(2, 3), Dense(3, 1));
  initialize(net, Rng{1});
  const auto before = net;
  CHECK_THROWS_AS(initialize(net, Rng{2}, Broken{}), NotFiniteError);
  CHECK(net == before);
  CHECK_THROWS_AS(initialize(net, Rng{2}, Orthogonal{.gain = HUGE_VAL}), ValueError);
  CHECK(net == before);
}

TEST_CASE("The activations of the latest forward pass can be looked at, layer by layer") {
  auto net = Sequential(Dense(2, 3), ReLU{}, Dense(3, 1));
  CHECK(message_of([&] { net.activation(0); }) ==
        "activation: expected a forward pass before it, found none yet");
  assign(net, "0.weight", Matrix<float>{{1, 0}, {0, -1}, {2, 3}});
  assign(net, "2.weight", Matrix<float>{{1, 10, 100}});
  const Matrix<float> x{{1, 0}, {2, -1}};  // two samples, (1, 2) and (0, -1)
  const Matrix<float> y = net.forward(x);
  CHECK(net.activation(0) == Matrix<float>{{1, 0}, {-2, 1}, {8, -3}});
  CHECK(net.activation(1) == Matrix<float>{{1, 0}, {0, 1}, {8, 0}});
  CHECK(net.activation(2) == y);
  CHECK(y == Matrix<float>{{801, 10}});
  net.forward(x.leftCols(1));
  CHECK(net.activation(1) == Matrix<float>{{1}, {0}, {8}});
  CHECK(message_of([&] { net.activation(3); }) == "activation: expected a layer from 0 to 2, found 3");
  CHECK_THROWS_AS(net.activation(-1), ShapeError);
}

TEST_CASE("backward sets the gradient by the inputs where it is asked for") {
  // The first layer may be one with parameters, one that works in place, or one of another width.
  const Matrix<double> x = random_matrix<double>(3, 4, 5), weights = random_matrix<double>(2, 4, 6);
  const auto check = [&](auto net) {
    initialize(net, Rng{3});
    const Matrix<double> numeric = central_difference(
        [&](const Matrix<double>& at) { return net.forward(at).cwiseProduct(weights).sum(); }, x);
    net.forward(x);
    net.backward(x, weights);
    const auto gradients = gradients_of(net);
    Matrix<double> dx;
    net.forward(x);
    net.backward(x, weights, dx);
    CHECK((dx - numeric).norm() <= 1e-8 * numeric.norm());
    CHECK(gradients_of(net) == gradients);
    CHECK(input_gradient(net, x, [&](const auto& y) {
            CHECK(y == net.predict(x));
            return weights;
          }) == dx);
  };
  check(sequential<double>(Dense(3, 5), Tanh{}, Dense(5, 2)));
  check(sequential<double>(Tanh{}, Dense(3, 5, WeightNorm{}), Tanh{}, Sigmoid{}, Dense(5, 2)));
  check(sequential<double>(Tanh{}, SiLU{}, Dense(3, 2)));
  check(sequential<double>(Dense(3, 2)));
}

TEST_CASE("A pass back goes no further than somebody reads the gradient") {
  auto net = Sequential(Untouchable{}, Untouchable{}, Dense(3, 2));
  net.forward(batch);
  net.backward(batch, Matrix<float>::Ones(2, 4));
  CHECK(gradient(net, "2.bias") == Matrix<float>{{4}, {4}});
}

TEST_CASE("Layers can be looked at, and the widths between them") {
  const Sequential net(Dense(3, 5, MaxNorm{2}), ReLU{}, Dense(5, 2));
  CHECK(net.layer<0>().outputs() == 5);
  CHECK(net.layer<2>() == Dense(5, 2));
  CHECK(std::vector<Index>(net.widths().begin(), net.widths().end()) == std::vector<Index>{3, 5, 5, 2});
}

TEST_CASE("A batch in another layout, or an expression, is the same batch") {
  Sequential net(Dense(3, 5), Tanh{}, Dense(5, 2));
  initialize(net, {.seed = 1});
  const Matrix<float> x = random_matrix<float>(3, 4, 1), dy = random_matrix<float>(2, 4, 2);
  const WeightMatrix<float> by_rows = x;
  const Matrix<float> y = net.predict(x);
  CHECK(net.predict(by_rows) == y);
  CHECK(net.predict(by_rows.transpose().eval().transpose()) == y);
  CHECK(net.forward(by_rows) == y);
  net.backward(by_rows, dy);
  const auto expected = gradients_of(net);
  net.forward(x);
  net.backward(x, dy);
  CHECK(gradients_of(net) == expected);
}

TEST_CASE("A batch the wrong way round is told from one of another width") {
  Sequential net(Dense(3, 2));
  CHECK(message_of([&] { net.forward(Matrix<float>::Zero(5, 3)); }) ==
        "forward: expected a batch of 3 inputs x at least 1 sample (a sample is a column: transpose it), "
        "found 5 x 3");
  CHECK(message_of([&] { net.forward(Matrix<float>::Zero(5, 4)); }) ==
        "forward: expected a batch of 3 inputs x at least 1 sample, found 5 x 4");
}

TEST_CASE("Two models from one generator differ, and one seed is one model") {
  Rng rng(1);
  auto first = small_net(), second = first, third = first, fourth = first;
  initialize(first, rng);
  initialize(second, rng);
  CHECK(numbers_of(first) != numbers_of(second));
  initialize(third, {.seed = 1});
  initialize(fourth, Rng{1});
  CHECK(numbers_of(third) == numbers_of(fourth));
  CHECK(numbers_of(third) == numbers_of(first));
}

TEST_CASE("What forward returns is a view that the next call writes over; a matrix keeps it") {
  Sequential net(Dense(2, 3));
  initialize(net, {.seed = 1});
  const Matrix<float> x = random_matrix<float>(2, 4, 1), z = random_matrix<float>(2, 4, 2);
  const auto view = net.forward(x);
  const Matrix<float> kept = view;
  const auto later = net.forward(z);
  CHECK(view.data() == later.data());
  CHECK(view == net.predict(z));
  CHECK(kept == net.predict(x));
}
