// SPDX-License-Identifier: MIT
// A net as source text, from its steps: what is known of it as constants, its weights, and `predict`.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/export/code_dense.hpp"
#include "espalier/export/code_function.hpp"
#include "espalier/export/code_image.hpp"
#include "espalier/export/code_rows.hpp"
#include "espalier/export/code_sequence.hpp"
#include "espalier/io/metadata.hpp"

namespace espalier::detail {

/// What the constants of the file say, beside what the steps do.
struct CodeFacts {
  Index inputs = 0, outputs = 0;
  double violation = 0;
  std::string layers;                                    ///< a line for the comment at the top
  const Preparation* preparation = nullptr;              ///< of rows; null: none
  std::vector<std::pair<std::string, double>> bounds{};  ///< constants by name
  std::vector<int> input_signs{};                        ///< one for each input, or none
};

/// May a step write to where it reads?
inline bool in_place(const CodeStep& step) {
  return keeps_places(step) || step.kind == StepKind::softmax || step.kind == StepKind::sort;
}

/// Writes functions for steps, and one that calls them.
class CodeNet {
 public:
  explicit CodeNet(CodeText& out) : out_(out) {}

  /// Writes `name(x, y)` for steps one behind the other, and all that it calls.
  void chain(const CodeSteps& steps, Index inputs, const std::string& name) {
    std::string body;
    Index buffers[2] = {0, 0};
    std::size_t last = steps.size(), used = 0;  // the last step that cannot work in place
    for (std::size_t k = 0; k < steps.size(); ++k)
      if (!in_place(steps[k])) last = k;
    std::string from = "x";
    Index width = inputs;
    for (std::size_t k = 0; k < steps.size(); ++k) {
      const bool final = last == steps.size() || k >= last;
      std::string to = in_place(steps[k]) && from != "x" ? from : final ? "y" : "";
      if (to.empty()) {
        buffers[used] = std::max(buffers[used], steps[k].outputs);
        to = used == 0 ? "a" : "b";
        used = 1 - used;
      }
      body += call(steps[k], from, to);
      from = to;
      width = steps[k].outputs;
    }
    if (from == "x") body += loop(width, "y[i] = x[i]");
    out_.add("$fn$ void $my$$name$(const $S$* x, $S$* y) {\n", {{"name", name}});
    for (const int k : {0, 1})
      if (buffers[k] > 0)
        out_.add("  $S$ $name$[$n$];\n", {{"name", k == 0 ? "a" : "b"}, {"n", std::to_string(buffers[k])}});
    out_.text() += body + "}\n";
    numbers_ += buffers[0] + buffers[1];
  }

  /// Of the buffers of all functions.
  Index numbers_of_buffers() const { return numbers_; }

 private:
  static std::string loop(Index n, const std::string& statement) {
    return "  for (int i = 0; i < " + std::to_string(n) + "; ++i) " + statement + ";\n";
  }

  /// Writes what a step calls; returns its statements.
  std::string call(const CodeStep& step, const std::string& from, const std::string& to) {
    const std::string k = std::to_string(next_++);
    const auto plain = [&](std::string_view kind) {
      return "  " + out_.style().own(kind) + "_" + k + "(" + from + ", " + to + ");\n";
    };
    switch (step.kind) {
      case StepKind::dense:
        return write_dense(out_, step, k), plain("dense");
      case StepKind::convolution:
        numbers_ += numbers_of_copy(out_.style(), step);
        return write_convolution(out_, step, k), plain("convolution");
      case StepKind::max_pool:
        return write_max_pool(out_, step, k), plain("max_pool");
      case StepKind::normalize:
        return write_normalize(out_, step, k), plain("normalize");
      case StepKind::softmax:
        return write_softmax(out_, step, k), plain("softmax");
      case StepKind::sort:
        return write_group_sort(out_, step, k), plain("group_sort");
      case StepKind::function:
        write_function(out_, step, k);
        return loop(step.outputs, to + "[i] = " + out_.style().own("function_") + k + "(" + from + "[i])");
      case StepKind::sequence:
        return sequence(step, k), plain("sequence");
      default:
        return branches(step, k, from, to);
    }
  }

