// SPDX-License-Identifier: MIT
// The loop below `fit`, for those who write their own, with sizes known to the compiler and a layer of one's
// own.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>
#include <espalier/testing.hpp>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage = "08_plain_loop: fits a curve with a layer of its own; no options\n";

/// y = sin(x): a layer without parameters is a forward and a backward pass.
struct Sine {
  void forward(const auto& x, auto&& y) const { y = x.array().sin().matrix(); }
  void backward(const auto& x, const auto&, const auto& dy, auto&& dx) const {
    dx = dy.cwiseProduct(x.array().cos().matrix());
  }
};
static_assert(esp::Layer<Sine>);

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  // sin(3 x) x on [-2, 2], as a batch of one feature x 64 samples
  const Eigen::MatrixXd x = Eigen::RowVectorXd::LinSpaced(64, -2, 2);
  const Eigen::MatrixXd t = (3 * x.array()).sin() * x.array();

  auto net = esp::sequential<double>(esp::Dense<1, 32, esp::MaxNorm>{{.radius = 4}}, Sine{},
                                     esp::Dense<32, 1, esp::L2>{{1e-5}});
  initialize(net, esp::Rng{3});
  for (const esp::GradientError& error : esp::gradient_check(net, esp::MeanSquared{}, x, t))
    if (!error.ok()) throw esp::Error(fmt::format("{}", error));
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-2}, esp::ClipNorm{1}};
  esp::CosineDecay schedule;
  Eigen::MatrixXd gradient;
  const long steps = 2000;
  for (long step = 0; step < steps; ++step) {
    optimizer.scale_rate(schedule({.step = step, .steps = steps}));
    const double loss = esp::MeanSquared{}(net.forward(x), t, gradient);
    net.backward(x, gradient);
    optimizer.step(net);
    if (step % 400 == 0) fmt::print("step {:>4}  loss {:.6f}  penalty {:.6f}\n", step, loss, penalty(net));
  }
  fmt::print("rmse {:.4f}\n{}", esp::rmse(net.predict(x), t), audit(net));
} catch (const std::exception& error) {
  return failed(error);
}
