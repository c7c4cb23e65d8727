// SPDX-License-Identifier: MIT
// Muon: weight matrices move by the polar factor of their momentum, everything else by Adam.
#pragma once

#include <algorithm>
#include <cmath>

#include "espalier/kernel/polar.hpp"
#include "espalier/optimizer/adam.hpp"
#include "espalier/optimizer/matrix_rule.hpp"

namespace espalier {

/// How far one step of Muon moves a weight of rows x cols, in units of the learning rate: `spectral`, its
/// 2-norm is sqrt(max(1, rows / cols)) (Jordan et al. 2024); `adam`, 0.2 sqrt(max(rows, cols)) (Liu et al.
/// 2025), so that the root mean square is 0.2 as Adam's is, and the rates of Adam fit.
enum class MuonScale { spectral, adam };

/// m = momentum m + (1 - momentum) g;  w -= rate scale U V', where U S V' is m, or momentum m + (1 -
/// momentum) g with `nesterov` (Jordan et al. 2024). For weights with two rows and two columns at least;
/// kernels of Conv2D are matrices out x (in * height * width). Biases, gains, weights of one row or column,
/// and what On{"4.weight", Elementwise{}} says, as an output head or an embedding, move by Adam at
/// `other_rate`, beta1, beta2 and epsilon. Decay is the policy WeightDecay, at the rate of its parameter.
///
/// U V' is exact, by a singular value decomposition, where the original takes five steps of an iteration that
/// leaves singular values between 0.7 and 1.2; directions in which m is zero up to rounding do not move. It
/// costs what a step of SpectralBall at its bound does: made for small matrices.
struct Muon {
  double learning_rate = 0.02, momentum = 0.95;
  bool nesterov = true;
  MuonScale scale = MuonScale::spectral;
  double other_rate = 3e-4, beta1 = 0.9, beta2 = 0.95, epsilon = 1e-10;
  AtBound at_bound = AtBound::keep;  ///< no other: the step tells nothing of the momentum's size

  static constexpr bool adaptive = true, rests_at_zero = true;  // of what Adam moves
  static constexpr Index room = detail::singular_room;

  void validate() const {
    detail::check_positive_float("Muon", "learning_rate", learning_rate);
    detail::check_fraction("Muon", "momentum", momentum);
    detail::check_positive_float("Muon", "other_rate", other_rate);
    detail::check_fraction("Muon", "beta1", beta1);
    detail::check_fraction("Muon", "beta2", beta2);
    detail::check_positive_float("Muon", "epsilon", epsilon);
    if (at_bound != AtBound::keep) detail::fail("Muon", "at_bound keep", "another");
  }
  void describe(auto&& f) const {
    f("momentum", momentum), f("nesterov", nesterov ? "true" : "false");
    f("scale", scale == MuonScale::adam ? "adam" : "spectral");
    f("other_rate", other_rate), f("beta1", beta1), f("beta2", beta2), f("epsilon", epsilon);
  }
  static constexpr int states() { return 2; }
  int momentum_state() const { return 0; }

  template <Scalar S>
  auto kernel(long k, double eta) const {
    return Adam{.beta1 = beta1, .beta2 = beta2, .epsilon = epsilon}.template kernel<S>(k, eta);
  }

  bool takes(ParameterKind kind, Index rows, Index cols) const {
    return kind == ParameterKind::weight && std::min(rows, cols) > 1;
  }
  double rate_of_others(double rate) const { return rate * (other_rate / learning_rate); }

  template <Scalar S>
  void step_matrix(Block<S> w, Block<const S> g, const MatrixStates<S>& states, double rate,
                   double* numbers) const {
    ArrayMap<S> m(states[0], w.size()), direction(states[1], w.size());
    const ConstArrayMap<S> gradient(g.data, g.size());
    const S keep = static_cast<S>(momentum), add = static_cast<S>(1 - momentum);
    m = keep * m + add * gradient;
    if (nesterov) direction = keep * m + add * gradient;
    const Block<const S> of{nesterov ? states[1] : states[0], w.rows, w.cols};
    detail::add_polar_factor(w, of, -rate * size_of_step(w.rows, w.cols), numbers);
  }

  /// The 2-norm of a step at a learning rate of 1.
  double size_of_step(Index rows, Index cols) const {
    const double of_rows = static_cast<double>(rows), of_cols = static_cast<double>(cols);
    return scale == MuonScale::spectral ? std::sqrt(std::max(1.0, of_rows / of_cols))
                                        : 0.2 * std::sqrt(std::max(of_rows, of_cols));
  }
};

}  // namespace espalier
