// SPDX-License-Identifier: MIT
// From the layers of a model to what certificates know of them.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/certify/bound_step.hpp"
#include "espalier/certify/convolution_bounds.hpp"
#include "espalier/certify/sandwich_bounds.hpp"
#include "espalier/core/type_name.hpp"
#include "espalier/layer/batch_norm.hpp"
#include "espalier/layer/chain.hpp"
#include "espalier/layer/dropout.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier::detail {

/// a b, not 0 where neither of both is, and infinite where it is no number.
inline double kept_product(double a, double b) {
  const double product = a * b;
  if (product != product) return HUGE_VAL;
  if (product != 0 || a == 0 || b == 0) return product;
  return std::copysign(std::numeric_limits<double>::denorm_min(), (a > 0) == (b > 0) ? 1.0 : -1.0);
}

/// W of the parameter `weight`: of stored numbers, of what maps make of them, or of rows with their scales.
template <Scalar S>
MadeWeight made_weight(const Parameters<S>& parameters, std::string_view weight, std::string_view gain) {
  const ParameterEntry<S>& e = parameters.at(weight);
  const Block<const S> stored = parameters.values_of(e);
  std::vector<S> numbers(stored.data, stored.data + stored.size());
  e.pack.to_weight({numbers.data(), e.rows, e.cols});
  MadeWeight made{e.rows, e.cols, {numbers.begin(), numbers.end()}};
  if (!e.pack.traits().scales_rows) return made;
  // Products of two floats are doubles.
  made.off = sizeof(S) == sizeof(float) ? 0 : 2 * roundoff<double>;
  const S* const gains =
      e.pack.traits().trains_gain ? parameters.values_of(parameters.at(gain)).data : nullptr;
  for (Index j = 0; j < e.rows; ++j) {
    const double inverse = inverse_norm(stored.row(j), e.cols);
    const S scale = static_cast<S>(gains ? static_cast<double>(gains[j]) * inverse : inverse);
    for (Index i = 0; i < e.cols; ++i) {
      double& w = made.numbers[static_cast<std::size_t>(j * e.cols + i)];
      w = kept_product(w, static_cast<double>(scale));
    }
  }
  return made;
}

inline MadeWeight without_last_column(const MadeWeight& w) {
  MadeWeight rest{w.rows, w.cols - 1, {}, w.off};
  for (Index j = 0; j < w.rows; ++j) {
    const auto row = w.numbers.begin() + j * w.cols;
    rest.numbers.insert(rest.numbers.end(), row, row + rest.cols);
  }
  return rest;
}

/// What BatchNorm multiplies channels by outside training, relative error `off` as in MadeWeight.
template <Scalar S>
std::vector<double> scales_of(const BatchNorm& layer, const Parameters<S>& parameters,
                              const std::string& path) {
  const Block<const S> gain = parameters.values_of(parameters.at(path + "weight")),
                       variance = parameters.values_of(parameters.at(path + "running_var"));
  std::vector<double> scales;
  for (Index c = 0; c < gain.rows; ++c) {
    const S scale = static_cast<S>(1 / std::sqrt(static_cast<double>(variance.data[c]) + layer.epsilon()));
    scales.push_back(kept_product(static_cast<double>(gain.data[c]), static_cast<double>(scale)));
  }
  return scales;
}

/// Puts rows of W times their scales in the place of the two.
inline void scale_rows(MadeWeight& w, const std::vector<double>& scales, Index per) {
  for (Index j = 0; j < w.rows; ++j)
    for (Index i = 0; i < w.cols; ++i) {
      double& number = w.numbers[static_cast<std::size_t>(j * w.cols + i)];
      number = kept_product(number, scales[static_cast<std::size_t>(j / per)]);
    }
  w.off = above(w.off + 6 * roundoff<double>);
}

template <Scalar S>
class LayerSteps {
 public:
  explicit LayerSteps(const Parameters<S>& parameters) : parameters_(parameters) {}

  /// Adds the steps of a layer, whose path ends with a dot, behind others.
  template <class L>
  void add(BoundSteps& steps, const std::string& path, const L& layer) {
    if constexpr (is_chain<L>)
      add_all(steps, path, layer.layers());
    else if constexpr (std::is_same_v<L, Dropout>)
      return;  // the identity outside training
    else if constexpr (HasSlopes<L>)
      step(steps, path, layer, BoundKind::slopes).slopes = layer.slopes();
    else if constexpr (requires { requires L::affine; })
      add_affine(steps, path, layer);
    else if constexpr (requires { layer.switched(); })
      add_switched(steps, path, layer);
    else if constexpr (std::is_same_v<L, BatchNorm>)
      add_batch_norm(steps, path, layer);
    else if constexpr (requires { layer.body(); })
      add(step(steps, path, layer, BoundKind::residual).branches.emplace_back(), path + "body.",
          layer.body());
    else if constexpr (requires { layer.later(); })
      add(step(steps, path, layer, BoundKind::skip).branches.emplace_back(), path + "later.", layer.later());
    else if constexpr (requires { layer.branches(); })
      add_branches(steps, path, layer);
    else
      add_bounds(steps, path, layer);
  }
  template <class... Layers>
  void add_all(BoundSteps& steps, const std::string& path, const std::tuple<Layers...>& layers) {
    std::apply(
        [&, k = 0](const Layers&... each) mutable {
          (add(steps, path + std::to_string(k++) + ".", each), ...);
        },
        layers);
  }

  /// "LSTM, layer 2", the first layer of which no bound is known; empty where there is none.
  const std::string& unknown() const { return unknown_; }

