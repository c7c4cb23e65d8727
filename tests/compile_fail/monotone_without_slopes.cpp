// SPDX-License-Identifier: MIT
// expect: the activation of a MonotoneDense is one function of one number each that says its slopes
#include "espalier/layer/monotone_dense.hpp"

using namespace espalier;

struct Cube {
  void forward(const auto& x, auto&& y) const { y.array() = x.array().cube(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx.array() = 3 * dy.array() * x.array().square();
  }
#ifndef REFUSED
  static constexpr Slopes slopes() { return {0, HUGE_VAL}; }
#endif
};
MonotoneDense layer(4, 3, Cube{});