  void sequence(const CodeStep& step, const std::string& k) {
    std::vector<std::string> calls;
    for (const CodeSteps& branch : step.branches) {
      const std::string name = "branch_" + k + "_" + std::to_string(calls.size());
      chain(branch, branch.front().inputs, name);
      calls.push_back(out_.style().own(name));
    }
    const CodeStep& gates = step.branches[1].front();
    numbers_ += 2 * (gates.outputs + gates.inputs);
    write_sequence(out_, step, k, calls);
  }

  std::string branches(const CodeStep& step, const std::string& k, const std::string& from,
                       const std::string& to) {
    std::string statements;
    Index row = 0;
    for (std::size_t b = 0; b < step.branches.size(); ++b) {
      const std::string name = "branch_" + k + "_" + std::to_string(b);
      chain(step.branches[b], step.inputs, name);
      statements += "  " + out_.style().own(name) + "(" + from + ", " + to +
                    (row > 0 ? " + " + std::to_string(row) : "") + ");\n";
      row += step.branches[b].empty() ? step.inputs : step.branches[b].back().outputs;
    }
    if (step.kind == StepKind::residual)
      statements += loop(step.outputs, to + "[i] = " + from + "[i] + " + to + "[i]");
    return statements;
  }

  CodeText& out_;
  Index next_ = 0, numbers_ = 0;
};

/// What the steps call, and how many of their weights there are and are 0.
struct CodeSums {
  std::vector<std::string> helpers;
  Index weights = 0, zeros = 0;
};
inline void sum_up(const CodeSteps& steps, CodeSums& sums) {
  for (const CodeStep& step : steps) {
    if (!step.helper.empty()) sums.helpers.push_back(step.helper);
    sums.weights += static_cast<Index>(step.weight.size());
    sums.zeros += std::count(step.weight.begin(), step.weight.end(), 0.0);
    for (const CodeSteps& branch : step.branches) sum_up(branch, sums);
  }
}

/// Writes the constants; in C whole numbers are enumerators and the violation is a macro.
inline void write_facts(CodeText& out, const CodeSteps& steps, const CodeFacts& facts, const CodeSums& sums,
                        Index stack) {
  const bool c = out.style().c;
  const std::vector<char> read = inputs_read(steps, facts.inputs);
  const std::vector<std::pair<std::string, Index>> whole{
      {"inputs", facts.inputs},
      {"outputs", facts.outputs},
      {"weights", sums.weights},
      {"zeros", sums.zeros},
      {"inputs_never_read_count", std::count(read.begin(), read.end(), 0)},
      {"bytes_of_constants", out.bytes()},
      {"bytes_of_stack", stack * out.style().scalar_bytes()}};
  CodeStyle exact = out.style();
  exact.single = false;
  const std::string violation = exact.number(facts.violation);
  if (c) out.add("enum {\n");
  for (const auto& [name, value] : whole)
    out.add(
        c ? "  $my$$name$ = $value$$comma$\n" : "inline constexpr int $name$ = $value$;\n",
        {{"name", name}, {"value", std::to_string(value)}, {"comma", name == "bytes_of_stack" ? "" : ","}});
  if (c) out.add("};\n");
  out.add(c ? "#define $my$violation $value$\n" : "inline constexpr double violation = $value$;\n",
          {{"value", violation}});
  std::string list, ranges;
  for (std::size_t i = 0, end; i < read.size(); i = end) {
    for (end = i + 1; end < read.size() && read[end] == read[i];) ++end;
    if (read[i] == 0) ranges += " || ((i) >= " + std::to_string(i) + " && (i) < " + std::to_string(end) + ")";
  }
  for (std::size_t i = 0; i < read.size(); ++i)
    list += std::string(i == 0        ? ""
                        : i % 16 == 0 ? ",\n   "
                                      : ",") +
            (c         ? (read[i] ? " 0" : " 1")
             : read[i] ? " false"
                       : " true");
  if (c) out.add("#define $my$never_reads(i) (0$ranges$)\n", {{"ranges", ranges}});
  out.add(c ? "static const unsigned char $my$inputs_never_read[$n$] = {\n   $list$};\n"
            : "inline constexpr bool inputs_never_read[$n$] = {\n   $list$};\n",
          {{"n", std::to_string(facts.inputs)}, {"list", list}});
}

/// Writes bounds with all their digits, and the signs of inputs.
inline void write_certificates(CodeText& out, const CodeFacts& facts) {
  const bool c = out.style().c;
  CodeStyle exact = out.style();
  exact.single = false;
  for (const auto& [name, value] : facts.bounds)
    out.add(c ? "#define $my$$name$ $value$\n" : "inline constexpr double $name$ = $value$;\n",
            {{"name", name}, {"value", exact.number(value)}});
  if (facts.input_signs.empty()) return;
  std::string list;
  for (std::size_t i = 0; i < facts.input_signs.size(); ++i)
    list += (i == 0 ? "" : i % 16 == 0 ? ",\n   " : ",") + (" " + std::to_string(facts.input_signs[i]));
  out.add(c ? "static const signed char $my$input_signs[$n$] = {\n   $list$};\n"
            : "inline constexpr signed char input_signs[$n$] = {\n   $list$};\n",
          {{"n", std::to_string(facts.inputs)}, {"list", list}});
}

inline constexpr std::string_view head_of_file =
    R"(/* Written by espalier $version$: $layers$.
 * $predict$ computes the outputs of one sample; in and out do not overlap.
 * $order$. Do not compile it with -ffast-math. */
#ifndef $guard$
#define $guard$

$includes$$open$)";

