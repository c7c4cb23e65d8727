// SPDX-License-Identifier: MIT
// Recurrent layers as nodes of ONNX, whose operators RNN and LSTM have time as the first extent.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "espalier/export/code_step.hpp"
#include "espalier/export/onnx_graph.hpp"

namespace espalier::detail {

/// Has it the four gates of an LSTM?
inline bool is_gated(const CodeStep& sequence) { return sequence.branches.size() == 4; }

inline Index hidden_of(const CodeStep& sequence) { return sequence.branches[1].front().inputs; }

/// Numbers by rows of the four gates, i, f, g, o here, in the order of ONNX: i, o, f, c, where c is g.
inline std::vector<double> in_onnx_order(const std::vector<double>& gates) {
  const std::size_t size = gates.size() / 4;
  std::vector<double> result;
  result.reserve(gates.size());
  for (const std::size_t gate : {0U, 3U, 1U, 2U}) {
    const auto begin = gates.begin() + static_cast<std::ptrdiff_t>(gate * size);
    result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
  }
  return result;
}

/// Adds RNN or LSTM over x, samples x steps x inputs. Its first output are the states of all steps, steps x 1
/// x samples x hidden, where 1 is the number of directions; its second is that of the last, 1 x samples x
/// hidden. The bias has two halves, which are added: ours and zeros.
inline std::string onnx_recurrence(OnnxGraph& graph, const CodeStep& step, const std::string& x,
                                   int skipped) {
  const bool gated = is_gated(step);
  const Index hidden = hidden_of(step), rows = gated ? 4 * hidden : hidden;
  const auto ordered = [&](const std::vector<double>& all) { return gated ? in_onnx_order(all) : all; };
  const CodeStep &ih = step.branches[0].front(), &hh = step.branches[1].front();
  std::vector<std::string> inputs{
      graph.node("Transpose", step.path, {x}, {{"perm", {1, 0, 2}}}),
      graph.constant(step.path + ".weight_ih", {1, rows, ih.inputs}, ordered(ih.weight)),
      graph.constant(step.path + ".weight_hh", {1, rows, hidden}, ordered(hh.weight))};
  if (!ih.bias.empty()) {
    std::vector<double> both = ordered(ih.bias);
    both.resize(2 * both.size(), 0);
    inputs.push_back(graph.constant(step.path + ".bias", {1, 2 * rows}, both));
  }
  return graph.node(gated ? "LSTM" : "RNN", step.path, std::move(inputs), {{"hidden_size", hidden}}, skipped);
}

/// The states of all steps: samples x steps x hidden.
inline std::string onnx_states(OnnxGraph& graph, const CodeStep& step, const std::string& x) {
  const std::string states = onnx_recurrence(graph, step, x, 0);
  const std::string by_sample = graph.node("Transpose", step.path, {states}, {{"perm", {2, 0, 1, 3}}});
  const std::string shape = graph.shape(step.path + ".shape", {0, step.per, hidden_of(step)});
  return graph.node("Reshape", step.path, {by_sample, shape});
}

/// That of the last step: samples x hidden. Not by Squeeze, which operator set 13 changed.
inline std::string onnx_last_state(OnnxGraph& graph, const CodeStep& step, const std::string& x) {
  const std::string state = onnx_recurrence(graph, step, x, 1);
  const std::string by_sample = graph.node("Transpose", step.path, {state}, {{"perm", {1, 0, 2}}});
  return graph.node("Flatten", step.path, {by_sample}, {{"axis", Index{1}}});
}

}  // namespace espalier::detail
