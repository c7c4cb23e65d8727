// SPDX-License-Identifier: MIT
// A net as a graph of ONNX, from the steps that its source text is written from too.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "espalier/export/code_step.hpp"
#include "espalier/export/onnx_activation.hpp"
#include "espalier/export/onnx_graph.hpp"

namespace espalier::detail {

/// A tensor of the graph: samples x width or, as an image, samples x channels x height x width. Both have
/// the same numbers in the same order.
struct OnnxValue {
  std::string name;
  Index width;
  std::optional<Image> image{};

  std::vector<Index> extents() const {
    if (!image) return {width};
    return {image->channels, image->height, image->width};
  }
};

/// The image that the steps read their inputs as, if they do.
inline std::optional<Image> image_read(const CodeSteps& steps) {
  const auto first = std::find_if_not(steps.begin(), steps.end(), keeps_places);
  if (first == steps.end()) return std::nullopt;
  if (first->kind == StepKind::convolution || first->kind == StepKind::max_pool) return first->image;
  for (const CodeSteps& branch : first->branches)
    if (const std::optional<Image> image = image_read(branch)) return image;
  return std::nullopt;
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
        return {onnx_function(graph_, step, x.name), x.width, x.image};
      case StepKind::softmax:
        return softmax(step, x);
      case StepKind::residual:
        return residual(step, x);
      case StepKind::concat:
        return concat(step, x);
      case StepKind::sequence:
        break;
    }
    fail("write_onnx", "layers without time steps: Recurrent and LSTM are not written as ONNX",
         step.path.empty() ? "one of these" : step.path);
  }

  OnnxValue flat(const OnnxValue& x, const std::string& path) {
    if (!x.image) return x;
    return {graph_.node("Flatten", path, {x.name}, {{"axis", Index{1}}}), x.width};
  }
  OnnxValue as_image(const OnnxValue& x, const std::optional<Image>& image, const std::string& path) {
    if (x.image == image) return x;
    if (!image) return flat(x, path);
    // 0 stands for the number of samples.
    const std::string shape =
        graph_.shape(path + ".shape", {0, image->channels, image->height, image->width});
    return {graph_.node("Reshape", path, {x.name, shape}), x.width, image};
  }

  void bias(const CodeStep& step, std::vector<std::string>& inputs) {
    if (!step.bias.empty()) inputs.push_back(graph_.constant(step.path + ".bias", {step.rows()}, step.bias));
  }

  OnnxValue dense(const CodeStep& step, const OnnxValue& x) {
    std::vector<std::string> inputs{
        flat(x, step.path).name,
        graph_.constant(step.path + ".weight", {step.rows(), step.inputs}, step.weight)};
    bias(step, inputs);
    return {graph_.node("Gemm", step.path, std::move(inputs), {{"transB", Index{1}}}), step.outputs};
  }

  OnnxValue convolution(const CodeStep& step, const OnnxValue& x) {
    const Kernel kernel = step.kernel;
    const Index padding = step.padding, stride = step.stride;
    std::vector<std::string> inputs{
        as_image(x, step.image, step.path).name,
        graph_.constant(step.path + ".weight",
                        {step.rows(), step.image.channels, kernel.height, kernel.width}, step.weight)};
    bias(step, inputs);
    return {graph_.node("Conv", step.path, std::move(inputs),
                        {{"kernel_shape", {kernel.height, kernel.width}},
                         {"pads", {padding, padding, padding, padding}},
                         {"strides", {stride, stride}}}),
            step.outputs, step.output_image()};
  }

  OnnxValue max_pool(const CodeStep& step, const OnnxValue& x) {
    return {graph_.node("MaxPool", step.path, {as_image(x, step.image, step.path).name},
                        {{"kernel_shape", {step.kernel.height, step.kernel.width}},
                         {"strides", {step.stride, step.stride}}}),
            step.outputs, step.output_image()};
  }

  /// `epsilon` of ONNX is a float: what it is off by goes to the variances.
  OnnxValue normalize(const CodeStep& step, const OnnxValue& x) {
    const auto channels = static_cast<Index>(step.gain.size());
    const float epsilon = static_cast<float>(step.epsilon);
    std::vector<double> variance = step.variance;
    for (double& v : variance) v += step.epsilon - static_cast<double>(epsilon);
    OnnxValue in = x;
    if (!x.image || x.image->channels != channels)
      in = step.per == 1 ? flat(x, step.path) : as_image(x, Image{step.per, 1, channels}, step.path);
    const auto numbers = [&](const char* name, const std::vector<double>& all) {
      return graph_.constant(step.path + name, {channels}, all);
    };
    std::vector<std::string> inputs{in.name, numbers(".weight", step.gain), numbers(".bias", step.bias),
                                    numbers(".running_mean", step.mean), numbers(".running_var", variance)};
    in.name = graph_.node("BatchNormalization", step.path, std::move(inputs), {{"epsilon", epsilon}});
    return as_image(in, x.image, step.path);
  }

  OnnxValue softmax(const CodeStep& step, const OnnxValue& x) {
    return {graph_.node("Softmax", step.path, {flat(x, step.path).name}, {{"axis", Index{1}}}), x.width};
  }

  OnnxValue residual(const CodeStep& step, const OnnxValue& x) {
    const OnnxValue y = as_image(chain(step.branches.front(), x), x.image, step.path);
    return {graph_.node("Add", step.path, {x.name, y.name}), x.width, x.image};
  }

  /// Images of one height and width stay images: their channels follow each other.
  OnnxValue concat(const CodeStep& step, const OnnxValue& x) {
    std::vector<OnnxValue> parts;
    for (const CodeSteps& branch : step.branches) parts.push_back(chain(branch, x));
    std::optional<Image> whole = parts.front().image;
    for (std::size_t k = 1; k < parts.size() && whole; ++k) {
      const std::optional<Image>& part = parts[k].image;
      if (part && part->height == whole->height && part->width == whole->width)
        whole->channels += part->channels;
      else
        whole.reset();
    }
    std::vector<std::string> inputs;
    for (const OnnxValue& part : parts) inputs.push_back(whole ? part.name : flat(part, step.path).name);
    return {graph_.node("Concat", step.path, std::move(inputs), {{"axis", Index{1}}}), step.outputs, whole};
  }

  OnnxGraph& graph_;
};

}  // namespace espalier::detail
