// SPDX-License-Identifier: MIT
// A generator of points learns a distribution in the plane from a Wasserstein critic (Arjovsky et al. 2017).
// The critic must be Lipschitz; its weights are clipped, and the clipping holds after every one of its steps.
#include <espalier/espalier.hpp>
#include <espalier/report.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "arguments.hpp"

namespace esp = espalier;

constexpr auto usage =
    R"(11_wasserstein_critic: a generator learns eight clusters on a circle from a critic with clipped weights
  --steps N  steps of the generator, after five of the critic each (default 3000)
  --seed N   of the weights and the points (default 1)
  --quick    a few steps
)";

/// Eight clusters of standard deviation 0.1 on a circle of radius 1, a point a column.
esp::Matrix<float> draw_real(esp::Index n, esp::Rng& rng) {
  esp::Matrix<float> points(2, n);
  for (esp::Index j = 0; j < n; ++j) {
    const double angle = std::numbers::pi / 4 * std::floor(8 * rng.uniform());
    points(0, j) = static_cast<float>(std::cos(angle) + 0.1 * rng.normal());
    points(1, j) = static_cast<float>(std::sin(angle) + 0.1 * rng.normal());
  }
  return points;
}

esp::Matrix<float> draw_noise(esp::Index n, esp::Rng& rng) {
  return esp::Matrix<float>::NullaryExpr(4, n, [&] { return static_cast<float>(rng.normal()); });
}

/// The Wasserstein distance of two samples of one size along 32 directions, averaged: on a line it is the
/// mean distance of the sorted points. It knows nothing of the critic.
double sliced_distance(const esp::Matrix<float>& a, const esp::Matrix<float>& b) {
  const int directions = 32;
  double sum = 0;
  for (int k = 0; k < directions; ++k) {
    const double angle = std::numbers::pi * k / directions;
    const Eigen::RowVector2f along(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
    Eigen::RowVectorXf p = along * a, q = along * b;
    std::sort(p.begin(), p.end());
    std::sort(q.begin(), q.end());
    sum += static_cast<double>((p - q).cwiseAbs().mean());
  }
  return sum / directions;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  esp::Rng rng(static_cast<std::uint64_t>(arguments.number("--seed", 1, 0)));
  const long steps = arguments.number("--steps", arguments.has("--quick") ? 20 : 3000);
  const esp::Index batch = 128;

  const esp::Clip clipped{-0.1, 0.1};
  esp::Sequential critic{esp::Dense(2, 64, clipped), esp::LeakyReLU{}, esp::Dense(64, 64, clipped),
                         esp::LeakyReLU{}, esp::Dense(64, 1, clipped)};
  esp::Sequential generator{esp::Dense(4, 64), esp::ReLU{}, esp::Dense(64, 64), esp::ReLU{},
                            esp::Dense(64, 2)};
  initialize(critic, rng);
  initialize(generator, rng);
  esp::Optimizer critic_optimizer{esp::RMSProp{.learning_rate = 1e-3}},
      generator_optimizer{esp::RMSProp{.learning_rate = 5e-4}};

  // The critic's loss is mean(critic(made)) - mean(critic(real)): of all outputs side by side its gradient is
  // 1 / batch and -1 / batch. The generator's is -mean(critic(made)).
  esp::Matrix<float> both(2, 2 * batch), critic_gradient(1, 2 * batch), point_gradient;
  critic_gradient << esp::Matrix<float>::Constant(1, batch, 1.0F / batch),
      esp::Matrix<float>::Constant(1, batch, -1.0F / batch);
  const esp::Matrix<float> generator_gradient = esp::Matrix<float>::Constant(1, batch, -1.0F / batch);

  for (long step = 0; step < steps; ++step) {
    for (int k = 0; k < 5; ++k) {
      both << generator.predict(draw_noise(batch, rng)), draw_real(batch, rng);
      critic.forward(both);
      critic.backward(both, critic_gradient);
      critic_optimizer.step(critic);
    }
    const esp::Matrix<float> noise = draw_noise(batch, rng), made = generator.forward(noise);
    critic.forward(made);
    critic.backward(made, generator_gradient, point_gradient);
    generator.backward(noise, point_gradient);
    generator_optimizer.step(generator);

    if (step % 500 == 0 || step + 1 == steps)
      fmt::print("step {:>4}  distance between made and real points {:.4f}\n", step,
                 sliced_distance(generator.predict(draw_noise(2000, rng)), draw_real(2000, rng)));
  }
  fmt::print("distance between real and real points {:.4f}\n{}",
             sliced_distance(draw_real(2000, rng), draw_real(2000, rng)), audit(critic));
} catch (const std::exception& error) {
  return failed(error);
}
