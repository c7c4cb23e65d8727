// SPDX-License-Identifier: MIT
// expect: the activation of a Sandwich is one function of one number each that says its slopes
#include "espalier/layer/sandwich.hpp"

using namespace espalier;

struct Sine {
  void forward(const auto& x, auto&& y) const { y.array() = x.array().sin(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx.array() = dy.array() * x.array().cos();
  }
#ifndef REFUSED
  static constexpr Slopes slopes() { return {0, 1}; }
#endif
};
Sandwich layer(4, 3, Sine{});
