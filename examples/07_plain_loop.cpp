// SPDX-License-Identifier: MIT
// The loop below `fit`, for those who write their own, with sizes known to the compiler and a layer of one's
// own.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>
#include <espalier/testing.hpp>

#include "arguments.hpp"

using namespace espalier;

constexpr auto usage = "07_plain_loop: fits a curve with a layer of its own; no options\n";

/// y = sin(x): a layer without parameters is a forward and a backward pass.
struct Sine {
  void forward(const auto& x, auto&& y) const { y = x.array().sin().matrix(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx = dy.cwiseProduct(x.array().cos().matrix());
  }
};
static_assert(Layer<Sine>);

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  // sin(3 x) x on [-2, 2], as a batch of one feature x 64 samples
  const Matrix<double> x = Eigen::RowVectorXd::LinSpaced(64, -2, 2);
  const Matrix<double> t = (3 * x.array()).sin() * x.array();

  auto net = sequential<double>(Dense<1, 32, MaxNorm>{{.radius = 4}}, Sine{}, Dense<32, 1, L2>{{1e-5}});
  initialize(net, Rng{3});
  for (const GradientError& error : gradient_check(net, MeanSquared{}, x, t))
    if (!error.ok()) throw Error(fmt::format("{}", error));
  Optimizer optimizer{Adam{.learning_rate = 1e-2}, ClipNorm{1}};
  CosineDecay schedule;
  Matrix<double> gradient;
  const long steps = 2000;
  for (long step = 0; step < steps; ++step) {
    optimizer.scale_rate(schedule({.step = step, .steps = steps}));
    const double loss = MeanSquared{}(net.forward(x), t, gradient);
    net.backward(x, gradient);
    optimizer.step(net);
    if (step % 400 == 0) fmt::print("step {:>4}  loss {:.6f}  penalty {:.6f}\n", step, loss, penalty(net));
  }
  fmt::print("rmse {:.4f}\n{}", rmse(net.predict(x), t), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
