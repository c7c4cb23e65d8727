// SPDX-License-Identifier: MIT
// Gradient transforms: what an optimizer does to all gradients before its moments, in the order written.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/core/round.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/model/parameters.hpp"

namespace espalier {

namespace detail {

template <class T>
concept TransformsArray = requires(const T& t, ArrayMap<float> f, ArrayMap<double> d) {
  t.apply(f);
  t.apply(d);
};
template <class T>
concept TransformsParameters = requires(const T& t, Parameters<float>& f, Parameters<double>& d) {
  t.apply(f);
  t.apply(d);
};

}  // namespace detail

/// `apply` sees the gradients of all parameters, penalties included, and zeros for what is frozen or masked:
/// as one array, or as the parameters of the model with their paths and borders, of which it changes the
/// gradients only (`void apply(Parameters<S>&) const`; one that takes whatever comes is given the array).
/// Optional: `describe` (core/description.hpp), which names options; a run that is taken up is compared by
/// it. Gaps between parameters are zero, whatever was written there before.
template <class T>
concept GradientTransform = detail::TransformsArray<T> || detail::TransformsParameters<T>;

namespace detail {

template <GradientTransform T, Scalar S>
void apply_transform(const T& transform, Parameters<S>& parameters) {
  if constexpr (TransformsArray<T>) {
    ArrayMap<S> all(parameters.gradients().data(), static_cast<Index>(parameters.gradients().size()));
    transform.apply(all);
  } else {
    transform.apply(parameters);
  }
}

}  // namespace detail

/// Each component into [-limit, limit] (torch.nn.utils.clip_grad_value_); penalties are clipped with the
/// loss, as in ClipNorm. While it acts it turns the gradient, and moves the point at which constrained
/// weights come to rest.
struct ClipValue {
  double limit = 1;

  void validate() const { detail::check_positive_float("ClipValue", "limit", limit); }
  void describe(auto&& f) const { f("limit", limit); }
  template <Scalar S>
  void apply(ArrayMap<S>& gradients) const {
    const S most = detail::round_down<S>(limit);
    gradients = gradients.max(-most).min(most);
  }
  bool operator==(const ClipValue&) const = default;
};

/// The norm of all gradients together to at most `limit` (Pascanu et al. 2013, algorithm 1), a few units of
/// roundoff inside. Frozen and masked weights do not count. Smooth penalties (L2) are part of these
/// gradients, so they are clipped too: from w = 10 under L2{1}, ClipNorm{1} and a rate of 0.1 SGD steps
/// to 9.9. PyTorch's recipe clips the loss alone and adds `weight_decay` afterwards: with a gradient of 1 of
/// the loss it steps to 8.9. Sets do not mind a shorter gradient; a penalty with a prox, as L1, is not
/// shortened with it, and weighs more while this acts.
struct ClipNorm {
  double limit = 1;

  void validate() const { detail::check_positive_float("ClipNorm", "limit", limit); }
  void describe(auto&& f) const { f("limit", limit); }
  template <Scalar S>
  void apply(ArrayMap<S>& gradients) const {
    double length = detail::norm(gradients.data(), gradients.size());
    if (!(length > limit)) return;
    if constexpr (std::same_as<S, double>) {
      // limit / length would be denormal, which counts as zero inside a step; of 1e308s the length is
      // infinite.
      if (length > 1e200) {
        gradients *= 0x1p-600;
        length = detail::norm(gradients.data(), gradients.size());
      }
    }
    // Rounding makes each product, the quotient and the length larger by a unit of roundoff at most.
    constexpr double inside = 1 - (std::same_as<S, double> ? 8 : 2) * detail::roundoff<S>;
    const double factor = limit / length * inside;
    if constexpr (std::same_as<S, double>)
      gradients *= factor;
    else
      detail::scale(gradients.data(), gradients.size(), factor);  // in double: the factor may be no float
  }
  bool operator==(const ClipNorm&) const = default;
};

/// As ClipNorm, the gradient of each layer apart: weight, gain and bias together, which are all parameters
/// whose paths are equal up to the last dot. One factor for a layer keeps the direction in which it moves, as
/// ClipNorm keeps that of the model, and no layer is shortened because another one's gradient is long.
/// (`clipnorm` in Keras is for each parameter apart, as clip_by_block_rms in optax is: On{"*.bias",
/// ClipNorm{1}} and so on.)
struct ClipNormPerLayer {
  double limit = 1;

  void validate() const { detail::check_positive_float("ClipNormPerLayer", "limit", limit); }
  void describe(auto&& f) const { f("limit", limit); }
  template <Scalar S>
  void apply(Parameters<S>& parameters) const {
    const auto entries = parameters.entries();
    const auto layer = [](const ParameterEntry<S>& e) {
      return std::string_view(e.path).substr(0, std::min(e.path.rfind('.'), e.path.size()));
    };
    for (std::size_t first = 0, end = 0; first < entries.size(); first = end) {
      while (end < entries.size() && layer(entries[end]) == layer(entries[first])) ++end;
      const ParameterEntry<S>& last = entries[end - 1];
      // The gaps between parameters are zero.
      ArrayMap<S> all(parameters.gradients_of(entries[first]),
                      last.offset + last.size() - entries[first].offset);
      ClipNorm{limit}.apply(all);
    }
  }
  bool operator==(const ClipNormPerLayer&) const = default;
};

/// Takes from the gradient of each neuron's incoming weights its mean over the inputs, for weights with two
/// inputs or more; those of a filter of Conv2D are channels times pixels (gradient centralization: Yong et
/// al. 2020, equation 1). Biases, gains and weights with one input keep their gradients, as one-dimensional
/// parameters do there. Weights that a mask or Frozen holds are not among the inputs; to find them it
/// allocates. Under SGD the sum of a neuron's weights never changes, but for rounding, so that training comes
/// to rest at the best weights with the sums of the initial ones; rules with a step size for each weight move
/// the sums all the same.
struct Centralize {
  template <Scalar S>
  void apply(Parameters<S>& parameters) const {
    for (const ParameterEntry<S>& e : parameters.entries())
      if (e.kind == ParameterKind::weight && e.trained() && e.cols > 1) centralize(parameters, e);
  }
  bool operator==(const Centralize&) const = default;

 private:
  template <Scalar S>
  static void centralize(Parameters<S>& parameters, const ParameterEntry<S>& e) {
    const Block<const S> w = std::as_const(parameters).values_of(e);
    S* const gradients = parameters.gradients_of(e);
    const bool holds = e.pack.may_hold();
    std::vector<S> moves(holds ? static_cast<std::size_t>(e.size()) : 0, S(1));
    if (holds) e.pack.clear_held(w, moves.data());
    for (Index j = 0; j < e.rows; ++j) {
      S* const g = gradients + j * e.cols;
      const S* const counts = holds ? moves.data() + j * e.cols : nullptr;
      double sum = 0, inputs = counts ? 0 : static_cast<double>(e.cols);
      for (Index i = 0; i < e.cols; ++i) {
        sum += static_cast<double>(g[i]);
        if (counts) inputs += static_cast<double>(counts[i]);
      }
      for (Index i = 0; i < e.cols; ++i)
        if (!counts || counts[i] > 0) g[i] = static_cast<S>(static_cast<double>(g[i]) - sum / inputs);
    }
  }
};

}  // namespace espalier
