// SPDX-License-Identifier: MIT
// By how much the outputs of a model move, at most, when its inputs do: Lipschitz bounds, from the weights.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/certify/composed_bound.hpp"
#include "espalier/certify/layer_steps.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// What a layer stretches at most.
struct LayerBounds {
  std::string path, layer;  ///< "0", "Dense"; "0, 1" of a Dense with the BatchNorm behind it
  NormBounds bounds;

  bool operator==(const LayerBounds&) const = default;
};

/// norm(f(x) - f(z)) <= bound * norm(x - z) for all inputs x and z, f the model outside training in exact
/// arithmetic, with its weights as they are stored. Roundings of the bounds are covered: each is a true one.
struct LipschitzBounds {
  double one = 0, two = 0, infinity = 0;  ///< in the 1-, the 2- and the infinity-norm on both sides
  double product = 0;   ///< in the 2-norm, the product of the layers' norms: `two` is at most this
  double composed = 0;  ///< and of dense layers together (ECLipsE-Fast); `two` is the smaller one
  std::vector<LayerBounds> layers{};  ///< of the model itself, those inside others not counted

  bool operator==(const LipschitzBounds&) const = default;
};

namespace detail {

/// Dense layers one behind the other, with slopes of 0 or more between them.
struct DenseRun {
  ComposedBound composed;
  double product, slope;  ///< of their norms and slopes; of what follows the last one
  std::size_t end;        ///< the step behind
  std::size_t last;       ///< the last dense step
};

/// Of steps first ... end - 1.
inline DenseRun run_from(const BoundSteps& steps, std::size_t first, std::size_t end) {
  DenseRun run{ComposedBound(steps[first].weight, steps[first].two), steps[first].two, 1, first + 1, first};
  for (; run.end < end; ++run.end) {
    const BoundStep& step = steps[run.end];
    if (step.kind == BoundKind::slopes && step.slopes.least >= 0) {
      run.slope = product_above(run.slope, step.slopes.largest);
    } else if (step.kind == BoundKind::dense) {
      run.composed.add(run.slope, step.weight);
      run.product = product_above(product_above(run.product, run.slope), step.two);
      run.slope = 1, run.last = run.end;
    } else {
      break;
    }
  }
  return run;
}

inline void set_bounds_of_dense(BoundStep& step) {
  step.bounds = step.split ? norms_behind_both_signs(step.weight) : norms_above(step.weight);
  step.two = step.bounds.two;
}

double sum_of_paths(const BoundSteps& steps, std::size_t first, std::size_t skip);

/// The 2-norm of steps 0 ... end - 1, whose own bounds are known, of runs together where that is less.
inline double composed_two(const BoundSteps& steps, std::size_t end) {
  double two = 1;
  for (std::size_t k = 0; k < end;) {
    if (steps[k].kind != BoundKind::dense) {
      two = product_above(two, steps[k++].two);
      continue;
    }
    const DenseRun run = run_from(steps, k, end);
    double own = product_above(std::min(run.composed.bound(), run.product), run.slope);
    std::size_t next = run.end;
    if (next < end && steps[next].kind == BoundKind::skip && run.last + 1 == next) {
      own = std::min(product_above(own, steps[next].two), sum_of_paths(steps, k, next));
      ++next;
    }
    two = product_above(two, own);
    k = next;
  }
  return two;
}

/// Of a dense step and a skip right behind it: the first rows of the weight go through the branch, the last
/// past it, and the 2-norm of a sum is at most the sum of theirs. `first`: from which step on.
inline double sum_of_paths(const BoundSteps& steps, std::size_t first, std::size_t skip) {
  const auto at = [&](std::size_t k) { return steps.begin() + static_cast<std::ptrdiff_t>(k); };
  BoundSteps through(at(first), at(skip)), past = through;
  const MadeWeight& w = steps[skip - 1].weight;
  const auto keep = [&](BoundSteps& path, Index row, Index rows) {
    BoundStep& last = path.back();
    last.weight = {rows, w.cols, {}, w.off};
    last.weight.numbers.assign(w.numbers.begin() + row * w.cols, w.numbers.begin() + (row + rows) * w.cols);
    set_bounds_of_dense(last);
  };
  const Index before = w.rows - steps[skip].outputs;
  keep(through, 0, before), keep(past, before, steps[skip].outputs);
  const BoundSteps& branch = steps[skip].branches.front();
  through.insert(through.end(), branch.begin(), branch.end());
  return sum_above(composed_two(through, through.size()), composed_two(past, past.size()));
}

NormBounds set_bounds(BoundSteps& steps);

/// f(first) + last, with f L-Lipschitz: sqrt(L^2 + 1) in the 2-norm.
inline void set_bounds_of_skip(BoundStep& step) {
  BoundSteps& branch = step.branches.front();
  const NormBounds own = set_bounds(branch);
  const auto beside = [](double two) { return root_above(sum_above(1, product_above(two, two))); };
  step.bounds = {std::max(own.one, 1.0), beside(own.two), sum_above(1, own.infinity)};
  step.two = std::min(step.bounds.two, beside(composed_two(branch, branch.size())));
}

/// x + f(x), or branches side by side, whose outputs stand one under the other.
inline void set_bounds_of_branches(BoundStep& step) {
  const bool residual = step.kind == BoundKind::residual;
  const double begin = residual ? 1 : 0;
  NormBounds sum{begin, begin, begin};
  double two = begin;
  for (BoundSteps& branch : step.branches) {
    const NormBounds own = set_bounds(branch);
    const double composed = composed_two(branch, branch.size());
    sum.one = sum_above(sum.one, own.one);
    sum.infinity = residual ? sum_above(1, own.infinity) : std::max(sum.infinity, own.infinity);
    sum.two = sum_above(sum.two, residual ? own.two : product_above(own.two, own.two));
    two = sum_above(two, residual ? composed : product_above(composed, composed));
  }
  if (!residual) sum.two = root_above(sum.two), two = root_above(two);
  step.bounds = sum, step.two = std::min(sum.two, two);
}

/// Sets the bounds of each step, of the branches inside first. Returns their product.
inline NormBounds set_bounds(BoundSteps& steps) {
  NormBounds product{1, 1, 1};
  for (BoundStep& step : steps) {
    if (step.kind == BoundKind::dense) set_bounds_of_dense(step);
    if (step.kind == BoundKind::slopes) step.bounds = bounds_of(step.slopes);
    step.two = step.bounds.two;
    if (step.kind == BoundKind::skip)
      set_bounds_of_skip(step);
    else if (!step.branches.empty())
      set_bounds_of_branches(step);
    product = one_after_other(product, step.bounds);
  }
  return product;
}

inline LipschitzBounds bounds_of_steps(const BoundSteps& steps, const NormBounds& product) {
  const double composed = composed_two(steps, steps.size());
  LipschitzBounds result{product.one, std::min(product.two, composed), product.infinity, product.two,
                         composed};
  for (const BoundStep& step : steps) {
    std::vector<LayerBounds>& all = result.layers;
    NormBounds own = step.bounds;
    if (step.split)  // the last of three steps of a layer
      for (int before = 0; before < 2; ++before, all.pop_back())
        own = one_after_other(all.back().bounds, own);
    all.push_back({step.path, step.layer, own});
  }
  return result;
}

inline void require_known(std::string_view where, const std::string& unknown) {
  if (!unknown.empty())
    fail(where,
         "layers with a known bound, as Dense, Conv2D, BatchNorm or Recurrent, or with slopes() or "
         "norm_bounds()",
         unknown);
}

}  // namespace detail

/// Lipschitz bounds of a model: fmt prints them with espalier/report.hpp. The time is some factorizations of
/// matrices of each layer's outputs, cubic in the width. ValueError for a layer of which no bound is known
/// (LSTM), which it names; NotFiniteError for weights that are not finite.
template <Model M>
LipschitzBounds lipschitz(const M& model) {
  std::string unknown;
  detail::BoundSteps steps = detail::steps_of(model, unknown);
  detail::require_known("lipschitz", unknown);
  const NormBounds product = detail::set_bounds(steps);
  return detail::bounds_of_steps(steps, product);
}

}  // namespace espalier
