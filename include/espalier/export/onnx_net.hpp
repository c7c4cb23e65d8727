// SPDX-License-Identifier: MIT
// A net as a graph of ONNX, from the steps that its source text is written from too.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "espalier/export/code_step.hpp"
#include "espalier/export/onnx_activation.hpp"
#include "espalier/export/onnx_graph.hpp"
#include "espalier/export/onnx_sequence.hpp"

namespace espalier::detail {

/// A tensor of the graph, and what a sample is there: features, channels x height x width of an image, or
/// steps x features of a sequence. All have the same numbers in the same order.
struct OnnxValue {
  std::string name;
  std::vector<Index> extents;
};

inline std::vector<Index> extents_of(const Image& image) {
  return {image.channels, image.height, image.width};
}

/// What the steps read a sample as, where that is an image or a sequence; empty for features.
inline std::vector<Index> extents_read(const CodeSteps& steps) {
  const auto first = std::find_if_not(steps.begin(), steps.end(), keeps_places);
  if (first == steps.end()) return {};
  if (first->kind == StepKind::convolution || first->kind == StepKind::max_pool)
    return extents_of(first->image);
  if (first->kind == StepKind::sequence) return {first->per, first->inputs / first->per};
  for (const CodeSteps& branch : first->branches)
    if (const std::vector<Index> extents = extents_read(branch); !extents.empty()) return extents;
  return {};
}

/// Adds steps to a graph.
class OnnxNet {
 public:
  explicit OnnxNet(OnnxGraph& graph) : graph_(graph) {}

  OnnxValue chain(const CodeSteps& steps, OnnxValue x) {
    for (const CodeStep& step : steps) x = add(step, x);
    return x;
  }

 private:
  OnnxValue add(const CodeStep& step, const OnnxValue& x) {
    switch (step.kind) {
      case StepKind::dense:
        return dense(step, x);
      case StepKind::convolution:
        return convolution(step, x);
      case StepKind::max_pool:
        return max_pool(step, x);
      case StepKind::normalize:
        return normalize(step, x);
      case StepKind::function:
        return {onnx_function(graph_, step, x.name), x.extents};
      case StepKind::softmax:
        return softmax(step, x);
      case StepKind::sort:
        return group_sort(step, x);
      case StepKind::residual:
        return residual(step, x);
      case StepKind::concat:
        return concat(step, x);
      case StepKind::sequence:
        break;
    }
    return sequence(step, x);
  }

  /// The same numbers as samples of other extents.
  OnnxValue as(const OnnxValue& x, const std::vector<Index>& extents, const std::string& path) {
    if (x.extents == extents) return x;
    if (extents.size() == 1) return {graph_.node("Flatten", path, {x.name}, {{"axis", Index{1}}}), extents};
    std::vector<Index> all{0};  // the number of samples, as it is
    all.insert(all.end(), extents.begin(), extents.end());
    return {graph_.node("Reshape", path, {x.name, graph_.shape(path + ".shape", all)}), extents};
  }
  OnnxValue flat(const OnnxValue& x, const std::string& path) {
    Index width = 1;
    for (const Index extent : x.extents) width *= extent;
    return as(x, {width}, path);
  }

  void bias(const CodeStep& step, std::vector<std::string>& inputs) {
    if (!step.bias.empty()) inputs.push_back(graph_.constant(step.path + ".bias", {step.rows()}, step.bias));
  }

  OnnxValue dense(const CodeStep& step, const OnnxValue& x) {
    std::vector<std::string> inputs{
        flat(x, step.path).name,
        graph_.constant(step.path + ".weight", {step.rows(), step.inputs}, step.weight)};
    bias(step, inputs);
    return {graph_.node("Gemm", step.path, std::move(inputs), {{"transB", Index{1}}}), {step.outputs}};
  }

  OnnxValue convolution(const CodeStep& step, const OnnxValue& x) {
    const Kernel kernel = step.kernel;
    const Index padding = step.padding, stride = step.stride;
    std::vector<std::string> inputs{
        as(x, extents_of(step.image), step.path).name,
        graph_.constant(step.path + ".weight",
                        {step.rows(), step.image.channels, kernel.height, kernel.width}, step.weight)};
    bias(step, inputs);
    return {graph_.node("Conv", step.path, std::move(inputs),
                        {{"kernel_shape", {kernel.height, kernel.width}},
                         {"pads", {padding, padding, padding, padding}},
                         {"strides", {stride, stride}}}),
            extents_of(step.output_image())};
  }

