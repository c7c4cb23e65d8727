// SPDX-License-Identifier: MIT
#include "espalier/export/code_writer.hpp"

#include <cstring>

#include "espalier/constraint/weight_norm.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/monotone_dense.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/sandwich.hpp"
#include "espalier/layer/scale.hpp"
#include "espalier/layer/skip_connection.hpp"
#include "espalier/model/sequential.hpp"
#include "support.hpp"

using namespace espalier;
using namespace espalier::detail;

namespace {

struct Sine {
  void forward(const auto& x, auto&& y) const { y.array() = x.array().sin(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * x.array().cos();
  }
  void write_code(auto& out) const { out.function(out.math("sin") + "(" + out.number(2) + " * x)"); }
};

template <class Net>
CodeSteps steps_of(const Net& net, const CodeStyle& style) {
  CodeWriter<float> writer(net.parameters(), style, net.inputs());
  std::apply(
      [&](const auto&... layers) {
        int k = 0;
        (writer.inner(std::to_string(k++), layers), ...);
      },
      net.layers());
  return writer.steps();
}

}  // namespace

TEST_CASE("a layer of one's own says its function in the words of the language") {
  Sequential net{Dense(2, 3), Sine{}};
  CHECK(steps_of(net, {"net", true}).at(1).function == "sinf(2.0f * x)");
  CHECK(steps_of(net, {"net", false}).at(1).function == "std::sin(2.0f * x)");
}

TEST_CASE(
    "weights are written as the matrix that multiplies, or apart from their scales in the order of predict") {
  Sequential net{Dense(3, 2, WeightNorm{})};
  initialize(net, {.seed = 1});
  const Matrix<float> w = effective_weight(net, "0.weight"), v = parameter(net, "0.weight");
  const CodeStep plain = steps_of(net, {"net", true}).at(0);
  CodeStyle same{"net", true};
  same.same_order = true;
  const CodeStep apart = steps_of(net, same).at(0);
  CHECK(plain.scales.empty());
  REQUIRE(apart.scales.size() == 2);
  for (Index i = 0; i < 2; ++i)
    for (Index j = 0; j < 3; ++j) {
      const auto at = static_cast<std::size_t>(i * 3 + j);
      CHECK(plain.weight[at] == static_cast<double>(w(i, j)));
      CHECK(apart.weight[at] == static_cast<double>(v(i, j)));
      CHECK(apart.weight[at] * apart.scales[static_cast<std::size_t>(i)] == Approx(plain.weight[at]));
    }
}

TEST_CASE("a sandwich is two dense layers around its activation") {
  Sequential net{Scale{2}, Sandwich(3, 2, LeakyReLU{})};
  initialize(net, {.seed = 1});
  edit(net, [](std::span<float> all) {
    for (float& x : all) x += 0.25F;
  });
  const CodeSteps steps = steps_of(net, {"net", true});
  REQUIRE(steps.size() == 4);
  CHECK(steps[0].function == "x * 2.0f");
  const auto matrix = [](const CodeStep& step) {
    return Matrix<double>(
        Eigen::Map<const WeightMatrix<double>>(step.weight.data(), step.outputs, step.inputs));
  };
  const Matrix<float> x = Matrix<float>::Random(3, 5);
  Matrix<double> u = matrix(steps[1]) * 2 * x.cast<double>();
  for (Index j = 0; j < 2; ++j) u.row(j).array() += steps[1].bias.at(static_cast<std::size_t>(j));
  const Matrix<double> y = matrix(steps[3]) * (u.array() > 0).select(u, 0.01 * u);
  CHECK(steps[2].activation == "LeakyReLU");
  CHECK(steps[3].bias.empty());
  CHECK((net.forward(x).cast<double>() - y).norm() <= 1e-6 * y.norm());
}

TEST_CASE("a monotone layer is its activation between both signs of the inputs and both of the weights") {
  Sequential net{MonotoneDense(2, 2, LeakyReLU{0.5}), MonotoneDense(2, 1, NoBias{})};
  assign(net, "0.weight", Matrix<float>{{1, -2}, {-3, 0}});
  assign(net, "0.bias", Matrix<float>{{5}, {6}});
  const CodeSteps steps = steps_of(net, {"net", true});
  REQUIRE(steps.size() == 6);
  CHECK(steps[0].weight == std::vector<double>{1, 0, 0, 1, -1, 0, 0, -1});
  CHECK(steps[0].bias.empty());
  CHECK((steps[1].activation == "LeakyReLU" && steps[1].option == 0.5));
  CHECK(steps[2].weight == std::vector<double>{1, 0, 0, -2, 0, 0, -3, 0});
  CHECK(steps[2].bias == std::vector<double>{5, 6});
  CHECK((steps[5].bias.empty() && steps[5].outputs == 1));
}

TEST_CASE("blocks have the steps of their branches") {
  Sequential net{Dense(2, 4), Residual{Dense(4, 4), ReLU{}},
                 Concat{Chain{Dense(4, 1)}, Identity{}, Residual{Dense(4, 4)}}};
  const CodeSteps steps = steps_of(net, {"net", true});
  REQUIRE(steps.size() == 3);
  CHECK(steps[1].kind == StepKind::residual);
  CHECK(steps[1].branches.at(0).size() == 2);
  CHECK(steps[2].kind == StepKind::concat);
  REQUIRE(steps[2].branches.size() == 3);
  CHECK(steps[2].branches[1].empty());
  CHECK(steps[2].branches[2].at(0).kind == StepKind::residual);
  CHECK(steps[2].outputs == 1 + 4 + 4);
}

TEST_CASE("a skip connection is its layers beside the identity, and a sum") {
  Sequential net{SkipConnection{ReLU{}, Dense(2, 1)}};
  const CodeSteps steps = steps_of(net, {"net", true});
  REQUIRE(steps.size() == 2);
  REQUIRE(steps[0].branches.size() == 2);
  CHECK(steps[0].branches[0].at(0).weight == std::vector<double>{1, 0, 0, 0, 1, 0});
  CHECK(steps[0].branches[0].at(2).path == "0.later.1");
  CHECK(steps[0].branches[1].at(0).weight == std::vector<double>{0, 0, 1});
  CHECK(steps[1].weight == std::vector<double>{1, 1});
}

TEST_CASE("a matrix that a layer makes must fit what comes before it") {
  const CodeStyle style{"net", true};
  Sequential net{Dense(2, 4)};
  CodeWriter<float> writer(net.parameters(), style, 2);
  CHECK(message_of([&] { writer.dense(Matrix<float>(3, 5), {}); }) ==
        "write_code: expected a weight of 3 x 2, found 3 x 5");
  writer.dense(Matrix<float>::Ones(3, 2), Matrix<float>::Ones(3, 1));
  CHECK(writer.width() == 3);
}
