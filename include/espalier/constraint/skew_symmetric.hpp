// SPDX-License-Identifier: MIT
// A square weight that is the negative of its transpose.
#pragma once

#include <string_view>

#include "espalier/core/error.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

/// w_ij = -w_ji and w_ii = 0, exactly: x' W x = 0 for every x, and all eigenvalues are imaginary, so that on
/// the recurrent weight of Recurrent what is remembered neither grows nor fades in a linear net (Chang et al.
/// 2019, AntisymmetricRNN). The step's y goes to the nearest such matrix in the metric of the step, pair by
/// pair: w_ij = (y_ij t_ji - y_ji t_ij) / (t_ij + t_ji), half of y_ij - y_ji where step sizes are equal.
struct SkewSymmetric {
  Metric metric = Metric::step;

  static constexpr std::string_view name = "SkewSymmetric";
  static constexpr bool flat = true, corners = true;

  template <Scalar S>
  bool contains(Block<const S> w) const {
    if (w.rows != w.cols) return false;
    for (Index j = 0; j < w.rows; ++j)
      for (Index i = 0; i <= j; ++i)
        if (!(w.row(j)[i] == -w.row(i)[j])) return false;
    return true;
  }
  template <Scalar S>
  void project(Block<S> y, Steps<S> t) const {
    for (Index j = 0; j < y.rows; ++j) {
      y.row(j)[j] *= S(0);  // what is not finite is not made good
      for (Index i = 0; i < j; ++i) {
        S &a = y.row(j)[i], &b = y.row(i)[j];
        if (a == -b) continue;
        a = of_pair<S>(static_cast<double>(a), static_cast<double>(b), static_cast<double>(t[j * y.cols + i]),
                       static_cast<double>(t[i * y.cols + j]));
        b = -a;
      }
    }
  }
  void validate(std::string_view where, Index rows, Index cols) const {
    if (rows != cols)
      detail::fail<ShapeError>(where, "a square weight for SkewSymmetric",
                               detail::format_message("{} x {}", {rows, cols}));
  }

  bool operator==(const SkewSymmetric&) const = default;

 private:
  /// Step sizes may be 0, and both may be.
  template <Scalar S>
  static S of_pair(double a, double b, double s, double t) {
    const double part = s == t ? 0.5 : t / (s + t);
    return static_cast<S>(part * a - (1 - part) * b);
  }
};

}  // namespace espalier
