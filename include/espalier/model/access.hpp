// SPDX-License-Identifier: MIT
// Reading and replacing single parameters of a model by their paths, its penalties, and the way back into its
// sets.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "espalier/core/check.hpp"
#include "espalier/kernel/norm.hpp"
#include "espalier/model/change.hpp"
#include "espalier/model/finite.hpp"
#include "espalier/model/mapped.hpp"
#include "espalier/model/parameters.hpp"
#include "espalier/model/settle.hpp"

namespace espalier {

/// Moves every parameter to the nearest point of its sets; feasible ones are not touched. Throws
/// NotFiniteError, and changes nothing, if there is NaN or infinity.
template <Scalar S>
void project(Parameters<S>& parameters) {
  detail::require_finite(parameters, "weights", parameters.values());
  for (const ParameterEntry<S>& e : parameters.entries())
    if (!e.frozen) e.pack.project(parameters.values_of(e));
  parameters.copy_tied();
}
template <class M>
void project(M& model) {
  project(model.parameters());
}

/// Projects the parameters under a policy in Every only, which may be outside between the steps in which it
/// acts.
template <Scalar S>
void project_seldom(Parameters<S>& parameters) {
  for (const ParameterEntry<S>& e : parameters.entries())
    if (!e.frozen && e.pack.seldom() >= 0) e.pack.project(parameters.values_of(e));
  parameters.copy_tied();
}

namespace detail {

/// Weights that an initializer has filled become feasible, and nothing is left of what was before them.
template <Scalar S>
void begin_anew(Parameters<S>& parameters) {
  for (ParameterEntry<S>& e : Change<S>(parameters).entries())
    if (e.pack.scheduled()) e.pack = e.pack.with_factors(std::vector<double>(e.pack.names().size(), 1));
  parameters.remember(Remember::opened);
  project(parameters);
  parameters.remember(Remember::settled);
  project(parameters);  // into bounds that have set themselves
  const Change<S> change(parameters);
  for (ParameterEntry<S>& e : change.entries()) std::fill(e.activity.begin(), e.activity.end(), Activity{});
  for (JointEntry<S>& joint : change.joint_penalties()) joint.activity = {};
  change.runs().clear();
}

}  // namespace detail

/// Changes all numbers at once: `edit(net, [](std::span<float> all) { for (float& w : all) w *= 0.9F; })`.
/// They stand one parameter after another, each on a cache line with gaps between; what is written to a gap
/// is lost. Afterwards every parameter, a frozen one too, is moved to the nearest point of its sets, policies
/// that keep numbers of the weights keep those of the new ones, as after `assign`, and tied parameters are
/// equal. If `f` throws, or leaves NaN or infinity (NotFiniteError), nothing has changed.
template <Scalar S, class F>
void edit(Parameters<S>& parameters, F&& f) {
  Parameters<S> edited = parameters;
  f(detail::arena(edited));
  edited.clear_gaps_of_values();
  detail::require_finite(edited, "weights", edited.values());
  for (ParameterEntry<S>& e : detail::Change<S>(edited).entries()) {
    if (e.tied >= 0) continue;
    detail::Settled settled(Block<const S>(edited.values_of(e)), e.memory);
    settled.settle(e.path, e.pack, detail::Remember::started);
    settled.write(edited, e);
  }
  parameters.take(std::move(edited));
}
template <class M, class F>
void edit(M& model, F&& f) {
  edit(model.parameters(), f);
}

/// As Parameters::freeze, unfreeze and tie: `freeze(net, "0.*")`, `tie(net, "0.weight", "2.weight")`.
template <class M>
void freeze(M& model, std::string_view pattern) {
  model.parameters().freeze(pattern);
}
template <class M>
void unfreeze(M& model, std::string_view pattern) {
  model.parameters().unfreeze(pattern);
}
template <class M>
void tie(M& model, std::string_view one, std::string_view other) {
  model.parameters().tie(one, other);
}

/// The sum of all penalties, to be added to the data loss; with `smooth_only`, of those that have a gradient.
template <class M>
double penalty(const M& model, bool smooth_only = false) {
  double sum = 0;
  const auto& parameters = model.parameters();
  for (const auto& e : parameters.entries())
    if (e.tied < 0) sum += e.pack.penalty(parameters.values_of(e), smooth_only);
  for (const auto& joint : parameters.joint_penalties()) sum += joint.penalty.value(parameters);
  return sum;
}

namespace detail {

/// The gains of the rows of a weight, which its layer declares right behind it; null where they are fixed or
/// there are none.
template <Scalar S>
const ParameterEntry<S>* gain_of(const Parameters<S>& parameters, const ParameterEntry<S>& weight) {
  const auto entries = parameters.entries();
  const ParameterEntry<S>* const next = &weight + 1;
  if (!weight.pack.traits().trains_gain || next == entries.data() + entries.size()) return nullptr;
  return next->kind == ParameterKind::gain ? next : nullptr;
}

}  // namespace detail

/// Replaces the parameter with this path ("0.weight") and projects it onto its sets. A reparametrized weight
/// is given as the W that multiplies: the gains of WeightNorm become the norms of its rows. Throws, and
/// changes nothing, for another shape, a number that is not finite or that the reparametrization cannot give,
/// frozen weights outside the sets beside them, or a path that the model does not have. What policies keep of
/// the start (Frozen, L2ToStart), they keep of this.
template <class M, class W>
void assign(M& model, std::string_view path, const Eigen::DenseBase<W>& matrix) {
  using S = typename M::scalar_type;
  static_assert(std::is_same_v<typename W::Scalar, S>,
                "the matrix and the model differ in precision: write matrix.cast<float>() or, for a model of "
                "sequential<double>, matrix.cast<double>()");
  Parameters<S>& parameters = model.parameters();
  ParameterEntry<S>& e = detail::Change<S>(parameters).at(path);
  if (e.tied >= 0)
    detail::fail(path,
                 detail::format_message("the path that it is tied to, {}",
                                        {parameters.entries()[static_cast<std::size_t>(e.tied)].path}),
                 "a tied one");
  detail::check_shape(path, "{} x {}", e.rows, e.cols, matrix.rows(), matrix.cols());
  if (!matrix.derived().allFinite()) detail::fail<NotFiniteError>(path, "finite numbers", "NaN or infinity");
  WeightMatrix<S> stored = matrix.derived().matrix();
  const ParameterEntry<S>* const more = detail::beside(e);
  std::vector<S> beside(static_cast<std::size_t>(more ? more->size() : 0));
  if (!e.pack.to_stored({stored.data(), e.rows, e.cols}, beside.data()))
    detail::fail(path, detail::format_message("weights that {} can give", {e.pack.names().front()}),
                 "others");
  detail::Settled<S> settled(std::move(stored), e.memory);
  settled.settle(path, e.pack, detail::Remember::started);
  if (const ParameterEntry<S>* scales = detail::gain_of(parameters, e)) {
    ParameterEntry<S>* const gain = &e + (scales - &e);
    WeightMatrix<S> norms(e.rows, 1);
    for (Index j = 0; j < e.rows; ++j)
      norms(j) = static_cast<S>(detail::norm(settled.numbers.data() + j * e.cols, e.cols));
    detail::Settled<S> gains(std::move(norms), gain->memory);
    gains.settle(gain->path, gain->pack, detail::Remember::started);
    gains.write(parameters, *gain);
  }
  if (more) std::copy(beside.begin(), beside.end(), parameters.values_of(*more).data);
  settled.write(parameters, e);
}

/// A copy of the parameter with this path: "0.weight", "0.bias" or, with WeightNorm, "0.gain" of a Dense that
/// is the first layer.
template <class M>
Matrix<typename M::scalar_type> parameter(const M& model, std::string_view path) {
  const auto& e = model.parameters().at(path);
  return Eigen::Map<const WeightMatrix<typename M::scalar_type>>(model.parameters().values_of(e).data, e.rows,
                                                                 e.cols);
}

/// A copy of the gradient of the parameter with this path, as the latest backward left it; after an
/// optimizer's step with smooth penalties and gradient transforms.
template <class M>
Matrix<typename M::scalar_type> gradient(const M& model, std::string_view path) {
  const auto& e = model.parameters().at(path);
  return Eigen::Map<const WeightMatrix<typename M::scalar_type>>(model.parameters().gradients_of(e), e.rows,
                                                                 e.cols);
}

/// How many numbers the model has to learn; buffers, as running means, are not among them, and tied weights
/// count once.
template <class M>
Index count(const M& model) {
  Index sum = 0;
  for (const auto& e : model.parameters().entries())
    if (e.kind != ParameterKind::buffer && e.tied < 0) sum += e.size();
  return sum;
}

/// The matrix W that multiplies the inputs of a layer, by the path of its weight ("0.weight"): the numbers as
/// stored, or what their reparametrization makes of them.
template <class M>
Matrix<typename M::scalar_type> effective_weight(const M& model, std::string_view path) {
  using S = typename M::scalar_type;
  const Parameters<S>& parameters = model.parameters();
  const ParameterEntry<S>& e = parameters.at(path);
  WeightMatrix<S> w = parameter(model, path);
  detail::to_weight(parameters, e, w.data());
  if (!e.pack.traits().scales_rows) return w;
  const Block<const S> rows = parameters.values_of(e);
  for (Index j = 0; j < e.rows; ++j) w.row(j) *= static_cast<S>(detail::inverse_norm(rows.row(j), e.cols));
  if (const ParameterEntry<S>* gain = detail::gain_of(parameters, e))
    w.array().colwise() *= ConstArrayMap<S>(parameters.values_of(*gain).data, e.rows);
  return w;
}

}  // namespace espalier
