// SPDX-License-Identifier: MIT
// Recurrent layers as source text: what their steps call is written as dense layers and activations.
#pragma once

#include <span>
#include <string>

#include "espalier/export/code_step.hpp"
#include "espalier/export/code_text.hpp"

namespace espalier::detail {

/// Writes `sequence_k(x, y)`. `calls` are functions (x, y) of the branches of the step: W_ih x + b, W_hh h,
/// tanh of the hidden units and, where there are gates, their logistic function.
inline void write_sequence(CodeText& out, const CodeStep& step, const std::string& k,
                           std::span<const std::string> calls) {
  const auto n = [](Index i) { return std::to_string(i); };
  const bool gated = calls.size() == 4;
  const Index hidden = step.branches[1].front().inputs, gates = step.branches[1].front().outputs;
  const std::initializer_list<Filling> values{{"k", k},
                                              {"hidden", n(hidden)},
                                              {"gates", n(gates)},
                                              {"forget", n(hidden)},
                                              {"cell", n(2 * hidden)},
                                              {"output", n(3 * hidden)},
                                              {"inputs", n(step.inputs / step.per)},
                                              {"steps", n(step.per)},
                                              {"zero", out.style().number(0)},
                                              {"ih", calls[0]},
                                              {"hh", calls[1]},
                                              {"tanh", calls[2]},
                                              {"logistic", gated ? calls[3] : ""}};
  out.add(
      "$fn$ void $my$sequence_$k$(const $S$* x, $S$* y) {\n"
      "  $S$ h[$hidden$] = {$zero$}, z[$gates$], part[$gates$];\n",
      values);
  if (gated) out.add("  $S$ c[$hidden$] = {$zero$};\n", values);
  out.add(
      "  for (int t = 0; t < $steps$; ++t) {\n"
      "    $ih$(x + t * $inputs$, z);\n"
      "    $hh$(h, part);\n"
      "    for (int i = 0; i < $gates$; ++i) z[i] += part[i];\n",
      values);
  if (gated)
    out.add(
        "    $logistic$(z, z);\n"
        "    $logistic$(z + $forget$, z + $forget$);\n"
        "    $tanh$(z + $cell$, z + $cell$);\n"
        "    $logistic$(z + $output$, z + $output$);\n"
        "    for (int i = 0; i < $hidden$; ++i) c[i] = z[i + $forget$] * c[i] + z[i] * z[i + $cell$];\n"
        "    $tanh$(c, part);\n"
        "    for (int i = 0; i < $hidden$; ++i) h[i] = z[i + $output$] * part[i];\n",
        values);
  else
    out.add("    $tanh$(z, h);\n", values);
  if (step.outputs > hidden)
    out.add("    for (int i = 0; i < $hidden$; ++i) y[t * $hidden$ + i] = h[i];\n", values);
  out.add("  }\n");
  if (step.outputs == hidden) out.add("  for (int i = 0; i < $hidden$; ++i) y[i] = h[i];\n", values);
  out.add("}\n");
}

}  // namespace espalier::detail
