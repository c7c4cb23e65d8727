// SPDX-License-Identifier: MIT
// Facts of mathematics that must hold to the last digits, checked through the library's ordinary interface:
// where training under constraints comes to rest, and what bounds prove. Ends with 1 if one of them does not
// hold.
#include <fmt/core.h>

#include <espalier/espalier.hpp>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "../arguments.hpp"
#include "orthogonal_columns.hpp"

namespace esp = espalier;
using Eigen::MatrixXd, Eigen::VectorXd;

constexpr auto usage =
    R"(identities: what must hold exactly, of bounds and of points of rest
  --seed N  of random weights (default 1)
  --quick   fewer steps, as a test
)";

/// Prints a line and says whether it holds.
bool row(const char* what, const std::string& expected, const std::string& found, bool holds) {
  fmt::print("{:<66}{:<26}{:<38}{}\n", what, expected, found, holds ? "holds" : "FAILS");
  return holds;
}

/// The largest singular value.
double two_norm(const MatrixXd& w) { return orthogonal_columns(w).col(0).norm(); }

/// The left singular vectors of a random matrix.
MatrixXd random_orthogonal(esp::Index n, esp::Rng& rng) {
  const MatrixXd w = MatrixXd::NullaryExpr(n, n, [&] { return rng.normal(); });
  return orthogonal_columns(w).colwise().normalized();
}

/// ECLipsE-Fast (Xu & Sivaranjani 2024, algorithm 1) as it is written, for slopes in [0, 1]: X_0 = I, Q_i =
/// W_i X_(i-1)^-1 W_i', l_i = 2 / norm(Q_i), X_i = l_i I - l_i^2 Q_i / 4, and the bound is the root of
/// norm(Q_L).
double eclipse_fast(const std::vector<MatrixXd>& weights) {
  MatrixXd x = MatrixXd::Identity(weights[0].cols(), weights[0].cols());
  double norm = 0;
  for (const MatrixXd& w : weights) {
    const MatrixXd q = w * x.llt().solve(w.transpose());
    norm = two_norm(q);
    const double l = 2 / norm;
    x = l * MatrixXd::Identity(q.rows(), q.rows()) - l * l / 4 * q;
  }
  return std::sqrt(norm);
}

bool composed_bound(std::uint64_t seed) {
  auto net = esp::sequential<double>(esp::Dense(12, 24), esp::ReLU{}, esp::Dense(24, 24), esp::ReLU{},
                                     esp::Dense(24, 16), esp::ReLU{}, esp::Dense(16, 4));
  initialize(net, {.seed = seed});
  const double reference = eclipse_fast({parameter(net, "0.weight"), parameter(net, "2.weight"),
                                         parameter(net, "4.weight"), parameter(net, "6.weight")});
  const esp::LipschitzBounds bounds = lipschitz(net);
  const double apart = bounds.composed / reference - 1;
  const bool equal =
      row("composed Lipschitz bound, as ECLipsE-Fast written out", fmt::format("{:.12f}", reference),
          fmt::format("{:.12f}, {:.0e} above", bounds.composed, apart), apart >= -1e-13 && apart <= 1e-9);
  return row("and below the product of the norms", fmt::format("< {:.6f}", bounds.product),
             fmt::format("{:.6f}, {:.3f} of it", bounds.composed, bounds.composed / bounds.product),
             bounds.composed < bounds.product) &&
         equal;
}

/// Where a net of one neuron comes to rest that has the weights w, minimizing sum curvature (w - goal)^2 / 2:
/// steps of Adam at a rate that falls 1,000-fold.
template <class... Policies>
VectorXd rest(const VectorXd& curvature, const VectorXd& goal, int steps, const Policies&... policies) {
  auto net = esp::sequential<double>(esp::Dense(goal.size(), 1, esp::NoBias{}, policies...));
  esp::Optimizer optimizer{esp::Adam{.learning_rate = 1e-2}};
  const auto weight = [&] { return Eigen::Map<const VectorXd>(net.values().data(), goal.size()); };
  for (const double factor : {1.0, 0.1, 0.01, 0.001}) {
    optimizer.scale_rate(factor);
    for (int k = 0; k < (factor == 1 ? steps : steps / 4); ++k) {
      Eigen::Map<VectorXd>(net.gradients().data(), goal.size()) = curvature.cwiseProduct(weight() - goal);
      optimizer.step(net);
    }
  }
  return weight();
}

bool decay_box(int steps) {
  const VectorXd curvature{{1, 4, 2, 1}}, goal{{5, -3, 1, -0.25}};
  const VectorXd found = rest(curvature, goal, steps, esp::WeightDecay{0.5});
  const VectorXd expected = goal.cwiseMin(2).cwiseMax(-2);
  return row("AdamW, strength 0.5: rests in the box of 1 / 0.5, at its optimum",
             fmt::format("{:.3f} {:.3f} {:.3f} {:.3f}", expected(0), expected(1), expected(2), expected(3)),
             fmt::format("{:.3f} {:.3f} {:.3f} {:.3f}", found(0), found(1), found(2), found(3)),
             found.cwiseAbs().maxCoeff() <= 2 && (found - expected).cwiseAbs().maxCoeff() < 2e-3);
}

