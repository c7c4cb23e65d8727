// SPDX-License-Identifier: MIT
// Nets of all layers that files of ONNX can hold, with the extents that a sample has there.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "any_activation.hpp"
#include "espalier/constraint/softplus_weight.hpp"
#include "espalier/constraint/weight_norm.hpp"
#include "espalier/export/write_onnx.hpp"
#include "espalier/layer/activation.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/concat.hpp"
#include "espalier/layer/conv2d.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/layer/group_sort.hpp"
#include "espalier/layer/lstm.hpp"
#include "espalier/layer/max_pool2d.hpp"
#include "espalier/layer/recurrent.hpp"
#include "espalier/layer/residual.hpp"
#include "espalier/layer/skip_connection.hpp"
#include "espalier/layer/softmax.hpp"
#include "nets.hpp"

/// f(name, net, extents of a sample), where no number of the net is what it starts with, nor a running
/// average.
template <espalier::Scalar S, class F, class... Layers>
void onnx_net(const F& f, const std::string& name, const std::vector<int>& extents, Layers... layers) {
  auto net = espalier::sequential<S>(std::move(layers)...);
  initialize(net, {.seed = 3});
  espalier::Rng rng(7);
  for (S& x : espalier::detail::arena(net)) x += static_cast<S>(0.05 * std::abs(rng.normal()));
  f(name, net, extents);
}

/// Functions of one number each, and Softmax.
template <espalier::Scalar S>
void each_onnx_activation(const auto& f) {
  using namespace espalier;
  const auto net = [&](const std::string& name, const AnyActivation& activation) {
    onnx_net<S>(f, name, {4}, Dense(4, 9), activation);
  };
  net("Identity", {Identity{}});
  net("ReLU", {ReLU{}});
  net("LeakyReLU", {LeakyReLU{0.1}});
  net("ELU", {ELU{}});
  net("ELU with a number", {ELU{0.7}});
  net("GELU", {GELU{}});
  net("SiLU", {SiLU{}});
  net("Tanh", {Tanh{}});
  net("Sigmoid", {Sigmoid{}});
  net("Softplus", {Softplus{}});
  net("Softplus with a number", {Softplus{2.5}});
  net("Softmax", {Softmax{}});
}

template <espalier::Scalar S>
void each_onnx_layer(const auto& f) {
  using namespace espalier;
  const Image image{7, 6, 2};
  onnx_net<S>(f, "features", {5}, Dense(5, 8, WeightNorm{}), Tanh{}, Dropout{0.5}, Dense(8, 6, NoBias{}),
              BatchNorm(6), Dense(6, 3, SoftplusWeight{}));
  onnx_net<S>(f, "images, then features", {2, 7, 6}, BatchNorm(2, {.per = 42}),
              Conv2D(image, 3, Kernel{3, 2}, {.stride = 2, .padding = 1}, WeightNorm{}), ReLU{},
              BatchNorm(3, {.epsilon = 0.1, .per = 16}), MaxPool2D(Image{4, 4, 3}, {.size = 3, .stride = 1}),
              BatchNorm(12), Dense(12, 5), Softmax{});
  onnx_net<S>(f, "features, then images", {6}, BatchNorm(3, {.per = 2}), Dense(6, 12),
              Conv2D(Image{3, 4}, 2, Kernel{2, 2}), Softmax{}, MaxPool2D(Image{2, 3, 2}));
  onnx_net<S>(f, "blocks of features", {5}, Residual{Dense(5, 7), SiLU{}, Dense(7, 5)}, ReLU{},
              Concat{Chain{Dense(5, 4), Tanh{}}, Identity{}, Dense(5, 2)}, Dense(11, 5),
              SkipConnection{Tanh{}, Dense(3, 2)});
  onnx_net<S>(f, "blocks of images", {2, 7, 6}, ReLU{},
              Residual{Conv2D(image, 2, Kernel{3, 3}, {.padding = 1}), Tanh{}}, Residual{Dense(84, 84)},
              Concat{Conv2D(image, 3, Kernel{3, 3}, {.padding = 1}), Identity{}},
              Concat{Dense(210, 4), MaxPool2D(Image{7, 6, 5})});
}

template <espalier::Scalar S>
void each_onnx_sort(const auto& f) {
  using namespace espalier;
  onnx_net<S>(f, "sorted features", {5}, GroupSort{.size = 5}, Dense(5, 6), GroupSort{}, Dense(6, 3),
              GroupSort{.size = 0});
}

/// Sequences that come in, stay inside and come out.
template <espalier::Scalar S>
void each_onnx_lstm(const auto& f) {
  using namespace espalier;
  onnx_net<S>(f, "sequences of 5 steps, then features", {5, 3}, Tanh{}, LSTM(3, 4, 5),
              LSTM(4, 3, 5, {.last = true}), Dense(3, 2));
  onnx_net<S>(f, "features, then sequences, without a bias", {6}, Dense(6, 6),
              LSTM(2, 2, 3, {}, NoBias{}, WeightNorm{}));
}
template <espalier::Scalar S>
void each_onnx_recurrent(const auto& f) {
  using namespace espalier;
  onnx_net<S>(f, "sequences without a bias", {5, 3}, Recurrent(3, 4, 5, {}, NoBias{}),
              Recurrent(4, 2, 5, {.last = true}));
  onnx_net<S>(f, "blocks of sequences", {5, 3}, BatchNorm(15), Residual{Recurrent(3, 3, 5)},
              Concat{LSTM(3, 3, 5), Identity{}}, Concat{Recurrent(3, 2, 10), Identity{}}, Dense(50, 2));
}
