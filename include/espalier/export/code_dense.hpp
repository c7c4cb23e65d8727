// SPDX-License-Identifier: MIT
// A fully connected layer as source text, in the form that suits its zeros and the order that is asked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "espalier/export/code_dense_in_order.hpp"
#include "espalier/export/code_dense_packs.hpp"

namespace espalier::detail {

/// Writes the beginning of `dense_k(x, y)`: without lines of zeros, `some` are the inputs that are read, and
/// outputs that read nothing are their bias.
inline void begin_dense(CodeText& out, const CodeStep& step, const DenseWeight& w, const std::string& k) {
  const auto n = [](Index i) { return std::to_string(i); };
  if (w.width() < step.inputs) out.whole_numbers("read_" + k, w.columns);
  if (w.height() < step.outputs) out.whole_numbers("live_" + k, w.rows);
  out.add("$fn$ void $my$dense_$k$(const $S$* x, $S$* y) {\n", {{"k", k}});
  if (w.width() < step.inputs)
    out.add("  $S$ some[$n$];\n  for (int i = 0; i < $n$; ++i) some[i] = x[$my$read_$k$[i]];\n",
            {{"k", k}, {"n", n(w.width())}});
  if (w.height() < step.outputs)
    out.add("  for (int i = 0; i < $n$; ++i) y[i] = $bias$;\n",
            {{"n", n(step.outputs)},
             {"bias", step.bias.empty() ? out.style().number(0) : out.style().own("bias_") + k + "[i]"}});
}

/// Writes a layer without zeros that pay, in an order that is fast.
inline void write_dense_fast(CodeText& out, const CodeStep& step, const DenseWeight& w,
                             const std::string& k) {
  const CodeStyle& style = out.style();
  const auto n = [](Index i) { return std::to_string(i); };
  const Index height = w.height(), width = w.width();
  const PackBlock block = pack_block(style);
  const Index whole = height / block.outputs * block.outputs;
  const std::span<const double> numbers = w.numbers;
  std::vector<double> stored =
      in_blocks(numbers.first(static_cast<std::size_t>(whole * width)), whole, width, block.outputs);
  stored.insert(stored.end(), numbers.begin() + whole * width, numbers.end());
  out.numbers("weight_" + k, stored, true);
  const bool all_live = height == step.outputs, biased = all_live && !step.bias.empty();
  if (whole > 0) write_pack_block(out, "sums_" + k, block, width, biased);
  if (whole < height) write_pack_row(out, "row_" + k, width);
  begin_dense(out, step, w, k);
  const std::string x = width < step.inputs ? "some" : "x";
  const auto at = [&](const std::string& i) {
    return height < step.outputs ? style.own("live_") + k + "[" + i + "]" : i;
  };
  if (whole > 0 && all_live)
    out.add(
        "  for (int o = 0; o < $whole$; o += $block$) $my$sums_$k$($my$weight_$k$ + o * $width$, $x$, "
        "$bias$y + o);\n",
        {{"whole", n(whole)},
         {"block", n(block.outputs)},
         {"width", n(width)},
         {"k", k},
         {"x", x},
         {"bias", biased ? style.own("bias_") + k + " + o, " : ""}});
  if (whole > 0 && !all_live)
    out.add(
        "  for (int o = 0; o < $whole$; o += $block$) {\n"
        "    $S$ sum[$block$];\n"
        "    $my$sums_$k$($my$weight_$k$ + o * $width$, $x$, sum);\n"
        "    for (int j = 0; j < $block$; ++j) y[$at$] += sum[j];\n"
        "  }\n",
        {{"whole", n(whole)},
         {"block", n(block.outputs)},
         {"width", n(width)},
         {"k", k},
         {"x", x},
         {"at", at("o + j")}});
  if (whole < height)
    out.add(
        "  for (int o = $whole$; o < $height$; ++o) {\n"
        "    const $S$ sum = $my$row_$k$($my$weight_$k$ + o * $width$, $x$);\n"
        "    y[$at$] = $finished$;\n"
        "  }\n",
        {{"whole", n(whole)},
         {"height", n(height)},
         {"width", n(width)},
         {"k", k},
         {"x", x},
         {"at", at("o")},
         {"finished", finished(style, step, k, "sum", at("o"))}});
  out.add("}\n");
}

/// Writes the arrays and the function `dense_k(x, y)` of a layer with many zeros.
inline void write_dense_sparse(CodeText& out, const CodeStep& step, const SparseWeight& w,
                               const std::string& k) {
  const CodeStyle& style = out.style();
  out.numbers("weight_" + k, w.numbers);
  out.whole_numbers("column_" + k, w.columns);
  out.whole_numbers("end_" + k, w.ends);
  // Where no row has eight numbers, a loop that takes eight would only read behind the arrays.
  const bool by_eight = !style.same_order && most_in_row(w) >= 8;
  const Index lanes = style.same_order ? style.lanes : by_eight ? 8 : 1;
  const auto term = [&](const std::string& part, const std::string& j) {
    const std::string name = style.own("column_") + k + "[" + j + "]";
    return part + " = " +
           style.multiply_add(style.own("weight_") + k + "[" + j + "]", "x[" + name + "]", part) + ";\n";
  };
  out.add(
      "$fn$ void $my$dense_$k$(const $S$* x, $S$* y) {\n  int j = 0;\n"
      "  for (int o = 0; o < $outputs$; ++o) {\n    $S$ part[$lanes$] = {$zero$};\n",
      {{"k", k},
       {"outputs", std::to_string(step.outputs)},
       {"lanes", std::to_string(lanes)},
       {"zero", style.number(0)}});
  if (by_eight) {
    out.add("    for (; j + 8 <= $my$end_$k$[o]; j += 8) {\n", {{"k", k}});
    for (const std::string i : {"0", "1", "2", "3", "4", "5", "6", "7"})
      out.text() += "      " + term("part[" + i + "]", "j + " + i);
    out.text() += "    }\n";
  }
  const std::string lane =
      style.same_order ? style.own("column_") + k + "[j] % " + std::to_string(lanes) : "0";
  out.add("    for (; j < $my$end_$k$[o]; ++j)\n      $term$",
          {{"k", k}, {"term", term("part[" + lane + "]", "j")}});
  out.add(
      "    for (int apart = 1; apart < $lanes$; apart *= 2)\n"
      "      for (int i = 0; i < $lanes$; i += 2 * apart) part[i] += part[i + apart];\n"
      "    y[o] = $finished$;\n  }\n}\n",
      {{"lanes", std::to_string(lanes)}, {"finished", finished(style, step, k, "part[0]", "o")}});
}

/// Writes a layer as `dense_k(x, y)`, in the form that the style asks for.
inline void write_dense(CodeText& out, const CodeStep& step, const std::string& k) {
  const CodeStyle& style = out.style();
  if (!step.bias.empty()) out.numbers("bias_" + k, step.bias);
  const SparseWeight sparse = nonzeros(step.weight, step.inputs);
  if (!step.scales.empty() && !sparse.numbers.empty()) out.numbers("scale_" + k, step.scales);
  if (sparse.numbers.empty()) {
    return out.add(
        "$fn$ void $my$dense_$k$(const $S$* x, $S$* y) {\n"
        "  (void)x;\n  for (int i = 0; i < $n$; ++i) y[i] = $value$;\n}\n",
        {{"k", k},
         {"n", std::to_string(step.outputs)},
         {"value", step.bias.empty() ? style.number(0) : style.own("bias_") + k + "[i]"}});
  }
  const DenseWeight dense = without_zero_lines(step.weight, step.outputs, step.inputs, style.same_order);
  const Index bytes = static_cast<Index>(dense.numbers.size()) * style.scalar_bytes();
  const bool in_order = !style.same_order || step.inputs <= sum_order(style, step.inputs).chunk;
  if (style.smallest && in_order && bytes_of(sparse, style.scalar_bytes()) < bytes)
    write_dense_sparse(out, step, sparse, k);
  else if (style.same_order)
    write_dense_in_order(out, step, k);
  else
    write_dense_fast(out, step, dense, k);
}

}  // namespace espalier::detail
