// SPDX-License-Identifier: MIT
// Scion: weights move towards a point of a norm ball, and stay inside it without a projection.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "espalier/kernel/norm.hpp"
#include "espalier/kernel/polar.hpp"
#include "espalier/optimizer/matrix_rule.hpp"

namespace espalier {

/// The ball of a weight matrix: all matrices whose 2-norm (largest singular value) is at most the radius,
/// whose rows, the incoming weights of each neuron, have a Euclidean norm of at most it, or whose numbers are
/// at most it in size.
enum class ScionBall { spectral, rows, numbers };

/// m = momentum m + (1 - momentum) g;  W <- (1 - eta) W + eta D, where D is the point of the ball that is
/// farthest downhill, the minimum of <m, D> (Pethick et al. 2025, arXiv 2502.07529, algorithm 2; they write
/// lmo(m) for D and 1 - momentum for alpha). With momentum = 0 it is the method of Frank and Wolfe, to which
/// the rate 2 / (k + 2) in the k-th step from 0 on belongs. D is exact: -radius U V' of m = U S V', by a
/// singular value decomposition; -radius m_j / norm(m_j) in each row; -radius sign(m). The minimum of a
/// convex loss over the ball is reached as the rate falls to 0; at a fixed rate the weights stay about that
/// far from it.
///
/// For weights with two rows and two columns at least; kernels of Conv2D are matrices out x (in * height *
/// width). Biases, gains, weights of one row or column, and what On{"4.weight", Elementwise{}} says, take
/// the ball of numbers with `other_radius`.
///
/// Weights that begin inside their ball stay inside because it is convex. In the ball of numbers they do so
/// exactly, or are one unit of roundoff u outside where eta > 1/2. In the others W + eta (D - W) is rounded
/// in each step by up to u of each number, of which the next steps forget eta: the norm is at most radius (1
/// + u sqrt(n) (1 / eta + 8)) with n = min(rows, cols), and n = 1 for rows. Weights that begin outside come
/// in: their distance shrinks by the factor 1 - eta in each step. Where all of m is 0 (in the ball of rows
/// and that of numbers: a row or a number of it) W stays as it is, which is a minimum, too. The learning rate
/// is a share, 1 at most.
///
/// The ball is the set of its weights: other sets, penalties with a prox and decay, which would lead out of
/// it or past its point D, are refused; smooth penalties are welcome. The spectral step costs what one of
/// Muon costs.
struct Scion {
  double learning_rate = 0.01, momentum = 0.9;
  double radius = 1, other_radius = 1;
  ScionBall ball = ScionBall::spectral;
  AtBound at_bound = AtBound::keep;  ///< no other: there is no bound to be held back at

  static constexpr bool adaptive = false, rests_at_zero = true;
  static constexpr bool stays_in_ball = true;  ///< see matrix_rule.hpp
  static constexpr Index room = detail::singular_room;
  static constexpr std::string_view name = "Scion";
  static constexpr std::array<std::string_view, 2> state_names{"momentum", "direction"};

  void validate() const {
    detail::check_positive_float(name, "learning_rate", learning_rate);
    if (learning_rate > 1)
      detail::fail(name, "learning_rate <= 1, the share of the way that a step goes", learning_rate);
    detail::check_fraction(name, "momentum", momentum);
    detail::check_positive_float(name, "radius", radius);
    detail::check_positive_float(name, "other_radius", other_radius);
    if (at_bound != AtBound::keep) detail::fail(name, "at_bound keep", "another");
  }
  void describe(auto&& f) const {
    f("momentum", momentum), f("radius", radius), f("other_radius", other_radius);
    f("ball", ball == ScionBall::spectral ? "spectral" : ball == ScionBall::rows ? "rows" : "numbers");
  }
  static constexpr int states() { return 2; }
  static constexpr int momentum_state() { return 0; }

  /// The ball of numbers.
  template <Scalar S>
  struct Kernel {
    S rate, keep, add, radius;

    ESPALIER_INLINE void operator()(Line<S>& w, const Line<S>& g, States<S>& s, Line<S>&) const {
      Line<S>& m = s[0];
      m = keep * m + add * g;
      w = Line<S>::if_zero(m, w, w - rate * (radius * m.sign() + w));
    }
    S momentum_step(S) const { return rate; }
  };
  template <Scalar S>
  Kernel<S> kernel(long, double eta) const {
    return {static_cast<S>(eta), static_cast<S>(momentum), static_cast<S>(1 - momentum),
            detail::round_down<S>(other_radius)};
  }

  bool takes(ParameterKind kind, Index rows, Index cols) const {
    return kind == ParameterKind::weight && std::min(rows, cols) > 1;
  }
  double rate_of_others(double rate) const { return rate; }

  template <Scalar S>
  void step_matrix(Block<S> w, Block<const S> g, const MatrixStates<S>& states, double rate,
                   double* numbers) const {
    ArrayMap<S> m(states[0], w.size()), direction(states[1], w.size()), weights(w.data, w.size());
    m = static_cast<S>(momentum) * m + static_cast<S>(1 - momentum) * ConstArrayMap<S>(g.data, g.size());
    if ((m == S(0)).all()) return;
    set_direction(w, {states[0], w.rows, w.cols}, {states[1], w.rows, w.cols}, numbers);
    weights += static_cast<S>(rate) * (direction - weights);
  }

 private:
  /// D, or W where that is as good.
  template <Scalar S>
  void set_direction(Block<S> w, Block<const S> m, Block<S> to, double* numbers) const {
    const Index n = w.cols;
    if (ball == ScionBall::spectral) {
      std::fill_n(to.data, to.size(), S(0));
      return detail::add_polar_factor(to, m, -radius, numbers);
    }
    for (Index j = 0; j < w.rows; ++j) {
      const double length = ball == ScionBall::rows ? detail::norm(m.row(j), n) : 0;
      for (Index i = 0; i < n; ++i) {
        const S x = m.row(j)[i];
        if (ball == ScionBall::rows && length > 0)
          to.row(j)[i] = static_cast<S>(static_cast<double>(x) * (-radius / length));
        else if (x == S(0) || ball == ScionBall::rows)
          to.row(j)[i] = w.row(j)[i];
        else
          to.row(j)[i] = std::copysign(detail::round_down<S>(radius), -x);
      }
    }
  }
};

}  // namespace espalier
