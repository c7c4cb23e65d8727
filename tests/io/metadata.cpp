// SPDX-License-Identifier: MIT
#include "espalier/io/metadata.hpp"

#include "espalier/constraint/l1.hpp"
#include "espalier/constraint/mask.hpp"
#include "espalier/constraint/max_norm.hpp"
#include "espalier/constraint/product_of_norms.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/optimizer/optimizer.hpp"
#include "espalier/optimizer/sgd.hpp"
#include "support.hpp"

using namespace espalier;

TEST_CASE(
    "a file says the version, the layers, the policies with their values, and what is known of the weights") {
  Sequential net{Dense(2, 2, L1{1e-3}, MaxNorm{.radius = 0.5}), Tanh{}, BatchNorm(2),
                 Dense(2, 1, Every{10, PerInput{MaxNorm{2}}}, NoBias{})};
  assign(net, "0.weight", (Matrix<float>(2, 2) << 0.25F, 0, 0, 0).finished());
  net.parameters().freeze("0.bias");
  auto metadata = detail::metadata_of(net.parameters(), detail::stored(net));
  CHECK(metadata["espalier.version"] == "0.1.0");
  CHECK(
      metadata["espalier.layers"] ==
      "0 Dense 2 -> 2\n1 Tanh\n2 BatchNorm{channels = 2, per = 1, epsilon = 1e-05} 2 -> 2\n3 Dense 2 -> 1\n");
  CHECK(metadata["espalier.policies"] ==
        "0.weight L1{strength = 0.001}, MaxNorm{radius = 0.5}\n3.weight MaxNorm per input every n steps{n = "
        "10, radius = 2}\n");
  CHECK(metadata["espalier.audit"].find("0.weight 3 zeros of 4, L1 violation 0, MaxNorm violation 0\n"
                                        "0.bias 2 zeros of 2, frozen\n") == 0);
  CHECK(metadata["espalier.audit"].find("running") == std::string::npos);
  detail::arena(net)[1] = 3;  // as nobody may: 3.01 long
  metadata = detail::metadata_of(net.parameters(), detail::stored(net));
  CHECK(metadata["espalier.audit"].find("MaxNorm violation 2.5") != std::string::npos);
}

TEST_CASE("policies of an optimizer, edited ones and joint penalties are said as they are now") {
  Sequential net{Dense(1, 1, L1{1}, NoBias{})};
  edit_policy<L1>(net, "0.weight", [](L1& p) { p.strength = 2; });
  Optimizer optimizer{SGD{}, ProductOfNorms{0.5}};
  optimizer.prepare(net);
  CHECK(detail::policies_text(net.parameters()) == "0.weight L1{strength = 2}\n* ProductOfNorms\n");
}

TEST_CASE("zeros are those of the weight that multiplies") {
  Sequential net{Dense(1, 1, SoftplusWeight{}, NoBias{})};  // stores 0: log 2
  CHECK(detail::audit_text(net.parameters()) == "0.weight 0 zeros of 1\n");
}

TEST_CASE("layers are read back from their text, and from torn text without harm") {
  const auto layers = detail::layers_of_text("0 Dense 2 -> 8\n1 Tanh\n\n2\n3 ");
  REQUIRE(layers.size() == 5);
  CHECK(layers[0].path == "0");
  CHECK(layers[0].text == "Dense 2 -> 8");
  CHECK(layers[2].path.empty());
  CHECK(layers[3].path == "2");
  CHECK(layers[3].text.empty());
  CHECK(layers[4].text.empty());
  CHECK(detail::layers_of_text("").empty());
}

TEST_CASE("Layers that differ are told in the order of the model, then those that only the file has") {
  detail::StoredModel model;
  model.layers = {{"0", "Dense 2 -> 3"}, {"1", "ReLU"}, {"10", "Tanh"}, {"2", "GELU"}};
  CHECK(detail::other_layers(model, "0 Dense 2 -> 3\n1 Tanh\n10 Tanh\n11 ELU\n") ==
        std::vector<std::string>{"1 is Tanh in the file, ReLU in the model",
                                 "2 is absent in the file, GELU in the model",
                                 "11 is ELU in the file, absent in the model"});
  CHECK(detail::other_layers(model, detail::layers_text(model)).empty());
}
