// SPDX-License-Identifier: MIT
// What a report reads of a model after an epoch: norms, zeros and activity of its parameters, as plain
// numbers.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/certify/audit.hpp"
#include "espalier/model/mapped.hpp"
#include "espalier/report/epoch_table.hpp"
#include "espalier/train/observer.hpp"

namespace espalier::detail {

/// A parameter after an epoch. Norms are Euclidean, of the whole tensor; the gradient is that of the last
/// step.
struct ParameterNumbers {
  std::string path;
  ParameterKind kind;
  Index rows, cols, zeros;
  double norm, gradient;
  std::string untrained;  ///< why it is not trained; empty: it is
  std::vector<std::pair<std::string, Activity>> policies;
};

template <Model M, class View>
ParameterNumbers parameter_numbers(const M& model, const View& p) {
  using S = typename View::S;
  const ParameterEntry<S>& e = model.parameters().at(p.path);
  ParameterNumbers all{
      p.path, p.kind, p.rows, p.cols, 0, 0, norm(p.gradients, p.size()), why_untrained(model.parameters(), e),
      {}};
  std::vector<S> mapped;
  const S* w = p.values;
  if (p.pack.traits().maps) {
    mapped.assign(w, w + p.size());
    to_weight(model.parameters(), e, mapped.data());
    w = mapped.data();
  }
  all.norm = norm(w, p.size());
  for (Index i = 0; i < p.size(); ++i) all.zeros += w[i] == 0;
  for (const std::string_view name : p.pack.names())
    all.policies.emplace_back(name, p.activity[all.policies.size()]);
  return all;
}

/// Those of all parameters, the weights as the layers use them.
template <Model M>
std::vector<ParameterNumbers> parameter_numbers(const M& model) {
  std::vector<ParameterNumbers> all;
  model.for_each_parameter([&](const auto& p) { all.push_back(parameter_numbers(model, p)); });
  return all;
}

/// "Dense" and so on, for each layer of the chain.
template <Scalar S, class... Layers>
std::vector<std::string> layer_names(const Sequential<S, Layers...>&) {
  return {std::string(short_name(type_name<Layers>()))...};
}

/// "0 Dense" of "0.weight", "3.body.0" of "3.body.0.weight".
inline std::string layer_of(const std::string& path, const std::vector<std::string>& names) {
  const std::string layer = path.substr(0, path.rfind('.'));
  if (layer.empty() || layer.find_first_not_of("0123456789") != layer.npos) return layer;
  const std::size_t k = std::stoul(layer);
  return k < names.size() ? layer + ' ' + names[k] : layer;
}

inline void add_report(std::vector<Reading>& all, const EpochReport& report) {
  all.push_back({Chart::loss, "training, mean over the epoch", report.loss});
  all.push_back({Chart::loss, "training, after the epoch", report.training_loss});
  all.push_back({Chart::loss, "validation", report.validation_loss});
  all.push_back({Chart::loss, "penalty", report.penalty});
  all.push_back({Chart::metric, "validation accuracy", report.validation_accuracy});
  all.push_back({Chart::rate, "learning rate", report.learning_rate});
  all.push_back({Chart::none, "seconds", report.seconds});
}

/// The norms of a layer are over all that it learns. Running averages are nothing that is learned.
inline void add_norms(std::vector<Reading>& all, const std::vector<ParameterNumbers>& parameters,
                      const std::vector<std::string>& layers) {
  for (const Chart chart : {Chart::weight_norms, Chart::gradient_norms}) {
    const std::size_t first = all.size();
    for (const ParameterNumbers& p : parameters) {
      if (p.kind == ParameterKind::buffer) continue;
      const double x = chart == Chart::weight_norms ? p.norm : p.gradient;
      const std::string layer = layer_of(p.path, layers);
      if (all.size() > first && all.back().name == layer)
        all.back().value = std::hypot(all.back().value, x);
      else
        all.push_back({chart, layer, x});
    }
  }
}

/// Zeros and the share of numbers (or rows) that a policy changed in the last step, in percent.
inline void add_shares(std::vector<Reading>& all, const std::vector<ParameterNumbers>& parameters) {
  for (const ParameterNumbers& p : parameters)
    if (p.kind != ParameterKind::buffer)
      all.push_back(
          {Chart::zeros, p.path, 100 * static_cast<double>(p.zeros) / static_cast<double>(p.rows * p.cols)});
  for (const ParameterNumbers& p : parameters)
    for (const auto& [name, activity] : p.policies)
      all.push_back({Chart::active, p.path + ' ' + name, 100 * activity.fraction});
}

/// Likewise of penalties on several parameters, which act as a whole or not.
template <Scalar S>
void add_joint_penalties(std::vector<Reading>& all, const Parameters<S>& parameters) {
  for (const JointEntry<S>& e : parameters.joint_penalties())
    all.push_back({Chart::active, std::string(e.penalty.name()), 100 * e.activity.fraction});
}

/// The numbers of an epoch.
inline std::vector<Reading> readings_of(const EpochReport& report,
                                        const std::vector<ParameterNumbers>& parameters,
                                        const std::vector<std::string>& layers) {
  std::vector<Reading> all;
  add_report(all, report);
  add_norms(all, parameters, layers);
  add_shares(all, parameters);
  return all;
}

}  // namespace espalier::detail
