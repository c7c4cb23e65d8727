// SPDX-License-Identifier: MIT
// A fully connected layer as source text whose sums are taken in the order of `predict`.
#pragma once

#include <algorithm>
#include <string>

#include "espalier/export/code_weight.hpp"
#include "espalier/kernel/row_product.hpp"

namespace espalier::detail {

/// Outputs below which sums along the rows are faster than a block of outputs.
inline constexpr Index outputs_of_block = 4;
/// In which order a row of `length` products is summed: by lanes, then these in pairs, `chunk` at a time.
struct SumOrder {
  Index lanes, chunk;
};

/// That of `predict`.
inline SumOrder sum_order(const CodeStyle& style, Index length) {
  const Index most = Index{dot_bytes} / style.scalar_bytes();
  return {style.lanes,
          ceil_divide(ceil_divide(length, ceil_divide(length, most)), style.lanes) * style.lanes};
}

/// Writes `void name(w, x, depth, sum)`: the sums of `width` outputs over `depth` inputs, at most a chunk.
inline void write_block(CodeText& out, const std::string& name, Index width, Index lanes) {
  const CodeStyle& style = out.style();
  const Index each = std::min<Index>(lanes, 4), groups = lanes / each;
  const auto n = [](Index i) { return std::to_string(i); };
  const auto term = [&](Index i) {
    const std::string sum = "s" + n(i) + "[j]";
    return "for (int j = 0; j < " + n(width) + "; ++j) " + sum + " = " +
           style.multiply_add("w[(k + " + n(i) + ") * " + n(width) + " + j]", "x[k + " + n(i) + "]", sum) +
           ";\n";
  };
  out.add(
      "$fn$ void $my$$name$(const $S$* w, const $S$* x, int depth, $S$* sum) {\n"
      "  $S$ part[$groups$][$width$];\n"
      "  int group = 0;\n"
      "  for (; group < $groups$ && $each$ * group < depth; ++group) {\n"
      "    int k = $each$ * group;\n",
      {{"name", name}, {"groups", n(groups)}, {"width", n(width)}, {"each", n(each)}});
  for (Index i = 0; i < each; ++i)
    out.add("    $S$ s$i$[$width$] = {$zero$};\n",
            {{"i", n(i)}, {"width", n(width)}, {"zero", style.number(0)}});
  out.add("    for (; k + $each$ <= depth; k += $lanes$) {\n", {{"each", n(each)}, {"lanes", n(lanes)}});
  for (Index i = 0; i < each; ++i) out.add("      $term$", {{"term", term(i)}});
  out.add("    }\n");
  for (Index i = 0; i + 1 < each; ++i)
    out.add("    if (k + $i$ < depth)\n      $term$", {{"i", n(i)}, {"term", term(i)}});
  out.add("    for (int j = 0; j < $width$; ++j) part[group][j] = $sum$;\n  }\n",
          {{"width", n(width)},
           {"sum", each == 1   ? "s0[j]"
                   : each == 2 ? "s0[j] + s1[j]"
                               : "(s0[j] + s1[j]) + (s2[j] + s3[j])"}});
  if (groups > 1)
    out.add(
        "  for (int apart = 1; apart < group; apart *= 2)\n"
        "    for (int i = 0; i + apart < group; i += 2 * apart)\n"
        "      for (int j = 0; j < $width$; ++j) part[i][j] += part[i + apart][j];\n",
        {{"width", n(width)}});
  out.add("  for (int j = 0; j < $width$; ++j) sum[j] = part[0][j];\n}\n", {{"width", n(width)}});
}

/// Writes `void name(w, x, depth, sum)` for one output: its weights are a row.
inline void write_row(CodeText& out, const std::string& name, Index lanes) {
  const CodeStyle& style = out.style();
  out.add(
      "$fn$ void $my$$name$(const $S$* w, const $S$* x, int depth, $S$* sum) {\n"
      "  $S$ part[$lanes$] = {$zero$};\n"
      "  int k = 0;\n"
      "  for (; k + $lanes$ <= depth; k += $lanes$)\n"
      "    for (int j = 0; j < $lanes$; ++j) part[j] = $term$;\n"
      "  for (int j = 0; k + j < depth; ++j) part[j] = $term$;\n"
      "  for (int apart = 1; apart < $lanes$; apart *= 2)\n"
      "    for (int j = 0; j < $lanes$; j += 2 * apart) part[j] += part[j + apart];\n"
      "  sum[0] = part[0];\n}\n",
      {{"name", name},
       {"lanes", std::to_string(lanes)},
       {"zero", style.number(0)},
       {"term", style.multiply_add("w[k + j]", "x[k + j]", "part[j]")}});
}

/// Writes a layer in the order of `predict`, with all its zeros.
inline void write_dense_in_order(CodeText& out, const CodeStep& step, const std::string& k) {
  const CodeStyle& style = out.style();
  const auto n = [](Index i) { return std::to_string(i); };
  const Index height = step.outputs, width = step.inputs;
  const bool by_row = height < outputs_of_block;
  const SumOrder order = sum_order(style, width);
  const Index block =
      by_row ? 1 : std::min(height, std::clamp<Index>(2 * style.lanes, 8, 128 / style.scalar_bytes()));
  const Index left = height % block;
  out.numbers("weight_" + k, in_blocks(step.weight, height, width, block));
  if (by_row)
    write_row(out, "sums_" + k, order.lanes);
  else
    write_block(out, "sums_" + k, block, order.lanes);
  if (left > 0) write_block(out, "rest_" + k, left, order.lanes);
  out.add("$fn$ void $my$dense_$k$(const $S$* x, $S$* y) {\n", {{"k", k}});
  const auto loop = [&](Index begin, Index end, Index outputs, const std::string& sums) {
    out.add(
        "  for (int o = $begin$; o < $end$; o += $block$) {\n"
        "    $S$ sum[$block$] = {$zero$};\n"
        "    for (int k = 0; k < $width$; k += $chunk$) {\n"
        "      $S$ part[$block$];\n"
        "      $my$$sums$_$k$($my$weight_$k$ + o * $width$ + k * $block$, x + k, $width$ - k < $chunk$ ? "
        "$width$ - k : $chunk$, part);\n"
        "      for (int j = 0; j < $block$; ++j) sum[j] = k == 0 ? $first$ : sum[j] + part[j];\n"
        "    }\n"
        "    for (int j = 0; j < $block$; ++j) y[o + j] = $finished$;\n"
        "  }\n",
        {{"begin", n(begin)},
         {"end", n(end)},
         {"block", n(outputs)},
         {"zero", style.number(0)},
         {"width", n(width)},
         {"chunk", n(order.chunk)},
         {"sums", sums},
         {"k", k},
         {"first", step.scales.empty() && !step.bias.empty() ? style.own("bias_") + k + "[o + j] + part[j]"
                                                             : "part[j]"},
         {"finished", step.scales.empty() ? "sum[j]" : finished(style, step, k, "sum[j]", "o + j")}});
  };
  if (height >= block) loop(0, height - left, block, "sums");
  if (left > 0) loop(height - left, height, left, "rest");
  out.add("}\n");
}

}  // namespace espalier::detail
