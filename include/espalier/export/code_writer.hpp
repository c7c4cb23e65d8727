// SPDX-License-Identifier: MIT
// What a layer tells its export to: the contract of `write_code`.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "espalier/export/code_function.hpp"
#include "espalier/layer/layer.hpp"
#include "espalier/model/access.hpp"

namespace espalier {

/// A layer with `void write_code(auto& out) const` can be written as source text. It says what it does
/// outside training, in calls that are steps one behind the other:
///
///   out.dense("weight", "bias");             // y = W x + b of parameters that it declares; "": without bias
///   out.dense(W, b);                         // the same of matrices that it makes
///   out.function(out.math("sin") + "(x)");   // y_i = f(x_i): the text of a function of x, in C and in C++
///   out.inner("body", layer);                // a layer inside, by the name that it is declared with
///   out.residual([&] { ... });               // y = x + what the steps inside make of x
///   out.concat([&] { out.branch([&] { ... }); ... });
///
/// and, beside these, what the library's own layers call. It may ask for `out.width()`, what the steps so far
/// give, `out.weight("weight")`, the W that multiplies, `out.parameter("running_mean")`, the numbers as
/// stored, and `out.number(x)`, the text of a number. A layer that does nothing outside training calls
/// nothing.
template <Scalar S>
class CodeWriter {
  struct Model {
    using scalar_type = S;
    const Parameters<S>& all;
    const Parameters<S>& parameters() const { return all; }
  };

 public:
  using scalar_type = S;

  CodeWriter(const Parameters<S>& parameters, const detail::CodeStyle& style, Index inputs)
      : model_{parameters}, style_(style), inputs_(inputs) {}

  Index width() const { return steps_.empty() ? inputs_ : steps_.back().outputs; }
  std::string math(std::string_view function) const { return style_.math(function); }
  std::string number(double x) const { return style_.number(x); }
  Matrix<S> weight(std::string_view name) const { return effective_weight(model_, path(name)); }
  Matrix<S> parameter(std::string_view name) const { return espalier::parameter(model_, path(name)); }

  void dense(std::string_view weight_name, std::string_view bias_name) {
    detail::CodeStep step{detail::StepKind::dense, width(), 0};
    set_weight(step, weight_name, bias_name);
    step.outputs = static_cast<Index>(step.weight.size()) / step.inputs;
    add(std::move(step));
  }
  void dense(const Matrix<S>& w, const Matrix<S>& b) {
    detail::check_shape("write_code", "a weight of {} x {}", w.rows(), width(), w.rows(), w.cols());
    if (b.size() != 0)
      detail::check_shape("write_code", "a bias of {} x {}", w.rows(), 1, b.rows(), b.cols());
    detail::CodeStep step{detail::StepKind::dense, width(), w.rows()};
    step.weight = by_rows(w);
    step.bias = by_rows(b);
    add(std::move(step));
  }
  /// With functions of <math.h>, the standard one.
  void function(std::string text) { function(std::move(text), "math"); }
  /// One of the library's: "Tanh", with its number where it has one.
  void activation(std::string_view name, double option = 0) {
    detail::ActivationText text = detail::activation_text(style_, name, option);
    function(std::move(text.function), std::move(text.helper));
    steps_.back().activation = name;
    steps_.back().option = option;
  }
  void softmax() {
    detail::CodeStep step{detail::StepKind::softmax, width(), width()};
    step.helper = style_.single ? "exp" : "math";
    add(std::move(step));
  }
  /// Each `size` numbers in rising order, the last ones those that are left; 0: all.
  void group_sort(Index size) {
    detail::CodeStep step{detail::StepKind::sort, width(), width()};
    step.per = size == 0 ? std::max<Index>(1, width()) : size;
    add(std::move(step));
  }
  /// y = gain ((x - mean) / sqrt(variance + epsilon)) + bias, of parameters that are called as in BatchNorm.
  void normalize(Index per, double epsilon) {
    detail::CodeStep step{detail::StepKind::normalize, width(), width()};
    step.per = per;
    step.gain = by_rows(parameter("weight"));
    step.bias = by_rows(parameter("bias"));
    step.mean = by_rows(parameter("running_mean"));
    step.variance = by_rows(parameter("running_var"));
    step.epsilon = epsilon;
    for (const double variance : step.variance)
      step.scales.push_back(static_cast<double>(static_cast<S>(1 / std::sqrt(variance + epsilon))));
    add(std::move(step));
  }
  void convolution(Image image, Kernel kernel, Index stride, Index padding, std::string_view bias_name) {
    detail::CodeStep step{detail::StepKind::convolution, width(), 0};
    set_window(step, image, kernel, stride, padding);
    set_weight(step, "weight", bias_name);
    step.outputs = step.output_image().size();
    add(std::move(step));
  }
  void max_pool(Image image, Index size, Index stride) {
    detail::CodeStep step{detail::StepKind::max_pool, width(), 0};
    set_window(step, image, {size, size}, stride, 0);
    step.outputs = step.output_image().size();
    add(std::move(step));
  }

