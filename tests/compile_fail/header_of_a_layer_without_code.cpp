// SPDX-License-Identifier: MIT
// expect: this layer cannot be written as source text or as ONNX: it lacks `void write_code(auto& out) const`
#include "espalier/export/write_header.hpp"
#include "espalier/layer/dense.hpp"

using namespace espalier;

struct Double {
  void forward(const auto& x, auto&& y) const { y = 2 * x; }
  void backward(const auto&, const auto&, const auto& dy, auto&& dx) const { dx = 2 * dy; }
#ifndef REFUSED
  void write_code(auto& out) const { out.function("2 * x"); }
#endif
};

std::string text() {
  Sequential net{Dense(4, 3), Double{}};
  return header_text(net, {.name = "net"});
}
