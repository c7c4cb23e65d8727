// SPDX-License-Identifier: MIT
// One of the activations, which is chosen when the program runs: one type of net for all of them.
#pragma once

#include <variant>

#include "espalier/layer/activation.hpp"
#include "espalier/layer/softmax.hpp"

struct AnyActivation {
  static constexpr bool by_sample = true;
  std::variant<espalier::Identity, espalier::ReLU, espalier::LeakyReLU, espalier::ELU, espalier::GELU,
               espalier::SiLU, espalier::Tanh, espalier::Sigmoid, espalier::Softplus, espalier::Softmax>
      chosen;

  void forward(const auto& x, auto&& y) const {
    std::visit([&](const auto& f) { f.forward(x, y); }, chosen);
  }
  void backward(const auto& x, const auto& y, const auto& dy, auto&& dx) const {
    std::visit([&](const auto& f) { f.backward(x, y, dy, dx); }, chosen);
  }
  void write_code(auto& out) const {
    std::visit([&](const auto& f) { f.write_code(out); }, chosen);
  }
};
