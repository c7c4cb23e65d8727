// SPDX-License-Identifier: MIT
// What steps consist of: the three products of a dense layer beside those of Eigen, and Adam's pass over
// memory.
#include <espalier/espalier.hpp>

#include "suite.hpp"

namespace bench {
namespace {

using namespace espalier;

struct Shape {
  Index in, out, batch;
  bool quick;
};

/// Matrices as a layer has them: the weight by rows, samples and their gradients by columns.
struct Operands {
  explicit Operands(Shape s)
      : weight(WeightMatrix<float>::Random(s.out, s.in)),
        gradient(s.out, s.in),
        x(Matrix<float>::Random(s.in, s.batch)),
        y(Matrix<float>::Random(s.out, s.batch)) {}

  WeightMatrix<float> weight, gradient;
  Matrix<float> x, y;
};

/// The product `f(operands)` at a shape.
template <class F>
void add_product(const std::string& product, Shape s, const std::string& who, F f) {
  add({fmt::format("kernels/{} {} -> {}, {}/{}", product, s.in, s.out, s.batch, who),
       [=](benchmark::State& state) {
         Operands operands(s);
         f(operands);
         for (auto _ : state) {
           f(operands);
           benchmark::ClobberMemory();
         }
       },
       {2.0 * static_cast<double>(s.in * s.out * s.batch), 0},
       s.quick});
}

void add_products(Shape s) {
  const auto [in, out, n, quick] = s;
  add_product("forward", s, "espalier", [=](Operands& o) {
    detail::multiply_weight<WeightMatrix<float>, float>(in, out, n, o.weight.data(), o.x.data(), nullptr,
                                                        o.y.data());
  });
  add_product("forward", s, "Eigen", [](Operands& o) { o.y.noalias() = o.weight * o.x; });
  add_product("input gradient", s, "espalier", [=](Operands& o) {
    detail::input_gradient<WeightMatrix<float>>(in, out, n, o.weight.data(), o.y.data(), o.x.data());
  });
  add_product("input gradient", s, "Eigen", [](Operands& o) { o.x.noalias() = o.weight.transpose() * o.y; });
  add_product("weight gradient", s, "espalier", [=](Operands& o) {
    detail::weight_gradient<WeightMatrix<float>>(in, out, n, o.y.data(), o.x.data(), o.gradient.data());
  });
  add_product("weight gradient", s, "Eigen",
              [](Operands& o) { o.gradient.noalias() = o.y * o.x.transpose(); });
}

void add_update(const std::string& size, Index parameters) {
  add({"kernels/Adam's update of " + size + "/espalier",
       [=](benchmark::State& state) {
         Sequential net{Dense(parameters, 1)};
         initialize(net, Rng{1});
         for (float& g : net.gradients()) g = 0.01F;
         Optimizer optimizer{Adam{}};
         optimizer.step(net);
         for (auto _ : state) optimizer.step(net);
       },
       {0, static_cast<double>(parameters)},
       parameters < 1'000'000});
}

const bool added = [] {
  for (const Shape& shape :
       {Shape{16, 16, 32, true}, Shape{784, 128, 128, true}, Shape{1024, 1024, 32, false},
        Shape{1024, 1024, 128, false}, Shape{1024, 1024, 512, false}})
    add_products(shape);
  add_update("1e4", 10'000);
  add_update("1e5", 100'000);
  add_update("1e6", 1'000'000);
  add_update("1e7", 10'000'000);
  return true;
}();

}  // namespace
}  // namespace bench