 private:
  template <class L>
  BoundStep& step(BoundSteps& steps, const std::string& path, const L& layer, BoundKind kind) {
    steps.push_back({kind, path.substr(0, path.size() - 1), std::string(short_name(type_name<L>()))});
    if constexpr (Sized<L>) steps.back().outputs = layer.outputs();
    return steps.back();
  }

  template <class L>
  void add_affine(BoundSteps& steps, const std::string& path, const L& layer) {
    MadeWeight w = made_weight(parameters_, path + "weight", path + "gain");
    if constexpr (requires { requires L::bias_in_weight; }) w = without_last_column(w);
    if constexpr (requires { layer.patches(); }) {
      step(steps, path, layer, BoundKind::bounds).bounds = convolution_bounds(layer.patches(), w);
    } else if (w.rows == layer.outputs() && w.cols == layer.inputs()) {
      step(steps, path, layer, BoundKind::dense).weight = std::move(w);
    } else {
      leave_unknown(steps, path, layer);
    }
  }

  /// W+ s(x) + W- s(-x) + b = [W+ W-] s([x; -x]) + b
  template <class L>
  void add_switched(BoundSteps& steps, const std::string& path, const L& layer) {
    step(steps, path, layer, BoundKind::dense).weight = both_signs(layer.inputs());
    step(steps, path, layer, BoundKind::slopes).slopes = layer.switched().slopes();
    step(steps, path, layer, BoundKind::dense).weight =
        split_by_sign(made_weight(parameters_, path + "weight", path + "gain"));
    steps.back().split = true;
  }

  void add_batch_norm(BoundSteps& steps, const std::string& path, const BatchNorm& layer) {
    const std::vector<double> scales = scales_of(layer, parameters_, path);
    if (!steps.empty() && steps.back().kind == BoundKind::dense) {
      steps.back().path += ", " + path.substr(0, path.size() - 1);
      return scale_rows(steps.back().weight, scales, layer.per());
    }
    double most = 0;
    for (const double scale : scales) most = std::max(most, std::abs(scale));
    most = total_above(most, 1);
    step(steps, path, layer, BoundKind::bounds).bounds = {most, most, most};
  }

  template <class L>
  void add_branches(BoundSteps& steps, const std::string& path, const L& layer) {
    BoundStep& own = step(steps, path, layer, BoundKind::concat);
    std::apply(
        [&, k = 0](const auto&... branches) mutable {
          (add(own.branches.emplace_back(), path + std::to_string(k++) + ".", branches), ...);
        },
        layer.branches());
  }

  template <class L>
  void add_bounds(BoundSteps& steps, const std::string& path, const L& layer) {
    if constexpr (HasNormBounds<L>)
      step(steps, path, layer, BoundKind::bounds).bounds = layer.norm_bounds();
    else if constexpr (requires { sandwich_activation(layer); })
      step(steps, path, layer, BoundKind::bounds).bounds = sandwich_bounds(
          made_weight(parameters_, path + "weight", ""),
          parameters_.values_of(parameters_.at(path + "psi")).data, sandwich_activation(layer).slopes());
    else if constexpr (requires { L::cell_type::slopes(); })
      set_sequence_bounds(step(steps, path, layer, BoundKind::bounds), layer, path);
    else
      leave_unknown(steps, path, layer);
    if constexpr (requires { requires L::monotone; }) steps.back().monotone = true;
  }

  /// h_t moves by at most slope (norm(W_ih) move of x_t + norm(W_hh) move of h_(t-1)): with a = slope
  /// norm(W_ih) and r = slope norm(W_hh), the outputs of all steps by a (1 + r + ... + r^(steps - 1)) in each
  /// of the three norms, and that of the last by the largest, the root of the sum of squares, or the sum of a
  /// r^k.
  template <class L>
  void set_sequence_bounds(BoundStep& own, const L& layer, const std::string& path) const {
    const double slope = bounds_of(L::cell_type::slopes()).two;
    const auto norms = [&](std::string_view which) {
      return one_after_other({slope, slope, slope},
                             norms_above(made_weight(parameters_, path + "weight_" + std::string(which),
                                                     path + "gain_" + std::string(which))));
    };
    const NormBounds in = norms("ih"), again = norms("hh");
    const bool last = layer.outputs() == layer.hidden();
    const auto total = [&](double r, int power) {  // 0: the largest, else the root of the sum of powers
      double sum = 0, term = 1;
      for (Index t = 0; t < layer.steps(); ++t, term = product_above(term, r))
        sum =
            power == 0 ? std::max(sum, term) : sum_above(sum, power == 1 ? term : product_above(term, term));
      return power == 2 ? root_above(sum) : sum;
    };
    own.recurrent = true, own.again = again;
    own.bounds = {product_above(in.one, total(again.one, last ? 0 : 1)),
                  product_above(in.two, total(again.two, last ? 2 : 1)),
                  product_above(in.infinity, total(again.infinity, 1))};
  }

  template <class L>
  void leave_unknown(BoundSteps& steps, const std::string& path, const L& layer) {
    BoundStep& own = step(steps, path, layer, BoundKind::bounds);
    own.bounds = {HUGE_VAL, HUGE_VAL, HUGE_VAL};
    if (unknown_.empty()) unknown_ = "layer " + own.path + ", " + own.layer;
  }

  const Parameters<S>& parameters_;
  std::string unknown_;
};

/// The layers of a model; `unknown` gets the name of one that nothing is known of.
template <Scalar S, class... Layers>
BoundSteps steps_of(const Sequential<S, Layers...>& model, std::string& unknown) {
  require_finite(model.parameters(), "weights", model.values());
  BoundSteps steps;
  LayerSteps<S> layers(model.parameters());
  layers.add_all(steps, "", model.layers());
  unknown = layers.unknown();
  return steps;
}

}  // namespace espalier::detail
