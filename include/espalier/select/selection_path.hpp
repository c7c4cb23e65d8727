// SPDX-License-Identifier: MIT
// Which inputs a model reads as the penalty on its first layer grows.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "espalier/model/policies.hpp"
#include "espalier/select/lambda_max.hpp"
#include "espalier/train/fit.hpp"

namespace espalier {

/// Of selection_path(): from strength `from` to strength `to` by a constant factor.
template <Scalar S>
struct BasicPathOptions {
  double from = 0;  ///< 0: a hundredth of `to`
  double to = 0;    ///< 0: lambda_max() of the model and the data
  int points = 10;
  BasicFitOptions<S> fit = {};  ///< of the training at each strength
};

/// A point of the path.
struct SelectionPoint {
  double strength;
  std::vector<Index> inputs;  ///< that are read
  EpochReport last;           ///< of the training there: losses and the penalty
};

namespace detail {

template <class P>
void set_strength(P& policy, double strength) {
  if constexpr (requires { policy.gamma; })
    if (policy.strength > 0) policy.gamma *= policy.strength / strength;
  policy.strength = strength;
}

/// Throws unless the penalty on the first weight makes sense at this strength.
template <class M>
void check_strength(const M& model, double strength) {
  with_selecting_policy(model, [&](const std::string& path, auto policy) {
    set_strength(policy, strength);
    try {
      policy.validate();
    } catch (const ValueError& error) {
      fail(path, {"a penalty that makes sense at the strength {}", {strength}}, error.what());
    }
  });
}

}  // namespace detail

/// Trains at each strength from where the training at the one before ended. Where strengths rise, a model
/// that reads all inputs loses one after another, as LassoNet does it (Lemhadri, Ruan, Abraham & Tibshirani
/// 2021): the direction in which networks find inputs that help only together. `from` may be the larger one.
/// The path ends early where strengths rise and nothing is read any more. `each(point, model)` sees every
/// point; a copy of the model is one to keep.
///
/// GroupMcp and GroupScad keep strength * gamma, the length from which on they are flat: they begin almost as
/// GroupLasso, and columns that have become longer than that are not shrunk as the strength grows. GroupScad
/// needs that length above the largest strength.
///
/// The penalty is the one on the first weight (lambda_max names them), whose strength is changed; the model
/// is left as the last point has it. `how` is a rule, Adam{.learning_rate = 1e-2}, or an optimizer, a copy of
/// which begins anew at every point. Throws, and changes nothing, for options that make no sense.
template <Model M, Scalar S, class L, class O, class F>
std::vector<SelectionPoint> selection_path(M& model, const BasicDataset<S>& data, const L& loss, const O& how,
                                           const BasicPathOptions<typename M::scalar_type>& options,
                                           F&& each) {
  detail::check_not_negative("selection_path", "from", options.from);
  detail::check_not_negative("selection_path", "to", options.to);
  if (options.points < 2) detail::fail("selection_path", "points >= 2", options.points);
  if (options.fit.state) detail::fail("selection_path", "fit without a state", "one");
  const double to = options.to > 0 ? options.to : lambda_max(model, data, loss),
               from = options.from > 0 ? options.from : to / 100;
  if (!(to > 0))
    detail::fail("selection_path",
                 "a lambda_max > 0 (ReLU at biases of 0 has no slope there: give the last strength, to)", to);
  detail::check_strength(model, from), detail::check_strength(model, to);
  { const detail::FitData<S> checked({model, loss}, data, options.fit); }
  std::vector<SelectionPoint> path;
  for (int k = 0; k < options.points; ++k) {
    const double strength = from * std::pow(to / from, static_cast<double>(k) / (options.points - 1));
    detail::with_selecting_policy(model, [&]<class P>(const std::string& path_of_weight, const P&) {
      edit_policy<P>(model, std::string(path_of_weight),
                     [&](P& policy) { detail::set_strength(policy, strength); });
    });
    O fresh = how;
    const History history = fit(model, data, loss, fresh, options.fit);
    path.push_back({strength, selected(model), history.back()});
    each(std::as_const(path.back()), std::as_const(model));
    if (path.back().inputs.empty() && to > from) break;
  }
  return path;
}
template <Model M, Scalar S, class L, class O>
std::vector<SelectionPoint> selection_path(M& model, const BasicDataset<S>& data, const L& loss, const O& how,
                                           const BasicPathOptions<typename M::scalar_type>& options = {}) {
  return selection_path(model, data, loss, how, options, [](const auto&, const auto&) {});
}

}  // namespace espalier