  /// A Recurrent or, `gated`, an LSTM of weight_ih, weight_hh and the bias of this name.
  void sequence(Index steps, bool last, bool gated, std::string_view bias_name) {
    detail::CodeStep step{detail::StepKind::sequence, width(), 0};
    step.per = steps;
    const auto product = [&](Index inputs, std::string_view name, std::string_view bias) {
      step.branches.push_back(apart(inputs, [&] { dense(name, bias); }));
    };
    product(step.inputs / steps, "weight_ih", bias_name);
    const Index hidden = step.branches[0].front().outputs / (gated ? 4 : 1);
    product(hidden, "weight_hh", "");
    step.branches.push_back(apart(hidden, [&] { activation("Tanh"); }));
    if (gated) step.branches.push_back(apart(hidden, [&] { activation("Sigmoid"); }));
    step.outputs = last ? hidden : hidden * steps;
    add(std::move(step));
  }

  template <class L>
  void inner(std::string_view name, const L& layer) {
    static_assert(
        requires { layer.write_code(*this); },
        "this layer cannot be written as source text or as ONNX: it lacks `void write_code(auto& out) const`"
        ", see espalier/export/code_writer.hpp and docs/layers.md");
    const std::size_t before = path_.size();
    path_.append(name).append(".");
    if constexpr (requires { layer.write_code(*this); }) layer.write_code(*this);
    path_.resize(before);
  }

  void residual(auto&& steps) {
    detail::CodeStep step{detail::StepKind::residual, width(), width()};
    step.branches.push_back(apart(step.inputs, steps));
    add(std::move(step));
  }
  void concat(auto&& branches) {
    detail::CodeStep step{detail::StepKind::concat, width(), 0};
    std::vector<detail::CodeSteps> outer = std::exchange(branches_, {});
    const detail::CodeSteps before = std::exchange(steps_, {});
    const Index inputs = std::exchange(inputs_, step.inputs);
    branches();
    steps_ = before;
    inputs_ = inputs;
    step.branches = std::exchange(branches_, std::move(outer));
    for (const detail::CodeSteps& branch : step.branches)
      step.outputs += branch.empty() ? step.inputs : branch.back().outputs;
    add(std::move(step));
  }
  void branch(auto&& steps) {
    detail::CodeSteps own = apart(width(), steps);
    branches_.push_back(std::move(own));
  }

  detail::CodeSteps& steps() { return steps_; }

 private:
  std::string path(std::string_view name) const { return path_ + std::string(name); }

  static std::vector<double> by_rows(const Matrix<S>& w) {
    std::vector<double> result;
    result.reserve(static_cast<std::size_t>(w.size()));
    for (Index i = 0; i < w.rows(); ++i)
      for (Index j = 0; j < w.cols(); ++j) result.push_back(static_cast<double>(w(i, j)));
    return result;
  }

  void add(detail::CodeStep step) {
    step.path = path_.substr(0, path_.size() - (path_.empty() ? 0 : 1));
    steps_.push_back(std::move(step));
  }
  void function(std::string text, std::string helper) {
    detail::CodeStep step{detail::StepKind::function, width(), width()};
    step.function = std::move(text);
    step.helper = std::move(helper);
    add(std::move(step));
  }
  static void set_window(detail::CodeStep& step, Image image, Kernel kernel, Index stride, Index padding) {
    step.image = image;
    step.kernel = kernel;
    step.stride = stride;
    step.padding = padding;
  }

  /// The W that multiplies, or, where the order is that of `predict`, what it multiplies: rows that are not
  /// scaled yet.
  void set_weight(detail::CodeStep& step, std::string_view name, std::string_view bias_name) {
    const ParameterEntry<S>& e = model_.all.at(path(name));
    const bool scaled = style_.same_order && e.pack.traits().scales_rows;
    step.weight = by_rows(scaled ? parameter(name) : weight(name));
    if (!bias_name.empty()) step.bias = by_rows(parameter(bias_name));
    if (!scaled) return;
    const ParameterEntry<S>* const gain = detail::gain_of(model_.all, e);
    const Block<const S> rows = model_.all.values_of(e);
    for (Index j = 0; j < e.rows; ++j) {
      const double g = gain ? static_cast<double>(model_.all.values_of(*gain).data[j]) : 1;
      step.scales.push_back(
          static_cast<double>(static_cast<S>(g * detail::inverse_norm(rows.row(j), e.cols))));
    }
  }

  /// The steps that `f` adds to none.
  detail::CodeSteps apart(Index inputs, auto&& f) {
    detail::CodeSteps before = std::exchange(steps_, {});
    const Index outer = std::exchange(inputs_, inputs);
    f();
    inputs_ = outer;
    return std::exchange(steps_, std::move(before));
  }

  Model model_;
  const detail::CodeStyle& style_;
  Index inputs_;
  std::string path_{};
  detail::CodeSteps steps_{};
  std::vector<detail::CodeSteps> branches_{};
};

}  // namespace espalier