  OnnxValue max_pool(const CodeStep& step, const OnnxValue& x) {
    return {graph_.node("MaxPool", step.path, {as(x, extents_of(step.image), step.path).name},
                        {{"kernel_shape", {step.kernel.height, step.kernel.width}},
                         {"strides", {step.stride, step.stride}}}),
            extents_of(step.output_image())};
  }

  /// `epsilon` of ONNX is a float: what it is off by goes to the variances.
  OnnxValue normalize(const CodeStep& step, const OnnxValue& x) {
    const auto channels = static_cast<Index>(step.gain.size());
    const float epsilon = static_cast<float>(step.epsilon);
    std::vector<double> variance = step.variance;
    for (double& v : variance) v += step.epsilon - static_cast<double>(epsilon);
    OnnxValue in = x;
    if (x.extents.front() != channels)
      in = step.per == 1 ? flat(x, step.path) : as(x, {channels, step.per, 1}, step.path);
    const auto numbers = [&](const char* name, const std::vector<double>& all) {
      return graph_.constant(step.path + name, {channels}, all);
    };
    std::vector<std::string> inputs{in.name, numbers(".weight", step.gain), numbers(".bias", step.bias),
                                    numbers(".running_mean", step.mean), numbers(".running_var", variance)};
    in.name = graph_.node("BatchNormalization", step.path, std::move(inputs), {{"epsilon", epsilon}});
    return as(in, x.extents, step.path);
  }

  OnnxValue softmax(const CodeStep& step, const OnnxValue& x) {
    const OnnxValue in = flat(x, step.path);
    return {graph_.node("Softmax", step.path, {in.name}, {{"axis", Index{1}}}), in.extents};
  }

  OnnxValue group_sort(const CodeStep& step, const OnnxValue& x) {
    if (step.inputs % step.per != 0)
      fail("write_onnx", {"groups of {} that are all full in layer {}", {step.per, step.path}},
           format_message("{} numbers", {step.inputs}));
    const OnnxValue groups = as(x, {step.inputs / step.per, step.per}, step.path);
    std::vector<std::string> inputs{groups.name, graph_.shape(step.path + ".size", {step.per})};
    const OnnxValue sorted{
        graph_.node("TopK", step.path, std::move(inputs),
                    {{"axis", Index{2}}, {"largest", Index{0}}, {"sorted", Index{1}}}, 0, 1),
        groups.extents};
    return as(sorted, x.extents, step.path);
  }

  OnnxValue sequence(const CodeStep& step, const OnnxValue& x) {
    const OnnxValue in = as(x, {step.per, step.inputs / step.per}, step.path);
    const Index hidden = hidden_of(step);
    if (step.outputs == hidden) return {onnx_last_state(graph_, step, in.name), {hidden}};
    return {onnx_states(graph_, step, in.name), {step.per, hidden}};
  }

  OnnxValue residual(const CodeStep& step, const OnnxValue& x) {
    const OnnxValue y = as(chain(step.branches.front(), x), x.extents, step.path);
    return {graph_.node("Add", step.path, {x.name, y.name}), x.extents};
  }

  /// Images of one height and width stay images, since their channels follow each other, and so do sequences
  /// of one width, of which one comes after the other.
  OnnxValue concat(const CodeStep& step, const OnnxValue& x) {
    std::vector<OnnxValue> parts;
    for (const CodeSteps& branch : step.branches) parts.push_back(chain(branch, x));
    const auto alike = [&](const OnnxValue& part) {
      const std::vector<Index>&first = parts.front().extents, &own = part.extents;
      return std::equal(first.begin() + 1, first.end(), own.begin() + 1, own.end());
    };
    if (!std::all_of(parts.begin(), parts.end(), alike))
      for (OnnxValue& part : parts) part = flat(part, step.path);
    std::vector<Index> extents = parts.front().extents;
    extents.front() = 0;
    std::vector<std::string> inputs;
    for (const OnnxValue& part : parts) {
      extents.front() += part.extents.front();
      inputs.push_back(part.name);
    }
    return {graph_.node("Concat", step.path, std::move(inputs), {{"axis", Index{1}}}), extents};
  }

  OnnxGraph& graph_;
};

}  // namespace espalier::detail
