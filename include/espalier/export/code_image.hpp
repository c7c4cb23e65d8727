// SPDX-License-Identifier: MIT
// Convolutions and max pooling as source text.
#pragma once

#include <string>
#include <vector>

#include "espalier/export/code_kernels.hpp"

namespace espalier::detail {

/// Writes the beginning of `convolution_k(x, y)`: afterwards `image` is the padded image.
inline void write_padding(CodeText& out, const CodeStep& step, const std::string& k) {
  const Image padded = step.padded_image();
  const Index copied = numbers_of_copy(out.style(), step);
  const auto n = [](Index i) { return std::to_string(i); };
  out.add("$fn$ void $my$convolution_$k$(const $S$* x, $S$* y) {\n", {{"k", k}});
  if (copied == 0) return out.add("  const $S$* image = x;\n");
  out.add(
      "  $S$ image[$size$] = {$zero$};\n"
      "  for (int c = 0; c < $channels$; ++c)\n"
      "    for (int row = 0; row < $height$; ++row)\n"
      "      for (int i = 0; i < $width$; ++i)\n"
      "        image[(c * $down$ + row + $padding$) * $across$ + i + $padding$] = x[(c * $height$ + row) * "
      "$width$ + i];\n",
      {{"size", n(copied)},
       {"zero", out.style().number(0)},
       {"channels", n(padded.channels)},
       {"height", n(step.image.height)},
       {"width", n(step.image.width)},
       {"down", n(padded.height)},
       {"across", n(padded.width)},
       {"padding", n(step.padding)}});
}

/// Writes the arrays and the function `convolution_k(x, y)` of kernels without zeros that pay.
inline void write_convolution_blocks(CodeText& out, const CodeStep& step, const std::string& k) {
  const auto n = [](Index i) { return std::to_string(i); };
  const Index kernels = step.rows(), length = step.length(), block = std::min(kernels, kernels_of_block),
              left = kernels % block, line = std::min(step.output_image().width, outputs_of_line);
  const std::vector<Index> ends = ends_of_sums(length, out.style().scalar_bytes());
  out.numbers("weight_" + k, in_blocks(step.weight, kernels, length, block));
  out.whole_numbers("place_" + k, places_in_image(step));
  const bool packs = by_packs(out.style(), step);
  if (ends.size() > 1 && !packs) out.whole_numbers("sum_end_" + k, ends);
  const auto write = [&](const std::string& name, Index count) {
    if (packs)
      write_pack_kernels(out, step, k, name, count);
    else
      write_kernels(out, step, k, name, count, line, ends.size() == 1);
  };
  write("kernels", block);
  if (left > 0) write("rest", left);
  write_padding(out, step, k);
  out.add(
      "  for (int o = 0; o < $end$; o += $block$)\n"
      "    $my$kernels_$k$($my$weight_$k$ + o * $length$, image, o, y);\n",
      {{"end", n(kernels - left)}, {"block", n(block)}, {"k", k}, {"length", n(length)}});
  if (left > 0)
    out.add("  $my$rest_$k$($my$weight_$k$ + $o$ * $length$, image, $o$, y);\n",
            {{"o", n(kernels - left)}, {"k", k}, {"length", n(length)}});
  out.add("}\n");
}

/// Writes the arrays and the function `convolution_k(x, y)` of kernels with many zeros.
inline void write_convolution_sparse(CodeText& out, const CodeStep& step, const SparseWeight& w,
                                     const std::string& k) {
  const CodeStyle& style = out.style();
  const auto n = [](Index i) { return std::to_string(i); };
  const Image to = step.output_image();
  const Index line = std::min(to.width, outputs_of_line);
  out.numbers("weight_" + k, w.numbers);
  out.whole_numbers("place_" + k, w.columns);
  out.whole_numbers("end_" + k, w.ends);
  write_padding(out, step, k);
  out.add("  for (int o = 0, begin_of_o = 0; o < $kernels$; begin_of_o = $my$end_$k$[o], ++o)\n",
          {{"kernels", n(step.rows())}, {"k", k}});
  write_line_loops(out, step, line);
  out.add(
      "      $S$ part[$line$] = {$zero$};\n"
      "      for (int t = begin_of_o; t < $my$end_$k$[o]; ++t) {\n"
      "        const $S$* at = from + $my$place_$k$[t];\n"
      "        for (int j = 0; j < $line$; ++j) part[j] = $term$;\n"
      "      }\n"
      "      for (int j = 0; j < $line$; ++j) y[(o * $height$ + row) * $width$ + left + j] = $finished$;\n"
      "    }\n}\n",
      {{"line", n(line)},
       {"zero", style.number(0)},
       {"k", k},
       {"height", n(to.height)},
       {"width", n(to.width)},
       {"term", style.multiply_add(style.own("weight_") + k + "[t]",
                                   step.stride == 1 ? "at[j]" : "at[j * " + n(step.stride) + "]", "part[j]")},
       {"finished", finished(style, step, k, "part[j]", "o")}});
}

/// Writes a convolution as `convolution_k(x, y)`, in the form that the style asks for.
inline void write_convolution(CodeText& out, const CodeStep& step, const std::string& k) {
  const CodeStyle& style = out.style();
  if (!step.bias.empty()) out.numbers("bias_" + k, step.bias);
  if (!step.scales.empty()) out.numbers("scale_" + k, step.scales);
  SparseWeight sparse = nonzeros(step.weight, step.length());
  const std::vector<Index> places = places_in_image(step);
  for (Index& column : sparse.columns) column = places[static_cast<std::size_t>(column)];
  const Index dense_bytes = static_cast<Index>(step.weight.size()) * style.scalar_bytes() +
                            step.length() * CodeText::bytes_of_whole(places);
  const bool one_sum = ends_of_sums(step.length(), style.scalar_bytes()).size() == 1;
  if (style.smallest && one_sum && !sparse.numbers.empty() &&
      bytes_of(sparse, style.scalar_bytes()) < dense_bytes)
    write_convolution_sparse(out, step, sparse, k);
  else
    write_convolution_blocks(out, step, k);
}

/// Writes max pooling as `max_pool_k(x, y)`: NaN if there is one in the window, as `predict`.
inline void write_max_pool(CodeText& out, const CodeStep& step, const std::string& k) {
  const auto n = [](Index i) { return std::to_string(i); };
  const Image to = step.output_image();
  out.add(
      "$fn$ void $my$max_pool_$k$(const $S$* x, $S$* y) {\n"
      "  for (int c = 0; c < $channels$; ++c)\n"
      "    for (int row = 0; row < $height$; ++row)\n"
      "      for (int i = 0; i < $width$; ++i) {\n"
      "        const $S$* from = x + (c * $down$ + row * $stride$) * $across$ + i * $stride$;\n"
      "        $S$ most = from[0];\n"
      "        for (int v = 0; v < $size$; ++v)\n"
      "          for (int u = 0; u < $size$; ++u) {\n"
      "            const $S$ pixel = from[v * $across$ + u];\n"
      "            most = (most != most || most > pixel) ? most : pixel;\n"
      "          }\n"
      "        y[(c * $height$ + row) * $width$ + i] = most;\n"
      "      }\n}\n",
      {{"k", k},
       {"channels", n(to.channels)},
       {"height", n(to.height)},
       {"width", n(to.width)},
       {"down", n(step.image.height)},
       {"across", n(step.image.width)},
       {"stride", n(step.stride)},
       {"size", n(step.kernel.height)}});
}

}  // namespace espalier::detail
