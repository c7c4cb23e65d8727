// SPDX-License-Identifier: MIT
#include "espalier/constraint/product_of_norms.hpp"

#include "../nets.hpp"
#include "../support.hpp"
#include "espalier/certify/audit.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"

using namespace espalier;
using Catch::Approx;

static_assert(JointPenalty<ProductOfNorms> && !Policy<ProductOfNorms>);

namespace {

auto three_layers() {
  auto net = sequential<double>(Dense(3, 5), ReLU{}, Dense(5, 4), Tanh{}, Dense(4, 2));
  initialize(net, Rng{1}, PyTorchLinear{});
  return net;
}

template <class Net>
double infinity_norm(const Net& net, const char* path) {
  return parameter(net, path).cwiseAbs().rowwise().sum().maxCoeff();
}

/// Gradients of zero, then those of the penalties, by a step that moves nothing.
template <class Net, class O>
void take_gradients(Net& net, O& optimizer) {
  std::fill(net.gradients().begin(), net.gradients().end(), 0);
  optimizer.scale_rate(0);
  optimizer.step(net);
}

}  // namespace

TEST_CASE("Its value is the strength times the product of the largest row sums of the weights that fit") {
  auto net = three_layers();
  const double first = infinity_norm(net, "0.weight"), second = infinity_norm(net, "2.weight"),
               third = infinity_norm(net, "4.weight");
  Optimizer all{SGD{}, ProductOfNorms{0.3}}, some{SGD{}, ProductOfNorms{.strength = 2, .pattern = "2.*"}};
  CHECK(penalty(net) == 0);
  all.prepare(net);
  CHECK(penalty(net) == Approx(0.3 * first * second * third).epsilon(1e-14));
  CHECK(penalty(net, true) == penalty(net));
  some.prepare(net);  // its own instead
  CHECK(penalty(net) == Approx(2 * second).epsilon(1e-14));
}

TEST_CASE("Its gradient is that of central differences") {
  auto net = three_layers();
  Optimizer optimizer{SGD{}, ProductOfNorms{0.3}};
  take_gradients(net, optimizer);
  const auto gradients = net.gradients();
  for (std::size_t i = 0; i < net.values().size(); ++i) {
    const double w = net.values()[i], step = 1e-6;
    detail::arena(net.parameters())[i] = w + step;
    const double above = penalty(net);
    detail::arena(net.parameters())[i] = w - step;
    const double slope = (above - penalty(net)) / (2 * step);
    detail::arena(net.parameters())[i] = w;
    CHECK(gradients[i] == Approx(slope).epsilon(1e-6).margin(1e-9));
  }
}

TEST_CASE("Weights that are zero have no gradient, and give none to others") {
  auto net = three_layers();
  assign(net, "2.weight", Matrix<double>::Zero(4, 5));
  Optimizer optimizer{SGD{}, ProductOfNorms{0.3}};
  take_gradients(net, optimizer);
  for (const double g : net.gradients()) CHECK(g == 0);
  CHECK(audit(net).joint_penalties[0].acted == 0);
}

TEST_CASE("A tied weight counts as often as it stands in the model, a frozen one without a gradient") {
  auto net = sequential<double>(Dense(2, 2), Dense(2, 2), Dense(2, 1));
  initialize(net, Rng{1}, PyTorchLinear{});
  tie(net, "0.weight", "1.weight");
  freeze(net, "2.weight");
  Optimizer optimizer{SGD{}, ProductOfNorms{1}};
  take_gradients(net, optimizer);
  const double tied = infinity_norm(net, "0.weight"), frozen = infinity_norm(net, "2.weight");
  CHECK(penalty(net) == Approx(tied * tied * frozen));
  CHECK(gradient(net, "0.weight").cwiseAbs().maxCoeff() == Approx(2 * tied * frozen));  // d t^2 = 2 t
  CHECK(gradient(net, "1.weight").norm() == 0);
  CHECK(gradient(net, "2.weight").norm() == 0);
}

TEST_CASE("Under activations of slopes up to 1 the product bounds how far outputs move") {
  const auto net = three_layers();
  const double bound = ProductOfNorms{1}.value(net.parameters());
  const Matrix<double> x = random_matrix<double>(3, 200, 1), y = random_matrix<double>(3, 200, 2);
  const Matrix<double> moved = (net.predict(x) - net.predict(y)).cwiseAbs();
  for (Index i = 0; i < 200; ++i)
    CHECK(moved.col(i).maxCoeff() <= bound * (x.col(i) - y.col(i)).cwiseAbs().maxCoeff());
}

TEST_CASE(
    "A model whose weights are not what is stored, a pattern that fits none and a bad strength are refused") {
  auto net = Sequential(Dense(2, 3, WeightNorm{}), Dense(3, 1));
  initialize(net, Rng{1});
  const auto before = net;
  Optimizer whole{SGD{}, ProductOfNorms{1}};
  CHECK(message_of([&] { whole.prepare(net); }) ==
        "0.weight: expected a weight that is what is stored, for ProductOfNorms, found WeightNorm");
  Optimizer none{SGD{}, ProductOfNorms{.strength = 1, .pattern = "*.bias"}};
  CHECK(message_of([&] { none.step(net); }) ==
        "ProductOfNorms: expected a pattern that fits the path of a weight, found *.bias");
  CHECK(net == before);
  CHECK(net.parameters().joint_penalties().empty());
  Optimizer second{SGD{}, ProductOfNorms{.strength = 1, .pattern = "1.*"}};
  second.prepare(net);
  CHECK(net.parameters().joint_penalties().size() == 1);
  CHECK_THROWS_AS((Optimizer{SGD{}, ProductOfNorms{-1}}), ValueError);
}
