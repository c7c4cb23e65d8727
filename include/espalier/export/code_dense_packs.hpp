// SPDX-License-Identifier: MIT
// The products of a fully connected layer as source text, in an order that is fast: blocks of outputs in
// registers, and the outputs that are left over along their rows.
#pragma once

#include <string>

#include "espalier/export/code_pack.hpp"
#include "espalier/export/code_step.hpp"

namespace espalier::detail {

/// Inputs that are summed before they are added to the others: a sum of n numbers of one sign is off by about
/// the root of n / 9 units of roundoff if it is taken in a row.
inline constexpr Index inputs_of_sum = 128;

/// Outputs of a block, and how many sums each has: 4 registers of 64 bytes or 16 of 16.
struct PackBlock {
  Index outputs, sums;
};
inline PackBlock pack_block(const CodeStyle& style) { return {widest_pack(style), 4}; }

/// Writes `void name(w, x, bias, sum)`: the sums of a block over `depth` inputs, and its biases where
/// `biased`.
inline void write_pack_block(CodeText& out, const std::string& name, PackBlock block, Index depth,
                             bool biased) {
  const auto n = [](Index i) { return std::to_string(i); };
  const Index whole = depth / block.sums * block.sums;
  const auto each = [&](std::string_view pattern) {
    for (Index i = 0; i < block.sums; ++i) out.add(pattern, {{"i", n(i)}, {"outputs", n(block.outputs)}});
  };
  out.add(
      "$fn$ void $my$$name$(const $S$* w, const $S$* x, $bias$$S$* sum) {\n"
      "  enum { packs = $outputs$ / $my$lanes };\n"
      "  $my$pack all[packs];\n"
      "  int k = 0;\n"
      "  for (int p = 0; p < packs; ++p) all[p] = $start$;\n",
      {{"name", name},
       {"outputs", n(block.outputs)},
       {"bias", biased ? "const $S$* bias, " : ""},
       {"start", biased ? "$my$pack_from(bias + p * $my$lanes)" : "$my$no_pack()"}});
  if (whole > 0) {
    out.add("  while (k < $whole$) {\n    const int end = $whole$ - k < $chunk$ ? $whole$ : k + $chunk$;\n",
            {{"whole", n(whole)}, {"chunk", n(inputs_of_sum)}});
    each("    $my$pack s$i$[packs];\n");
    out.add("    for (int p = 0; p < packs; ++p) {\n");
    each("      s$i$[p] = $my$no_pack();\n");
    out.add("    }\n    for (; k < end; k += $sums$)\n      for (int p = 0; p < packs; ++p) {\n",
            {{"sums", n(block.sums)}});
    each(
        "        s$i$[p] = $my$times_one($my$pack_from(w + (k + $i$) * $outputs$ + p * $my$lanes), x[k + "
        "$i$], s$i$[p]);\n");
    out.add("      }\n    for (int p = 0; p < packs; ++p) {\n");
    if (block.sums == 4)
      out.add("      s0[p] = $my$plus(s0[p], s1[p]);\n      s1[p] = $my$plus(s2[p], s3[p]);\n");
    out.add("      all[p] = $my$plus(all[p], $my$plus(s0[p], s1[p]));\n    }\n  }\n");
  }
  if (whole < depth)
    out.add(
        "  for (; k < $depth$; ++k)\n    for (int p = 0; p < packs; ++p)\n"
        "      all[p] = $my$times_one($my$pack_from(w + k * $outputs$ + p * $my$lanes), x[k], all[p]);\n",
        {{"depth", n(depth)}, {"outputs", n(block.outputs)}});
  out.add("  for (int p = 0; p < packs; ++p) $my$pack_to(all[p], sum + p * $my$lanes);\n}\n");
}

/// Writes `S name(w, x)`: the product of a row of `depth` weights and the inputs.
inline void write_pack_row(CodeText& out, const std::string& name, Index depth) {
  const auto n = [](Index i) { return std::to_string(i); };
  const Index most = widest_pack(out.style()), whole = depth / most * most;
  out.add("$fn$ $S$ $my$$name$(const $S$* w, const $S$* x) {\n  $S$ sum = $zero$;\n  int k = 0;\n",
          {{"name", name}, {"zero", out.style().number(0)}});
  if (whole > 0)
    out.add(
        "  {\n    enum { packs = $most$ / $my$lanes };\n"
        "    $my$pack s[packs];\n"
        "    $S$ part[$most$];\n"
        "    for (int p = 0; p < packs; ++p) s[p] = $my$no_pack();\n"
        "    for (; k < $whole$; k += $most$)\n"
        "      for (int p = 0; p < packs; ++p)\n"
        "        s[p] = $my$times($my$pack_from(w + k + p * $my$lanes), $my$pack_from(x + k + p * "
        "$my$lanes), s[p]);\n"
        "    for (int p = 1; p < packs; ++p) s[0] = $my$plus(s[0], s[p]);\n"
        "    $my$pack_to(s[0], part);\n"
        "    for (int apart = $my$lanes / 2; apart > 0; apart /= 2)\n"
        "      for (int i = 0; i < apart; ++i) part[i] += part[i + apart];\n"
        "    sum = part[0];\n  }\n",
        {{"most", n(most)}, {"whole", n(whole)}});
  if (whole < depth) out.add("  for (; k < $depth$; ++k) sum += w[k] * x[k];\n", {{"depth", n(depth)}});
  out.add("  return sum;\n}\n");
}

}  // namespace espalier::detail
