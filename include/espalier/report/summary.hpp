// SPDX-License-Identifier: MIT
// A summary as a table.
#pragma once

#include <fmt/format.h>  // core.h alone does not link with clang where libfmt was built by g++

#include "espalier/core/format_message.hpp"
#include "espalier/model/summary.hpp"

namespace espalier::detail {

/// What there is to say of a parameter beside its shape: "L1, MaxNorm, frozen".
inline std::string remarks_on(const ParameterSummary& p) {
  std::string text;
  const auto add = [&](std::string_view word) { (text += text.empty() ? "" : ", ") += word; };
  for (const std::string& policy : p.policies) add(policy);
  if (p.kind == ParameterKind::buffer) add("not trained");
  if (p.frozen) add("frozen");
  if (!p.tied_to.empty()) add("tied to " + p.tied_to);
  return text;
}

}  // namespace espalier::detail

/// `fmt::print("{}", summary(net))`: a line for each layer and parameter, then the totals.
template <>
struct fmt::formatter<espalier::Summary> {
  constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }

  template <class Context>
  auto format(const espalier::Summary& summary, Context& context) const {
    auto out = fmt::format_to(context.out(), "{:<16} {:>9}  {:<16} {:>11} {:>9}  {}\n", "layer", "outputs",
                              "parameter", "shape", "numbers", "policies");
    for (const espalier::LayerSummary& layer : summary.layers) {
      out = fmt::format_to(out, "{:<16} {:>9}", layer.path + " " + layer.name, layer.outputs);
      if (layer.parameters.empty()) out = fmt::format_to(out, "\n");
      bool first = true;
      for (const espalier::ParameterSummary& p : layer.parameters) {
        const std::string remarks = espalier::detail::remarks_on(p);
        out = fmt::format_to(out, "{:<{}}  {:<16} {:>11} {:>9}{}{}\n", "", first ? 0 : 26, p.path,
                             espalier::detail::format_message("{} x {}", {p.rows, p.cols}), p.size(),
                             remarks.empty() ? "" : "  ", remarks);
        first = false;
      }
    }
    return fmt::format_to(out, "{} inputs, {} outputs, {} numbers to learn, {} of them trained\n",
                          summary.inputs, summary.outputs, summary.count, summary.trained);
  }
};
