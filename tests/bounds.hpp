// SPDX-License-Identifier: MIT
// How far a generated header and predict may be apart, computed in double.
#pragma once

#include <cmath>
#include <functional>
#include <limits>

#include "espalier/espalier.hpp"
#include "generated.hpp"

namespace bounds {

using namespace espalier;

/// Values as computed in double, and how far the two others may be apart: at most 4 u sum |w x| more at each
/// layer with weights, and 8 u of its value at an activation that is no choice between its parts.
struct Bounded {
  Eigen::VectorXd value, apart;
  double u;

  Bounded dense(const Eigen::MatrixXd& w, const Eigen::VectorXd& b) const {
    const Eigen::MatrixXd size = w.cwiseAbs();
    return {w * value + b, (size * apart + 4 * u * (size * value.cwiseAbs() + b.cwiseAbs())).eval(), u};
  }
  Bounded map(const std::function<double(double)>& f, double slope, double own) const {
    const Eigen::VectorXd y = value.unaryExpr(f);
    return {y, slope * apart + own * u * y.cwiseAbs(), u};
  }
  Bounded plus(const Bounded& other) const {
    const Eigen::VectorXd y = value + other.value;
    return {y, apart + other.apart + u * y.cwiseAbs(), u};
  }
  Bounded under(const Bounded& other) const {
    Eigen::VectorXd y(value.size() + other.value.size()), a(y.size());
    y << value, other.value;
    a << apart, other.apart;
    return {y, a, u};
  }
  /// Slopes of softmax are at most 1/2 for each input, in sum over the outputs of one at most 1.
  Bounded softmax() const {
    const Eigen::VectorXd e = (value.array() - value.maxCoeff()).exp(), y = e / e.sum();
    // y_k changes by y_k (d_k - mean of d), and exponents are rounded.
    const double most = 2 * apart.maxCoeff() + u * (value.maxCoeff() - value.minCoeff());
    return {y, (y.array() * (2 * most + 16 * u)).matrix(), u};
  }
};

inline double logistic(double x) { return 1 / (1 + std::exp(-x)); }

template <class Net>
Eigen::MatrixXd w(const Net& net, const char* path) {
  return effective_weight(net, path).template cast<double>();
}
template <class Net>
Eigen::VectorXd b(const Net& net, const char* path) {
  return parameter(net, path).template cast<double>();
}

/// Both programs are within the bounds of predict at random inputs, and the bounds are such that they say
/// something.
template <class Net>
void check(Generated& programs, int k, const Net& net,
           const std::function<Bounded(const Bounded&)>& reference) {
  using S = typename Net::scalar_type;
  const double u = static_cast<double>(std::numeric_limits<S>::epsilon()) / 2;
  const Matrix<S> x = 2 * Matrix<S>::Random(net.inputs(), 20);
  for (const std::string language : {"cpp", "c"}) {
    const Matrix<S> y = programs.run(language, k, x, net.outputs());
    for (Index j = 0; j < x.cols(); ++j) {
      const Matrix<S> expected = net.predict(x.col(j));
      const Bounded bound =
          reference({x.col(j).template cast<double>(), Eigen::VectorXd::Zero(net.inputs()), u});
      for (Index i = 0; i < y.rows(); ++i) {
        INFO(language << ", net " << k << ", sample " << j << ", output " << i);
        CHECK(std::abs(static_cast<double>(y(i, j) - expected(i, 0))) <= bound.apart(i));
        CHECK(std::abs(static_cast<double>(y(i, j)) - bound.value(i)) <= 2 * bound.apart(i));
        CHECK(bound.apart(i) <= 1e4 * u * (1 + std::abs(bound.value(i))));
      }
    }
  }
}

}  // namespace bounds
