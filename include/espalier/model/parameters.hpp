// SPDX-License-Identifier: MIT
// What can be done with a model's parameters as a whole, or with one of them by name.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "espalier/core/aligned.hpp"
#include "espalier/core/check.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/threads.hpp"
#include "espalier/kernel/line.hpp"
#include "espalier/kernel/norm.hpp"

namespace espalier {
namespace detail {

template <class View>
void project_parameter(const View& p) {
  if constexpr (View::Pack::has_set) {
    std::vector<std::remove_const_t<std::remove_pointer_t<decltype(p.values)>>> scratch(
        static_cast<std::size_t>(p.cols));
    for (Index j = 0; j < p.rows; ++j) p.pack.project(p.values + j * p.cols, p.cols, scratch.data());
  }
}

/// f(view) for the parameter with this path.
template <class M, class F>
void find_parameter(M& model, std::string_view path, F&& f) {
  bool found = false;
  std::string others;
  model.for_each_parameter([&](const auto& p) {
    if (p.path() == path) f(p), found = true;
    if (!found) others += (others.empty() ? "" : ", ") + p.path();
  });
  if (!found) fail(path, "the path of a parameter", others);
}

/// Are `n` numbers all finite and, apart from their signs, at most `limit`?
template <Scalar S>
bool all_finite(const S* numbers, Index n, S limit = std::numeric_limits<S>::max()) {
  const S scale = std::numeric_limits<S>::max() / limit;  // beyond the limit, it makes an infinity
  std::atomic<bool> good{true};
  parallel_for_ranges(n, line_length<S>, parts_of(n, weights_of_part), [&](Index, Index begin, Index end) {
    if (!((ConstArrayMap<S>(numbers + begin, end - begin) * scale * S(0)).sum() == 0)) good = false;
  });
  return good;
}

/// Throws NotFiniteError, naming the parameter, if one of the numbers in an arena is NaN or, apart from its
/// sign, greater than `limit`.
template <Scalar S>
void require_finite(std::span<const ParameterInfo> places, std::string_view what,
                    const AlignedVector<S>& arena, S limit = std::numeric_limits<S>::max()) {
  for (const ParameterInfo& p : places) {
    const S* numbers = arena.data() + p.offset;
    if (all_finite(numbers, p.size(), limit)) continue;
    S largest = 0;
    for (Index i = 0; i < p.size(); ++i) {
      if (!std::isfinite(numbers[i]))
        fail<NotFiniteError>(p.path(), {"finite {}", {what}}, "NaN or infinity");
      largest = std::max(largest, std::abs(numbers[i]));
    }
    fail<NotFiniteError>(p.path(), fmt::format("{} of at most {:.1e}", what, limit), largest);
  }
}

/// The same for all gradients, which stand side by side: looked at one by one only to name the parameter.
template <class M, Scalar S = typename M::scalar_type>
void require_finite_gradients(const M& model, std::string_view what,
                              S limit = std::numeric_limits<S>::max()) {
  const auto& all = model.gradients();
  if (!all_finite(all.data(), static_cast<Index>(all.size()), limit))
    require_finite<S>(model.parameters(), what, all, limit);
}

/// The gaps between the gradients of parameters are zero again, after somebody wrote to all of the arena.
template <class M, Scalar S = typename M::scalar_type>
void clear_gaps(M& model) {
  for (const ParameterInfo& p : model.parameters()) {
    S* const gradients = model.gradients().data() + p.offset;
    std::fill(gradients + p.size(), gradients + padded<S>(p.size()), S(0));
  }
}

}  // namespace detail

/// Moves every parameter to the nearest point of its sets; feasible ones are not touched. Throws
/// NotFiniteError, and changes nothing, if there is NaN or infinity.
template <class M>
void project(M& model) {
  detail::require_finite<typename M::scalar_type>(model.parameters(), "weights", model.values());
  model.for_each_parameter([](const auto& p) { detail::project_parameter(p); });
}

/// The sum of all penalties, to be added to the data loss; with `smooth_only`, of those that have a gradient.
template <bool smooth_only = false, class M>
double penalty(const M& model) {
  double sum = 0;
  model.for_each_parameter(
      [&](const auto& p) { sum += p.pack.template penalty<smooth_only>(p.values, p.size()); });
  return sum;
}

/// Replaces the parameter with this path ("0.weight") and projects it onto its sets. Throws, and
/// changes nothing, for another shape, a number that is not finite, or a path that the model does not have.
template <class M, class W>
void assign(M& model, std::string_view path, const Eigen::DenseBase<W>& matrix) {
  static_assert(std::is_same_v<typename W::Scalar, typename M::scalar_type>,
                "the matrix and the model differ in precision: write matrix.cast<float>() or, for a model of "
                "sequential<double>, matrix.cast<double>()");
  detail::find_parameter(model, path, [&](const auto& p) {
    detail::check_shape(p.path(), "{} x {}", p.rows, p.cols, matrix.rows(), matrix.cols());
    if (!matrix.derived().allFinite())
      detail::fail<NotFiniteError>(p.path(), "finite numbers", "NaN or infinity");
    Eigen::Map<WeightMatrix<typename M::scalar_type>>(p.values, p.rows, p.cols) = matrix.derived().matrix();
    detail::project_parameter(p);
  });
}

/// A copy of the parameter with this path: "0.weight", "0.bias" or, with WeightNorm, "0.gain" of a Dense that
/// is the first layer.
template <class M>
Matrix<typename M::scalar_type> parameter(const M& model, std::string_view path) {
  using S = typename M::scalar_type;
  Matrix<S> copy;
  detail::find_parameter(model, path, [&](const auto& p) {
    copy = Eigen::Map<const WeightMatrix<S>>(p.values, p.rows, p.cols);
  });
  return copy;
}

/// The matrix W that multiplies the inputs of a layer, by the path of its weight ("0.weight"): the numbers as
/// stored, or what their reparametrization makes of them.
template <class M>
Matrix<typename M::scalar_type> effective_weight(const M& model, std::string_view path) {
  using S = typename M::scalar_type;
  Matrix<S> w;
  Index layer = 0;
  detail::find_parameter(model, path, [&](const auto& p) {
    layer = p.layer;
    w = Eigen::Map<const WeightMatrix<S>>(p.values, p.rows, p.cols);
    if constexpr (std::decay_t<decltype(p)>::Pack::reparametrizations > 0)
      for (Index j = 0; j < p.rows; ++j)
        w.row(j) *= static_cast<S>(detail::inverse_norm(p.values + j * p.cols, p.cols));
  });
  model.for_each_parameter([&](const auto& p) {
    if (p.layer == layer && p.name == "gain") w.array().colwise() *= ConstArrayMap<S>(p.values, p.rows);
  });
  return w;
}

}  // namespace espalier
