// SPDX-License-Identifier: MIT
#include "espalier/io/stored.hpp"

#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/residual.hpp"
#include "support.hpp"

using namespace espalier;

namespace {

std::string names_of(const detail::StoredModel& model) {
  std::string text;
  for (const detail::StoredParameter& p : model.parameters) {
    text += p.name + " ";
    for (const std::uint64_t extent : p.shape) text += std::to_string(extent) + ",";
    text += p.added + "\n";
  }
  for (const std::string& counter : model.counters) text += counter + "\n";
  return text;
}
std::string layers_of(const detail::StoredModel& model) {
  std::string text;
  for (const detail::StoredLayer& layer : model.layers) text += layer.path + " " + layer.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("names and shapes are those of PyTorch's state_dict") {
  const Sequential net{Conv2D(Image{6, 5, 2}, 3, Kernel{2, 3}), BatchNorm(3, {.per = 15}),
                       Dense(45, 8, NoBias{}), LSTM(2, 3, 4, {.last = true})};
  CHECK(names_of(detail::stored(net)) ==
        "0.weight 3,2,2,3,\n0.bias 3,\n"
        "1.weight 3,\n1.bias 3,\n1.running_mean 3,\n1.running_var 3,\n"
        "2.weight 8,45,\n"
        "3.weight_ih_l0 12,2,\n3.weight_hh_l0 12,3,\n3.bias_ih_l0 12,3.bias_hh_l0\n"
        "1.num_batches_tracked\n");
}

TEST_CASE("parameters stand in the order and under the paths of the model") {
  const Sequential net{Residual{Dense(4, 2), Tanh{}, Dense(2, 4)},
                       Concat{Chain{Dense(4, 3), ReLU{}}, Identity{}}, LSTM(7, 2, 1)};
  const detail::StoredModel model = detail::stored(net);
  const auto entries = net.parameters().entries();
  REQUIRE(model.parameters.size() == entries.size());
  for (std::size_t k = 0; k < entries.size(); ++k) CHECK(model.parameters[k].path == entries[k].path);
}

TEST_CASE("layers say what predictions depend on, those inside and in branches too") {
  const Sequential net{Conv2D(Image{6, 6, 1}, 2, Kernel{3, 3}, {.padding = 1}),
                       MaxPool2D(Image{6, 6, 2}),
                       Residual{Dense(18, 4), LeakyReLU{0.2}, Dense(4, 18)},
                       Concat{Chain{Dense(18, 1), Tanh{}}, GELU{}},
                       BatchNorm(19),
                       Dropout{0.3}};
  CHECK(
      layers_of(detail::stored(net)) ==
      "0 Conv2D{height = 6, width = 6, channels = 1, kernel_height = 3, kernel_width = 3, stride = 1, "
      "padding = 1} "
      "36 -> 72\n"
      "1 MaxPool2D{height = 6, width = 6, channels = 2, size = 2, stride = 2} 72 -> 18\n"
      "2 Residual 18 -> 18\n2.body.0 Dense 18 -> 4\n2.body.1 LeakyReLU{slope = 0.2}\n2.body.2 Dense 4 -> 18\n"
      "3 Concat 18 -> 19\n3.0.0 Dense 18 -> 1\n3.0.1 Tanh\n3.1 GELU\n"
      "4 BatchNorm{channels = 19, per = 1, epsilon = 1e-05} 19 -> 19\n5 Dropout\n");
  const Sequential fixed{Dense<2, 3>{}};
  CHECK(layers_of(detail::stored(fixed)) == "0 Dense 2 -> 3\n");
}

TEST_CASE("a layer of one's own says its names, shapes, sums and counters, in any order") {
  detail::StoredModel model;
  detail::StoredNames names(model, "3.");
  names.weight("w", 4, 6);
  names.bias("b", 4, 1);
  names.rename("w", "kernel");
  names.shape("w", {4, 2, 3});
  names.sum("b", "b0", "b1");
  names.counter("n");
  CHECK(names_of(model) == "3.kernel 4,2,3,\n3.b0 4,3.b1\n3.n\n");
  CHECK(message_of([&] { names.shape("w", {4, 5}); }) == "3.w: expected 24 numbers in files, found 20");
  CHECK(message_of([&] { names.rename("v", "x"); }) ==
        "3.v: expected a parameter that the layer declares, in its in_files, found none of this name");
}
