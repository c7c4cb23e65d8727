// SPDX-License-Identifier: MIT
// The members by which a policy looks at a whole weight, rows and columns.
#pragma once

#include <concepts>

#include "espalier/core/block.hpp"

namespace espalier {

/// Has `project` of a matrix the form that finds the nearest one in the metric of the step?
template <class P>
concept ProjectsMatrixInSteps = requires(const P& p, Block<float> f, Block<double> d, Steps<float> tf,
                                         Steps<double> td) {
  p.project(f, tf);
  p.project(d, td);
};

template <class P>
concept ContainsMatrix = requires(const P& p, Block<const float> f, Block<const double> d) {
  { p.contains(f) } -> std::same_as<bool>;
  { p.contains(d) } -> std::same_as<bool>;
}
|| requires(const P& p, Block<const float> f, Block<const double> d, double* room) {
  { p.contains(f, room) } -> std::same_as<bool>;
  { p.contains(d, room) } -> std::same_as<bool>;
};

template <class P>
concept HasMatrixSet = ContainsMatrix<P> &&(
    requires(const P& p, Block<float> f, Block<double> d) {
      p.project(f);
      p.project(d);
    } ||
    requires(const P& p, Block<float> f, Block<double> d, double* room) {
      p.project(f, room);
      p.project(d, room);
    } ||
    ProjectsMatrixInSteps<P>);

template <class P>
concept HasMatrixValue = requires(const P& p, Block<const float> f, Block<const double> d) {
  { p.value(f) } -> std::convertible_to<double>;
  { p.value(d) } -> std::convertible_to<double>;
};

template <class P>
concept HasMatrixPenalty = HasMatrixValue<P> &&(
    requires(const P& p, Block<float> f, Block<double> d, float tf, double td) {
      p.prox(f, tf);
      p.prox(d, td);
    } ||
    requires(const P& p, Block<float> f, Block<double> d, float tf, double td, double* room) {
      p.prox(f, tf, room);
      p.prox(d, td, room);
    });

/// A penalty of a whole weight that has a gradient. It is added to what is there; false: it is zero.
template <class P>
concept SmoothMatrixPenalty = HasMatrixValue<P> &&
    requires(const P& p, Block<const float> f, Block<const double> d, Block<float> gf, Block<double> gd) {
  { p.add_gradient(f, gf) } -> std::same_as<bool>;
  { p.add_gradient(d, gd) } -> std::same_as<bool>;
};

}  // namespace espalier
