// SPDX-License-Identifier: MIT
// The contract of a loss: one number for a batch, and its gradient.
//
// A loss is a small aggregate of options with two call operators, for outputs y (any Eigen expression,
// outputs x samples):
//
//   template <class Y> double operator()(const Y& y, const Target<typename Y::Scalar>& t) const;
//   template <class Y> double operator()(const Y& y, const Target<typename Y::Scalar>& t,
//                                        Matrix<typename Y::Scalar>& gradient) const;
//
// Both give the same value, summed in double. The second also sets `gradient` to d value / d y, in the shape
// of y; it allocates only if that shape is new. y must not be a view of `gradient`.
//
// The value is sum_i w_i l_i / sum_i w_i over the samples i: l_i is the loss of a sample, w_i its weight in
// the target (1 if there are none). Without weights this is PyTorch's reduction = 'mean'. A sample of weight
// 0 counts nothing, whatever its outputs are, and has the gradient 0. NaN elsewhere gives NaN; everything
// else that makes no sense throws ShapeError or ValueError, before the gradient is touched.
//
// A loss whose mean has another denominator (CrossEntropy with class weights) may say which, so that means of
// batches add up to the mean of all:
//
//   double total_weight(const Target<S>& t) const;     // for S float and double; 0: a batch to pass over
//
// Optional: `void describe(auto&& f) const`, which names options (core/description.hpp): by them a run that
// is taken up is compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/core/resize.hpp"
#include "espalier/core/target_check.hpp"

namespace espalier {

/// A loss for outputs of precision S.
template <class L, class S = float>
concept Loss = requires(const L& loss, const Eigen::Map<const Matrix<S>>& y, const Target<S>& t,
                        Matrix<S>& gradient) {
  { loss(y, t) } -> std::same_as<double>;
  { loss(y, t, gradient) } -> std::same_as<double>;
};

namespace detail {

template <Scalar S>
double weight_of(const Target<S>& t, Index i) {
  return t.weights().empty() ? 1 : static_cast<double>(t.weights()[static_cast<std::size_t>(i)]);
}

/// sum_i w_i factor(i). Throws ValueError unless all w_i are finite and >= 0.
template <Scalar S, class Factor>
double sum_weights(std::string_view where, const Target<S>& t, const Factor& factor) {
  double total = 0;
  for (Index i = 0; i < t.samples(); ++i) {
    const double w = weight_of(t, i);
    if (!(w >= 0) || !std::isfinite(w))
      fail(where, {"a weight >= 0 and finite for sample {} (counted from 0)", {i}}, w);
    total += w * factor(i);
  }
  return total;
}

/// The sum of weights, which a mean divides by.
inline double check_total(std::string_view where, double total) {
  if (!(total > 0)) fail(where, "weights with a sum > 0", total);
  return total;
}

/// The denominator of the mean over a batch, and so what the batch counts beside others.
template <Scalar S, class L>
double total_weight(const L& loss, const Target<S>& t) {
  if constexpr (requires { loss.total_weight(t); })
    return loss.total_weight(t);
  else
    return sum_weights("loss", t, [](Index) { return 1.0; });
}

/// The sum of a column in double. Its numbers are computed in the expression's own precision, by packets,
/// which Eigen does not do behind a cast.
template <class X>
double sum(const Eigen::ArrayBase<X>& x) {
  constexpr int piece = 64;
  double total = 0;
  for (Index i = 0; i < x.size(); i += piece) {
    const Eigen::Array<typename X::Scalar, Dynamic, 1, Eigen::ColMajor, piece, 1> part =
        x.segment(i, std::min<Index>(piece, x.size() - i));
    total += part.template cast<double>().sum();
  }
  return total;
}

/// The loop behind every loss. `sample(i, scale, g)` returns l_i and, unless g is null, sets the column g to
/// scale * d l_i / d y_i; scale is w_i / total.
template <Scalar S, class Sample>
double mean_over_samples(const ConstBatch<S>& y, const Target<S>& t, double total, Matrix<S>* gradient,
                         const Sample& sample) {
  if (gradient) resize(*gradient, y.rows(), y.cols());
  double weighted = 0;
  for (Index i = 0; i < y.cols(); ++i) {
    const double w = weight_of(t, i);
    if (w > 0)
      weighted += w * sample(i, w / total, gradient ? gradient->data() + i * y.rows() : nullptr);
    else if (gradient)
      gradient->col(i).setZero();
  }
  return weighted / total;
}

/// The sum of value(y, t). What overflows as a float is summed once more in double.
template <Scalar S, class Value>
double sum_of_values(const Value& value, const ConstArrayMap<S>& y, const ConstArrayMap<S>& t) {
  double total = sum(value(y, t));
  if constexpr (std::same_as<S, float>)
    if (!std::isfinite(total)) total = sum(value(y.template cast<double>(), t.template cast<double>()));
  return total;
}

/// The losses whose l_i is the mean over the outputs of a function of y and t. On the columns of one sample
/// `value(y, t)` is that function, in the precision of y, and `slope(y, t)` its derivative, both as
/// expressions. Labels (of a loss
/// that lets them pass its checks, for a single output) stand for the values 0 and 1.
template <Scalar S, class Value, class Slope>
double mean_over_elements(std::string_view where, const ConstBatch<S>& y, const Target<S>& t,
                          Matrix<S>* gradient, const Value& value, const Slope& slope) {
  const double size = static_cast<double>(y.rows());
  /// The mean over `n` outputs; sets `g` to `scale` times the derivatives.
  const auto sum_of = [&](const S* outputs, const S* targets, Index n, double scale, S* g) {
    const ConstArrayMap<S> out(outputs, n), wanted(targets, n);
    if (g) ArrayMap<S>(g, n) = static_cast<S>(scale / size) * slope(out, wanted);
    return sum_of_values<S>(value, out, wanted) / size;
  };
  const Index n = y.rows(), samples = y.cols();
  if (t.weights().empty() && !t.has_labels() && y.outerStride() == n) {  // all samples are one long one
    if (gradient) resize(*gradient, n, samples);
    const double total = static_cast<double>(samples);
    return sum_of(y.data(), t.values().data(), n * samples, 1 / total,
                  gradient ? gradient->data() : nullptr) /
           total;
  }
  const double total = check_total(where, sum_weights(where, t, [](Index) { return 1.0; }));
  return mean_over_samples(y, t, total, gradient, [&](Index i, double scale, S* g) {
    const S label = t.has_labels() ? static_cast<S>(t.labels()[static_cast<std::size_t>(i)]) : S(0);
    return sum_of(y.col(i).data(), t.has_labels() ? &label : t.values().col(i).data(), n, scale, g);
  });
}

}  // namespace detail
}  // namespace espalier
