// SPDX-License-Identifier: MIT
// What a model is made of: its layers, their widths and parameters. espalier/report/summary.hpp prints it.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "espalier/core/type_name.hpp"
#include "espalier/model/access.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

struct ParameterSummary {
  std::string path;
  ParameterKind kind;
  Index rows, cols;
  std::vector<std::string> policies;  ///< by name; empty: free
  bool frozen;
  std::string tied_to;  ///< the path of the parameter whose numbers these are; empty: its own

  Index size() const { return rows * cols; }
};

struct LayerSummary {
  std::string path;  ///< "0", counted as parameters count it
  std::string name;  ///< "Dense"
  Index outputs;
  std::vector<ParameterSummary> parameters;  ///< of layers inside too
};

struct Summary {
  Index inputs, outputs;
  Index count;    ///< numbers that the model has to learn, as count(net)
  Index trained;  ///< those of them that are not frozen
  std::vector<LayerSummary> layers;
};

namespace detail {

/// The parameters whose paths begin with that of a layer.
template <Scalar S>
std::vector<ParameterSummary> parameters_below(const Parameters<S>& parameters, const std::string& layer) {
  std::vector<ParameterSummary> found;
  for (const ParameterEntry<S>& e : parameters.entries()) {
    if (!std::string_view(e.path).starts_with(layer + ".")) continue;
    found.push_back({e.path,
                     e.kind,
                     e.rows,
                     e.cols,
                     {},
                     e.frozen,
                     e.tied < 0 ? "" : parameters.entries()[static_cast<std::size_t>(e.tied)].path});
    found.back().policies.assign(e.pack.names().begin(), e.pack.names().end());
  }
  return found;
}

}  // namespace detail

/// A value: `summary(net).layers[0].outputs`, or, with espalier/report.hpp, `fmt::print("{}", summary(net))`.
template <Scalar S, class... Layers>
Summary summary(const Sequential<S, Layers...>& model) {
  const std::string_view names[]{detail::short_name(detail::type_name<Layers>())...};
  Summary result{model.inputs(), model.outputs(), count(model), 0, {}};
  for (std::size_t k = 0; k < sizeof...(Layers); ++k) {
    const std::string path = std::to_string(k);
    result.layers.push_back({path, std::string(names[k]), model.widths()[k + 1],
                             detail::parameters_below(model.parameters(), path)});
  }
  for (const ParameterEntry<S>& e : model.parameters().entries())
    if (e.trained()) result.trained += e.size();
  return result;
}

}  // namespace espalier