inline std::string includes_of(const CodeStyle& style, const CodeSums& sums, std::string_view body) {
  std::string includes;
  const auto add = [&](std::string_view name) {
    includes +=
        style.c ? "#include <" + std::string(name) + ".h>\n" : "#include <c" + std::string(name) + ">\n";
  };
  const bool bits = std::any_of(sums.helpers.begin(), sums.helpers.end(), needs_exp);
  if (style.fused || std::find(sums.helpers.begin(), sums.helpers.end(), "math") != sums.helpers.end())
    add("math");
  if (bits) add("stdint");
  if (body.find("memcpy") != body.npos) add("string");
  return includes.empty() ? includes : includes + "\n";
}

/// The whole file.
inline std::string net_text(const CodeStyle& style, const CodeSteps& steps, const CodeFacts& facts) {
  CodeSums sums;
  sum_up(steps, sums);
  CodeText body(style);
  if (!style.same_order && sums.weights > 0) write_pack_helper(body);
  write_helpers(body, sums.helpers);
  CodeNet net(body);
  net.chain(steps, facts.inputs, "run");
  CodeText out(body);
  out.text().clear();
  std::string guard = style.name + (style.c ? "_NET_H" : "_NET_HPP");
  out.add(head_of_file, {{"version", version_text()},
                         {"layers", facts.layers},
                         {"predict", style.c ? style.name + "_predict" : style.name + "::predict"},
                         {"order", style.same_order ? "Sums are taken in the order of the library's predict"
                                                    : "Sums are taken in an order that suits compilers"},
                         {"guard", guard},
                         {"includes", includes_of(style, sums, body.text())},
                         {"open", style.c ? "" : "namespace " + style.name + " {\n\n"}});
  write_facts(out, steps, facts, sums, net.numbers_of_buffers());
  write_certificates(out, facts);
  if (!style.c) out.add("\nnamespace detail {\n\n");
  out.text() += body.text();
  if (!style.c) out.add("\n}  // namespace detail\n");
  out.add(
      "\n/* $inputs$ numbers in, $outputs$ out. */\n"
      "$fn$ void $my$predict(const $S$* in, $S$* out) { $run$(in, out); }\n",
      {{"inputs", std::to_string(facts.inputs)},
       {"outputs", std::to_string(facts.outputs)},
       {"run", style.c ? style.own("run") : "detail::run"}});
  if (facts.preparation) CodeRows(out, *facts.preparation).write();
  if (!style.c) out.add("\n}  // namespace $name$\n", {{"name", style.name}});
  out.add("\n#endif\n");
  return std::move(out.text());
}

}  // namespace espalier::detail
