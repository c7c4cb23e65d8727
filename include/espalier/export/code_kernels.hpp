// SPDX-License-Identifier: MIT
// The sums of a convolution as source text: some kernels at all places of an image.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/export/code_pack.hpp"
#include "espalier/export/code_weight.hpp"
#include "espalier/kernel/convolution.hpp"

namespace espalier::detail {

/// Kernels and neighboring outputs that are summed at a time, so that their sums stay in registers.
inline constexpr Index kernels_of_block = 4, outputs_of_line = 16;

/// Where `predict` begins a new sum over the weights of a kernel, and the end: what is summed up to there is
/// added to the sums before.
inline std::vector<Index> ends_of_sums(Index length, Index scalar_bytes) {
  const auto parts = [](Index n, Index most) { return ceil_divide(n, ceil_divide(n, most)); };
  const Index rows = parts(length, rows_of_piece);
  std::vector<Index> ends;
  for (Index row = 0; row < length; row += rows) {
    const Index some = std::min(rows, length - row), deep = parts(some, 1024 / scalar_bytes);
    for (Index k = 0; k < some; k += deep) ends.push_back(row + std::min(k + deep, some));
  }
  return ends;
}

/// Where the weights of a kernel stand in the padded image, from the pixel that is first under it.
inline std::vector<Index> places_in_image(const CodeStep& step) {
  const Image image = step.padded_image();
  std::vector<Index> places;
  for (Index channel = 0; channel < image.channels; ++channel)
    for (Index y = 0; y < step.kernel.height; ++y)
      for (Index x = 0; x < step.kernel.width; ++x)
        places.push_back((channel * image.height + y) * image.width + x);
  return places;
}

/// Are kernels multiplied by registers of neighboring pixels?
inline bool by_packs(const CodeStyle& style, const CodeStep& step) {
  return !style.same_order && step.stride == 1;
}

/// Numbers of the copy of the image that a convolution works on; 0: it needs none.
inline Index numbers_of_copy(const CodeStyle& style, const CodeStep& step) {
  const Index behind = by_packs(style, step) ? widest_pack(style) : 0;
  return step.padding > 0 || behind > 0 ? step.padded_image().size() + behind : 0;
}

/// The loops over outputs: `left` is the first output of a line, `from` the pixel under it.
inline void write_line_loops(CodeText& out, const CodeStep& step, Index line) {
  const Image to = step.output_image();
  const auto n = [](Index i) { return std::to_string(i); };
  out.add(
      "  for (int row = 0; row < $height$; ++row)\n"
      "    for (int begin = 0; begin < $width$; begin += $line$) {\n"
      "      const int left = begin < $last$ ? begin : $last$;\n"
      "      const $S$* from = image + (row * $across$ + left) * $stride$;\n",
      {{"height", n(to.height)},
       {"width", n(to.width)},
       {"line", n(line)},
       {"last", n(to.width - line)},
       {"across", n(step.padded_image().width)},
       {"stride", n(step.stride)}});
}

/// Writes `block_k(w, image, o, y)`: `count` kernels from the o-th on, with all places of the image.
inline void write_kernels(CodeText& out, const CodeStep& step, const std::string& k, const std::string& name,
                          Index count, Index line, bool one_sum) {
  const CodeStyle& style = out.style();
  const Image to = step.output_image();
  const auto n = [](Index i) { return std::to_string(i); };
  const auto each = [&](std::string_view pattern, std::string_view extra = {}) {
    for (Index c = 0; c < count; ++c) {
      const std::string i = n(c), part = "part" + i + "[j]";
      out.add(
          pattern,
          {{"c", i},
           {"line", n(line)},
           {"zero", style.number(0)},
           {"extra", std::string(extra)},
           {"term", style.multiply_add("w[t * " + n(count) + " + " + i + "]",
                                       step.stride == 1 ? "at[j]" : "at[j * " + n(step.stride) + "]", part)},
           {"to", "y[((o + " + i + ") * " + n(to.height) + " + row) * " + n(to.width) + " + left + j]"},
           {"finished", finished(style, step, k, (one_sum ? "part" : "sum") + i + "[j]", "o + " + i)}});
    }
  };
  out.add("$fn$ void $my$$name$_$k$(const $S$* w, const $S$* image, int o, $S$* y) {\n",
          {{"name", name}, {"k", k}});
  write_line_loops(out, step, line);
  if (!one_sum) each("      $S$ sum$c$[$line$] = {$zero$};\n");
  if (!one_sum)
    out.add("      for (int t = 0, s = 0; t < $length$; ++s) {\n", {{"length", n(step.length())}});
  else
    out.add("      {\n        int t = 0;\n");
  each("        $S$ part$c$[$line$] = {$zero$};\n");
  out.add("        for (; t < $end$; ++t) {\n          const $S$* at = from + $my$place_$k$[t];\n",
          {{"end", one_sum ? n(step.length()) : style.own("sum_end_") + k + "[s]"}, {"k", k}});
  each("          for (int j = 0; j < $line$; ++j) part$c$[j] = $term$;\n");
  out.add("        }\n");
  if (!one_sum) each("        for (int j = 0; j < $line$; ++j) sum$c$[j] += part$c$[j];\n");
  if (!one_sum) out.add("      }\n");
  each("      for (int j = 0; j < $line$; ++j) $to$ = $finished$;\n");
  if (one_sum) out.add("      }\n");
  out.add("    }\n}\n");
}

/// Writes the loop over the weights of `count` kernels: afterwards all0, all1 and so on are their sums.
inline void write_pack_sums(CodeText& out, const CodeStep& step, const std::string& k, Index count) {
  const auto n = [](Index i) { return std::to_string(i); };
  const auto each = [&](std::string_view pattern) {
    for (Index c = 0; c < count; ++c) out.add(pattern, {{"c", n(c)}, {"count", n(count)}});
  };
  each("      $my$pack all$c$[packs];\n");
  each("      for (int p = 0; p < packs; ++p) all$c$[p] = $my$no_pack();\n");
  out.add(
      "      for (int t = 0; t < $length$;) {\n"
      "        const int end = $length$ - t < $chunk$ ? $length$ : t + $chunk$;\n",
      {{"length", n(step.length())}, {"chunk", n(rows_of_piece)}});
  each("        $my$pack s$c$[packs];\n");
  out.add("        for (int p = 0; p < packs; ++p) {\n");
  each("          s$c$[p] = $my$no_pack();\n");
  out.add(
      "        }\n        for (; t < end; ++t)\n          for (int p = 0; p < packs; ++p) {\n"
      "            const $my$pack at = $my$pack_from(from + $my$place_$k$[t] + p * $my$lanes);\n",
      {{"k", k}});
  each("            s$c$[p] = $my$times_one(at, w[t * $count$ + $c$], s$c$[p]);\n");
  out.add("          }\n        for (int p = 0; p < packs; ++p) {\n");
  each("          all$c$[p] = $my$plus(all$c$[p], s$c$[p]);\n");
  out.add("        }\n      }\n");
}

/// Writes `kernels_k(w, image, o, y)` in an order that is fast: the sums of `count` kernels at neighboring
/// outputs are registers. It reads up to a register of pixels behind the image.
inline void write_pack_kernels(CodeText& out, const CodeStep& step, const std::string& k,
                               const std::string& name, Index count) {
  const CodeStyle& style = out.style();
  const Image to = step.output_image();
  const auto n = [](Index i) { return std::to_string(i); };
  out.add(
      "$fn$ void $my$$name$_$k$(const $S$* w, const $S$* image, int o, $S$* y) {\n"
      "  enum { packs = $line$ / $my$lanes };\n"
      "  for (int row = 0; row < $height$; ++row)\n"
      "    for (int left = 0; left < $width$; left += $line$) {\n"
      "      const $S$* from = image + row * $across$ + left;\n"
      "      const int some = $width$ - left < $line$ ? $width$ - left : $line$;\n"
      "      $S$ sum[$line$];\n",
      {{"name", name},
       {"k", k},
       {"line", n(widest_pack(style))},
       {"height", n(to.height)},
       {"width", n(to.width)},
       {"across", n(step.padded_image().width)}});
  write_pack_sums(out, step, k, count);
  for (Index c = 0; c < count; ++c)
    out.add(
        "      for (int p = 0; p < packs; ++p) $my$pack_to(all$c$[p], sum + p * $my$lanes);\n"
        "      for (int j = 0; j < some; ++j) y[((o + $c$) * $height$ + row) * $width$ + left + j] = "
        "$finished$;\n",
        {{"c", n(c)},
         {"height", n(to.height)},
         {"width", n(to.width)},
         {"finished", finished(style, step, k, "sum[j]", "o + " + n(c))}});
  out.add("    }\n}\n");
}

}  // namespace espalier::detail
