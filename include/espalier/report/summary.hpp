// SPDX-License-Identifier: MIT
// A summary as a table.
#pragma once

#include "espalier/core/format_message.hpp"
#include "espalier/model/summary.hpp"

namespace espalier {
namespace detail {

inline std::string remarks_on(const ParameterSummary& p) {
  std::string text;
  const auto add = [&](std::string_view word) { (text += text.empty() ? "" : ", ") += word; };
  for (const std::string& policy : p.policies) add(policy);
  if (p.kind == ParameterKind::buffer) add("not trained");
  if (p.frozen) add("frozen");
  if (!p.tied_to.empty()) add("tied to " + p.tied_to);
  return text;
}

inline std::string line_of(const ParameterSummary& p) {
  const std::string remarks = remarks_on(p);
  return format_message("  {:<16} {:>11} {:>9}{}{}\n", {p.path, format_message("{} x {}", {p.rows, p.cols}),
                                                        p.size(), remarks.empty() ? "" : "  ", remarks});
}

inline std::string lines_of(const LayerSummary& layer) {
  std::string text = format_message("{:<16} {:>9}", {layer.path + " " + layer.name, layer.outputs});
  if (layer.parameters.empty()) text += '\n';
  const std::string margin(text.size(), ' ');
  for (const ParameterSummary& p : layer.parameters)
    text += (&p == layer.parameters.data() ? "" : margin) + line_of(p);
  return text;
}

}  // namespace detail

inline std::string text_of(const Summary& summary) {
  std::string text =
      detail::format_message("{:<16} {:>9}  {:<16} {:>11} {:>9}  {}\n",
                             {"layer", "outputs", "parameter", "shape", "numbers", "policies"});
  for (const LayerSummary& layer : summary.layers) text += detail::lines_of(layer);
  return text + detail::format_message("{} inputs, {} outputs, {} numbers to learn, {} of them trained\n",
                                       {summary.inputs, summary.outputs, summary.count, summary.trained});
}

}  // namespace espalier

/// `fmt::print("{}", summary(net))`: a line for each layer and parameter, then the totals.
template <>
struct fmt::formatter<espalier::Summary> : espalier::detail::TextFormatter<espalier::Summary> {};
