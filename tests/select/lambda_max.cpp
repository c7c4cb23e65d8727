// SPDX-License-Identifier: MIT
#include "espalier/select/lambda_max.hpp"

#include "espalier/constraint/max_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/skip_connection.hpp"
#include "espalier/loss/huber.hpp"
#include "espalier/model/policies.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "nets.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

constexpr Index inputs = 5, hidden = 3;

BasicDataset<double> data_of(Index outputs, bool labels) {
  BasicDataset<double> data{.inputs = random_matrix<double>(inputs, 40, 1)};
  const Matrix<double> noise = random_matrix<double>(outputs, 40, 2);
  for (Index i = 0; labels && i < 40; ++i) data.labels.push_back(noise(0, i) + data.inputs(2, i) > 0 ? 1 : 0);
  if (!labels) data.targets = noise + data.inputs.topRows(outputs);
  return data;
}

/// Does a step of plain gradient descent and prox leave a first layer of zeros as it is? The bias of the last
/// layer is the best one.
template <class P, class Net, class L>
bool rests(Net net, const BasicDataset<double>& data, const L& loss, double strength) {
  const std::string last = net.parameters().entries().back().path;
  const auto& first = net.parameters().at("0.weight");
  assign(net, "0.weight", Matrix<double>(Matrix<double>::Zero(first.rows, first.cols)));
  for (int k = 0; k < 2; ++k) {  // outputs are linear in the bias
    const Matrix<double> now = net.predict(data.inputs.leftCols(1));
    assign(net, last,
           Matrix<double>(parameter(net, last) - now +
                          detail::best_constant(loss, data.target(), net.outputs())));
  }
  edit_policy<P>(net, "0.weight", [&](P& p) { p.strength = strength; });
  Optimizer optimizer{SGD{.learning_rate = 1e-3}};
  Matrix<double> gradient;
  loss(net.forward(data.inputs), data.target(), gradient);
  net.backward(data.inputs, gradient);
  optimizer.step(net);
  return parameter(net, "0.weight").isZero(0);
}

template <class P, class Net, class L>
void check_threshold(Net net, const BasicDataset<double>& data, const L& loss) {
  initialize(net, {.seed = 3}, PyTorchLinear{});
  const double strength = lambda_max(net, data, loss);
  REQUIRE(strength > 0);
  CHECK(rests<P>(net, data, loss, strength * (1 + 1e-9)));
  CHECK(!rests<P>(net, data, loss, strength * (1 - 1e-9)));
}

template <class P>
auto net_of(const P& policy, Index outputs) {
  return sequential<double>(Dense(inputs, hidden, policy), Tanh{}, Dense(hidden, outputs));
}

}  // namespace

TEST_CASE("Just above lambda_max a first layer of zeros rests, just below an input comes in") {
  check_threshold<L1>(net_of(L1{}, 1), data_of(1, true), BinaryCrossEntropy{});
  check_threshold<GroupLasso>(net_of(PerInput{GroupLasso{}}, 2), data_of(2, true), CrossEntropy{});
  check_threshold<GroupLasso>(net_of(PerInput{GroupLasso{}}, 2), data_of(2, false), RootMeanSquared{});
  check_threshold<GroupLasso>(net_of(PerInput{GroupLasso{}}, 2), data_of(2, false), Huber{0.5});
  check_threshold<GroupMcp>(net_of(PerInput{GroupMcp{}}, 1), data_of(1, false), MeanSquared{});
  check_threshold<GroupScad>(net_of(PerInput{GroupScad{}}, 1), data_of(1, false), MeanSquared{});
}

TEST_CASE("So it is for LassoNet, with one skip and with several") {
  for (const Index outputs : {1, 2})
    check_threshold<LassoNet>(
        sequential<double>(Dense(inputs, hidden + outputs, LassoNet{.hierarchy = 0.5, .skips = outputs}),
                           SkipConnection(Tanh{}, Dense(hidden, outputs))),
        data_of(outputs, false), MeanSquared{});
}

TEST_CASE("For a linear model it is the lasso's largest strength") {
  const auto data = data_of(1, false);
  auto net = sequential<double>(Dense(inputs, 1, L1{}));
  const Matrix<double> rest = data.targets.array() - data.targets.mean();
  const double n = static_cast<double>(data.samples());
  const double most = (data.inputs * rest.transpose()).cwiseAbs().maxCoeff();
  CHECK(lambda_max(net, data, MeanSquared{}) == Approx(2 * most / n).epsilon(1e-12));
  CHECK(lambda_max(net, data, RootMeanSquared{}) == Approx(most / rest.norm() / std::sqrt(n)).epsilon(1e-12));
}

TEST_CASE("A slope given bounds all later weights of that norm, and one of them reaches the bound") {
  const auto data = data_of(1, false);
  auto net = sequential<double>(Dense(inputs, hidden, PerInput{GroupLasso{}}), Tanh{},
                                Dense(hidden, 1, MaxNorm{.radius = 1}));
  const double bound = lambda_max(net, data, MeanSquared{}, {.slope = 1});
  double most = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    initialize(net, {.seed = seed});
    most = std::max(most, lambda_max(net, data, MeanSquared{}));
    CHECK(most <= bound * (1 + 1e-12));
  }
  assign(net, "2.weight", Matrix<double>{{0.6, 0, 0.8}});
  CHECK(lambda_max(net, data, MeanSquared{}) == Approx(bound).epsilon(1e-12));
}

TEST_CASE("Models and data without a lambda_max are refused") {
  const auto data = data_of(1, false);
  const auto refusal = [&](const auto& net) {
    try {
      lambda_max(net, data, MeanSquared{});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refusal(sequential<double>(Dense(inputs, 1))).find("found no policy") != std::string::npos);
  CHECK(refusal(sequential<double>(Dense(inputs, 1, GroupLasso{}))).find("GroupLasso on rows") !=
        std::string::npos);
  CHECK(refusal(sequential<double>(Dense(inputs, 1, L1{}, PerInput{GroupLasso{}}))).find("L1, GroupLasso") !=
        std::string::npos);
  CHECK(refusal(sequential<double>(Dense(inputs, 1, L1{}, NoBias{}))).find("a bias of their own") !=
        std::string::npos);
  CHECK(refusal(sequential<double>(Dense(inputs, 1, L1{}), Sigmoid{})).find("a bias of their own") !=
        std::string::npos);
  CHECK(refusal(sequential<double>(Dense(4, 1, L1{}))).find("data of 4 features") != std::string::npos);
}
