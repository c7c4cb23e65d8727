// SPDX-License-Identifier: MIT
// How far inputs may move before a classifier can change its mind: a proof, sample by sample.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/certify/lipschitz.hpp"
#include "espalier/kernel/upward.hpp"

namespace espalier {

namespace detail {

/// Lipschitz bounds of the differences of two outputs, in the 2-norm.
class DifferenceBounds {
 public:
  /// `steps` have their bounds.
  DifferenceBounds(const BoundSteps& steps, double two, Index outputs) : outputs_(outputs) {
    const double any = product_above(root_above(2), two);
    bounds_.assign(static_cast<std::size_t>(outputs * outputs), any);
    if (steps.empty() || steps.back().kind != BoundKind::dense) return;
    std::size_t first = steps.size() - 1;  // of the run of dense layers that ends here
    for (std::size_t k = first; k-- > 0;) {
      const bool in_run = steps[k].kind == BoundKind::dense ||
                          (steps[k].kind == BoundKind::slopes && steps[k].slopes.least >= 0);
      if (!in_run) break;
      if (steps[k].kind == BoundKind::dense) first = k;
    }
    const DenseRun run = run_from(steps, first, steps.size());
    const double before_run = composed_two(steps, first), before = composed_two(steps, steps.size() - 1);
    const MadeWeight& w = steps.back().weight;
    for (Index j = 0; j < outputs; ++j)
      for (Index k = 0; k < j; ++k)
        set(j, k,
            std::min({any, product_above(before_run, run.composed.bound_of_difference(j, k)),
                      product_above(before, norm_of_difference(w, j, k))}));
  }

  double at(Index j, Index k) const { return bounds_[static_cast<std::size_t>(j * outputs_ + k)]; }

 private:
  void set(Index j, Index k, double bound) {
    bounds_[static_cast<std::size_t>(j * outputs_ + k)] =
        bounds_[static_cast<std::size_t>(k * outputs_ + j)] = bound;
  }

  static double norm_of_difference(const MadeWeight& w, Index j, Index k) {
    std::vector<double> row(static_cast<std::size_t>(w.cols));
    double off = 0;
    for (Index i = 0; i < w.cols; ++i) {
      const double a = w.block().row(j)[i], b = w.block().row(k)[i];
      row[static_cast<std::size_t>(i)] = a - b;
      off += w.off * (std::abs(a) + std::abs(b));
    }
    return sum_above(total_above(norm_above(row.data(), w.cols), 4), total_above(off, 3 * w.cols));
  }

  Index outputs_;
  std::vector<double> bounds_;
};

/// Rounded down: margins by Lipschitz bounds.
inline double radius_below(double margin, double bound) {
  if (!(margin > 0)) return 0;
  return bound == 0 ? HUGE_VAL : std::max(0.0, std::nextafter(margin / bound, 0.0));
}

}  // namespace detail

/// For each sample of a batch, a radius in the 2-norm within which no input is put into another class: the
/// smallest margin (y_c - y_j) / L_cj, c the class of the largest output and L_cj a Lipschitz bound of the
/// difference of two outputs, from the rows of the last layer where that is Dense, else sqrt(2) times that of
/// the model (Tsuzuku et al. 2018). Of a model with one output, a logit, |y| / L: its sign does not change. 0
/// where outputs tie.
///
/// The bounds cover their roundings. The margins are those of `predict`, whose own roundings, some units in
/// the last place of the largest activations, are not covered. Throws as `lipschitz` does, at its cost, and
/// ShapeError as `predict`.
template <Model M>
std::vector<double> certified_radius(const M& model, ConstBatch<typename M::scalar_type> x) {
  std::string unknown;
  detail::BoundSteps steps = detail::steps_of(model, unknown);
  detail::require_known("certified_radius", unknown);
  const double two = detail::bounds_of_steps(steps, detail::set_bounds(steps)).two;
  const detail::DifferenceBounds bounds(steps, two, model.outputs());
  const Matrix<double> y = model.predict(x).template cast<double>();
  std::vector<double> radii;
  for (Index s = 0; s < y.cols(); ++s) {
    if (y.rows() == 1) {
      radii.push_back(detail::radius_below(std::abs(y(0, s)), two));
      continue;
    }
    Index c = 0;
    y.col(s).maxCoeff(&c);
    double radius = y.col(s).allFinite() ? HUGE_VAL : 0;
    for (Index j = 0; j < y.rows(); ++j)
      if (j != c) {
        const double margin = y(c, s) - y(j, s);
        radius = std::min(radius, detail::radius_below(std::nextafter(margin, 0.0), bounds.at(c, j)));
      }
    radii.push_back(radius);
  }
  return radii;
}

}  // namespace espalier