/// (x - 2)^2 / 2 + 5 (y - 1)^2 on the unit disc. At the optimum the gradient (x - 2, 10 (y - 1)) is -mu (x,
/// y), so that x = 2 / (1 + mu) and y = 10 / (10 + mu) for the mu that makes the norm 1. Steps of Adam that
/// rest are (1, 1) times the rate: projected in the Euclidean norm they rest where x = y.
bool disc(int steps) {
  const VectorXd curvature{{1, 10}}, goal{{2, 1}};
  const auto value = [&](const VectorXd& w) {
    return (curvature.array() * (w - goal).array().square()).sum() / 2;
  };
  const auto at = [](double mu) { return VectorXd{{2 / (1 + mu), 10 / (10 + mu)}}; };
  double low = 0, high = 10;
  for (int k = 0; k < 100; ++k) (at((low + high) / 2).norm() > 1 ? low : high) = (low + high) / 2;
  const auto text = [&](const VectorXd& w) {
    return fmt::format("({:.4f}, {:.4f}); {:.4f}", w(0), w(1), value(w));
  };
  const VectorXd optimum = at(low), beside = VectorXd::Constant(2, std::sqrt(0.5));
  const VectorXd ours = rest(curvature, goal, steps, esp::MaxNorm{1});
  const VectorXd usual = rest(curvature, goal, steps, esp::MaxNorm{1, esp::Metric::euclidean});
  const bool rests = row("Adam + MaxNorm, in the metric of the step: rests at the optimum", text(optimum),
                         text(ours), ours.norm() <= 1 && (ours - optimum).norm() < 1e-4);
  return row("Adam + Euclidean projection, the usual recipe: rests beside it", text(beside), text(usual),
             (usual - beside).norm() < 1e-4) &&
         rests;
}

/// min(1, s) of singular values s by four odd polynomials (Newhouse et al. 2025, arXiv 2507.13338), w a + (w
/// w') w b + (w w')^2 w c each, with the coefficients of the authors' program, in double.
MatrixXd polynomial_cap(MatrixXd w) {
  constexpr double coefficients[4][3] = {{0.805032, 0.206361, -0.019763},
                                         {0.649867, 0.162935, -0.011150},
                                         {1.810259, -0.200265, 0.008251},
                                         {1.004384, -0.183490, 0.014413}};
  for (const auto& [a, b, c] : coefficients) {
    const MatrixXd gram = w * w.transpose();
    w = (a * w + b * gram * w + c * gram * gram * w).eval();
  }
  return w;
}

bool hard_cap(std::uint64_t seed) {
  const VectorXd singular{{0.2, 0.5, 0.8, 0.95, 1, 1.1, 1.185, 1.3, 1.8, 2.2, 2.8, 3.3}};
  esp::Rng rng(seed);
  const MatrixXd u = random_orthogonal(12, rng), v = random_orthogonal(12, rng);
  const MatrixXd w = u * singular.asDiagonal() * v.transpose();
  const MatrixXd nearest = u * singular.cwiseMin(1).asDiagonal() * v.transpose();
  const MatrixXd theirs = polynomial_cap(w);
  auto net = esp::sequential<double>(esp::Dense(12, 12, esp::NoBias{}, esp::SpectralBall{1}));
  assign(net, "0.weight", w);  // moves it into the set
  const MatrixXd ours = parameter(net, "0.weight");
  const bool overshoots =
      row("hard cap by the published polynomials: a 2-norm of 1.011", "1.0109",
          fmt::format("{:.4f}, {:.1e} off the nearest", two_norm(theirs), (theirs - nearest).norm()),
          std::abs(two_norm(theirs) - 1.01088) < 2e-5);
  const auto cap = [](double s) { return polynomial_cap(MatrixXd::Constant(1, 1, s))(0, 0); };
  double most = 0;
  for (int k = 0; k <= 3500; ++k) most = std::max(most, cap(1e-3 * k));
  const bool bends =
      row("its largest value for values up to 3.5, and that for 1 and 3.7", "1.0109; 0.966, -0.321",
          fmt::format("{:.4f}; {:.3f}, {:.3f}", most, cap(1), cap(3.7)),
          std::abs(most - 1.01088) < 2e-5 && std::abs(cap(1) - 0.966) < 1e-3 && cap(3.7) < 0);
  return row("SpectralBall{1}: at most 1, and the nearest such matrix", "<= 1",
             fmt::format("1 {:+.0e}, {:.1e} off the nearest", two_norm(ours) - 1, (ours - nearest).norm()),
             audit(net).violation() == 0 && two_norm(ours) <= 1 + 1e-14 && (ours - nearest).norm() < 1e-11) &&
         overshoots && bends;
}

int main(int argc, char** argv) try {
  const Arguments arguments(argc, argv, usage);
  const auto seed = static_cast<std::uint64_t>(arguments.number("--seed", 1));
  const int steps = arguments.has("--quick") ? 20000 : 40000;
  fmt::print("{:<66}{:<26}{}\n", "", "expected", "found");
  bool holds = composed_bound(seed);
  holds = decay_box(steps) && holds;
  holds = disc(steps) && holds;
  holds = hard_cap(seed) && holds;
  return holds ? 0 : 1;
} catch (const std::exception& error) {
  return failed(error);
}
