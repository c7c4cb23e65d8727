// SPDX-License-Identifier: MIT
// What a net computes, step by step, without the types of its layers: what is written as source text.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "espalier/core/image.hpp"

namespace espalier::detail {

enum class StepKind {
  dense,
  convolution,
  max_pool,
  normalize,
  function,
  softmax,
  sort,
  residual,
  concat,
  sequence
};

struct CodeStep;
using CodeSteps = std::vector<CodeStep>;

/// One step. Which members count depends on the kind. Numbers are doubles, which hold every float.
struct CodeStep {
  StepKind kind;
  Index inputs, outputs;
  /// Of the layer in the net: "3.body.0".
  std::string path{};

  /// dense: outputs x inputs, convolution: kernels x (channel, y, x); by rows.
  std::vector<double> weight{};
  /// One number a row of the weight, which multiplies its sum, or none.
  std::vector<double> scales{};
  /// One number a row of the weight, or none.
  std::vector<double> bias{};

  /// convolution and max_pool
  Image image{};
  Kernel kernel{};
  Index stride = 1, padding = 0;

  /// sort: `per` numbers at a time, the last ones those that are left.
  /// normalize: gain ((x - mean) scale) + bias, numbers of a channel; `per` inputs in a row share them. A
  /// scale is 1 / sqrt(variance + epsilon).
  std::vector<double> gain{}, mean{}, variance{};
  double epsilon = 0;
  Index per = 1;

  /// function: the text of a function of one number x, and what it is called; `helper` is one of those of
  /// code_function.hpp that the text calls.
  std::string function{}, helper{};
  /// One of the library's, which other formats know by name: what it is called, and its number if it has one.
  std::string activation{};
  double option = 0;

  /// residual: one branch; concat: all; sequence: what code_sequence.hpp calls, and `per` is how many steps.
  std::vector<CodeSteps> branches{};

  Index rows() const { return static_cast<Index>(weight.size()) / length(); }
  /// Of a row of the weight.
  Index length() const {
    return kind == StepKind::convolution ? image.channels * kernel.height * kernel.width : inputs;
  }
  Image output_image() const {
    const Index channels = kind == StepKind::convolution ? rows() : image.channels;
    return {places_of_window(image.height, kernel.height, stride, padding),
            places_of_window(image.width, kernel.width, stride, padding), channels};
  }
  /// The image with its padding.
  Image padded_image() const {
    return {image.height + 2 * padding, image.width + 2 * padding, image.channels};
  }
};

/// Is each output a function of the input with the same number?
inline bool keeps_places(const CodeStep& step) {
  return step.kind == StepKind::normalize || step.kind == StepKind::function;
}

/// f(input) for every input that a window at any place sees with the k-th of its numbers (channel, y, x).
template <class F>
void each_pixel(const CodeStep& step, Index k, F&& f) {
  const Index kx = k % step.kernel.width, plane = k / step.kernel.width, ky = plane % step.kernel.height,
              channel = plane / step.kernel.height;
  const Image out = step.output_image();
  for (Index y = 0; y < out.height; ++y)
    for (Index x = 0; x < out.width; ++x) {
      const Index row = y * step.stride + ky - step.padding, column = x * step.stride + kx - step.padding;
      if (row >= 0 && row < step.image.height && column >= 0 && column < step.image.width)
        f((channel * step.image.height + row) * step.image.width + column);
    }
}

/// Which inputs the steps read: not those that meet nothing but zero weights in the first layer.
inline std::vector<char> inputs_read(const CodeSteps& steps, Index inputs) {
  const auto first = std::find_if_not(steps.begin(), steps.end(), keeps_places);
  const auto size = static_cast<std::size_t>(inputs);
  if (first == steps.end() || first->kind == StepKind::softmax || first->kind == StepKind::sort ||
      first->kind == StepKind::residual)
    return std::vector<char>(size, 1);
  std::vector<char> read(size, 0);
  const auto mark = [&](Index i) { read[static_cast<std::size_t>(i)] = 1; };
  if (first->kind == StepKind::sequence) {
    const std::vector<char> each = inputs_read(first->branches.front(), inputs / first->per);
    for (std::size_t i = 0; i < size; ++i) read[i] = each[i % each.size()];
    return read;
  }
  for (const CodeSteps& branch : first->branches) {
    const std::vector<char> own = inputs_read(branch, inputs);
    for (std::size_t i = 0; i < size; ++i) read[i] |= own[i];
  }
  const Index length = first->kind == StepKind::max_pool
                           ? first->image.channels * first->kernel.height * first->kernel.width
                           : first->length();
  for (std::size_t i = 0; i < first->weight.size(); ++i) {
    if (first->weight[i] == 0) continue;
    const Index k = static_cast<Index>(i) % length;
    if (first->kind == StepKind::dense) mark(k);
    if (first->kind == StepKind::convolution) each_pixel(*first, k, mark);
  }
  if (first->kind == StepKind::max_pool)
    for (Index k = 0; k < length; ++k) each_pixel(*first, k, mark);
  return read;
}

}  // namespace espalier::detail
