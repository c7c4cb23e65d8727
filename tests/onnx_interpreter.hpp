// SPDX-License-Identifier: MIT
// What a file of ONNX computes, in double, by the words of its specification: it knows the operators, and
// nothing of the library.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "onnx_message.hpp"
#include "onnx_recurrent.hpp"

namespace onnx {

inline Array each(Array x, const std::function<double(double)>& f) {
  for (double& v : x.x) v = f(v);
  return x;
}
/// Of the same shape, or one of them with one number for all.
inline Array each(const Array& a, const Array& b, const std::function<double(double, double)>& f) {
  const bool one_a = a.x.size() == 1, one_b = b.x.size() == 1;
  if (!one_a && !one_b && a.shape != b.shape) throw std::runtime_error("shapes that differ");
  Array y = one_a && b.shape.size() >= a.shape.size() ? b : a;
  for (std::size_t i = 0; i < y.x.size(); ++i) y.x[i] = f(a.x[one_a ? 0 : i], b.x[one_b ? 0 : i]);
  return y;
}

inline Array gemm(const Node& node, const std::vector<Array>& in) {
  if (node.whole("transB") != 1) throw std::runtime_error("Gemm of another form");
  const Array &a = in[0], &w = in[1];
  const std::size_t rows = w.shape.at(0), length = w.shape.at(1);
  if (a.shape.size() != 2 || a.shape[1] != length) throw std::runtime_error("Gemm of another length");
  Array y{{a.shape[0], rows}};
  for (std::size_t n = 0; n < a.shape[0]; ++n)
    for (std::size_t i = 0; i < rows; ++i) {
      double sum = in.size() > 2 ? in[2].x.at(i) : 0;
      for (std::size_t k = 0; k < length; ++k) sum += a.x[n * length + k] * w.x[i * length + k];
      y.x.push_back(sum);
    }
  return y;
}

/// f(sum or largest so far, input, where in the window) over all windows of all samples; none outside.
struct Windows {
  std::vector<std::size_t> kernel, strides, pads;

  std::size_t extent(std::size_t size, int k) const {
    const auto i = static_cast<std::size_t>(k);
    return (size + pads[i] + pads[i + 2] - kernel[i]) / strides[i] + 1;
  }
  void each(const Array& a, std::size_t n, std::size_t channel, std::size_t row, std::size_t column,
            const std::function<void(double, std::size_t)>& f) const {
    for (std::size_t v = 0; v < kernel[0]; ++v)
      for (std::size_t h = 0; h < kernel[1]; ++h) {
        const std::size_t y = row * strides[0] + v - pads[0], x = column * strides[1] + h - pads[1];
        if (y < a.shape[2] && x < a.shape[3])  // below 0 is far above
          f(a.x[((n * a.shape[1] + channel) * a.shape[2] + y) * a.shape[3] + x], v * kernel[1] + h);
      }
  }
};

inline Array convolution(const Node& node, const std::vector<Array>& in) {
  const Array &a = in[0], &w = in[1];
  const Windows windows{node.wholes("kernel_shape"), node.wholes("strides"), node.wholes("pads")};
  if (a.shape.size() != 4 || w.shape.at(1) != a.shape[1]) throw std::runtime_error("Conv of other channels");
  Array y{{a.shape[0], w.shape[0], windows.extent(a.shape[2], 0), windows.extent(a.shape[3], 1)}};
  const std::size_t area = w.shape[2] * w.shape[3];
  for (std::size_t n = 0; n < y.shape[0]; ++n)
    for (std::size_t o = 0; o < y.shape[1]; ++o)
      for (std::size_t row = 0; row < y.shape[2]; ++row)
        for (std::size_t column = 0; column < y.shape[3]; ++column) {
          double sum = in.size() > 2 ? in[2].x.at(o) : 0;
          for (std::size_t c = 0; c < a.shape[1]; ++c)
            windows.each(a, n, c, row, column,
                         [&](double x, std::size_t at) { sum += x * w.x[(o * a.shape[1] + c) * area + at]; });
          y.x.push_back(sum);
        }
  return y;
}

inline Array max_pool(const Node& node, const Array& a) {
  const Windows windows{node.wholes("kernel_shape"), node.wholes("strides"), {0, 0, 0, 0}};
  Array y{{a.shape.at(0), a.shape.at(1), windows.extent(a.shape.at(2), 0), windows.extent(a.shape.at(3), 1)}};
  for (std::size_t n = 0; n < y.shape[0]; ++n)
    for (std::size_t c = 0; c < y.shape[1]; ++c)
      for (std::size_t row = 0; row < y.shape[2]; ++row)
        for (std::size_t column = 0; column < y.shape[3]; ++column) {
          double most = -HUGE_VAL;
          windows.each(a, n, c, row, column, [&](double x, std::size_t) { most = std::max(most, x); });
          y.x.push_back(most);
        }
  return y;
}

inline Array batch_normalization(const Node& node, const std::vector<Array>& in) {
  Array y = in[0];
  const double epsilon = node.real("epsilon");
  for (std::size_t i = 0; i < y.x.size(); ++i) {
    const std::size_t c = i / y.size_from(2) % y.shape.at(1);
    y.x[i] = (y.x[i] - in[3].x.at(c)) / std::sqrt(in[4].x.at(c) + epsilon) * in[1].x.at(c) + in[2].x.at(c);
  }
  return y;
}

inline Array softmax(const Node& node, Array y) {
  const std::size_t width = y.size_from(1);
  if (node.whole("axis") != 1 || y.shape.size() != 2) throw std::runtime_error("Softmax of another axis");
  for (auto at = y.x.begin(); at != y.x.end(); at += static_cast<std::ptrdiff_t>(width)) {
    double sum = 0;
    const auto end = at + static_cast<std::ptrdiff_t>(width);
    std::for_each(at, end, [&](double x) { sum += std::exp(x); });
    std::for_each(at, end, [&](double& x) { x = std::exp(x) / sum; });
  }
  return y;
}

/// The values of the last axis in rising order, all of them.
inline Array sorted(const Node& node, const std::vector<Array>& in) {
  Array y = in[0];
  const std::size_t width = y.shape.back();
  if (node.whole("axis") + 1 != y.shape.size() || node.whole("largest") != 0 || node.whole("sorted") != 1 ||
      static_cast<std::size_t>(in[1].x.at(0)) != width)
    throw std::runtime_error("TopK of another form");
  for (auto at = y.x.begin(); at != y.x.end(); at += static_cast<std::ptrdiff_t>(width))
    std::sort(at, at + static_cast<std::ptrdiff_t>(width));
  return y;
}

inline Array concat(const Node& node, const std::vector<Array>& in) {
  if (node.whole("axis") != 1) throw std::runtime_error("Concat of another axis");
  Array y{in[0].shape};
  y.shape[1] = 0;
  for (const Array& a : in) {
    if (!std::equal(a.shape.begin() + 2, a.shape.end(), y.shape.begin() + 2, y.shape.end()))
      throw std::runtime_error("Concat of other shapes");
    y.shape[1] += a.shape[1];
  }
  for (std::size_t n = 0; n < y.shape[0]; ++n)
    for (const Array& a : in) {
      const auto width = static_cast<std::ptrdiff_t>(a.size_from(1)),
                 at = static_cast<std::ptrdiff_t>(n) * width;
      y.x.insert(y.x.end(), a.x.begin() + at, a.x.begin() + at + width);
    }
  return y;
}

inline Array reshaped(Array x, const std::vector<double>& shape) {
  const std::vector<std::size_t> before = x.shape;
  x.shape.clear();
  for (std::size_t k = 0; k < shape.size(); ++k)
    x.shape.push_back(shape[k] == 0 ? before.at(k) : static_cast<std::size_t>(shape[k]));
  if (x.size() != x.x.size()) throw std::runtime_error("Reshape to another size");
  return x;
}

/// The k-th extent of the result is the perm[k]-th of x.
inline Array transpose(const Node& node, const Array& x) {
  const std::vector<std::size_t> perm = node.wholes("perm");
  if (perm.size() != x.shape.size()) throw std::runtime_error("Transpose of another rank");
  Array y{{}, std::vector<double>(x.x.size())};
  for (const std::size_t k : perm) y.shape.push_back(x.shape.at(k));
  for (std::size_t i = 0; i < y.x.size(); ++i) {
    std::size_t from = 0;
    for (std::size_t k = 0; k < perm.size(); ++k)
      from += i / y.size_from(k + 1) % y.shape[k] * x.size_from(perm[k] + 1);
    y.x[i] = x.x.at(from);
  }
  return y;
}

inline Array compute(const Node& node, const std::vector<Array>& in) {
  const std::string& name = node.operation;
  const Array& x = in.at(0);
  if (name == "Gemm") return gemm(node, in);
  if (name == "Conv") return convolution(node, in);
  if (name == "MaxPool") return max_pool(node, x);
  if (name == "BatchNormalization") return batch_normalization(node, in);
  if (name == "Softmax") return softmax(node, x);
  if (name == "Concat") return concat(node, in);
  if (name == "Flatten") return reshaped(x, {0, static_cast<double>(x.size_from(1))});
  if (name == "Reshape") return reshaped(x, in.at(1).x);
  if (name == "Transpose") return transpose(node, x);
  if (name == "Identity") return x;
  if (name == "Add") return each(x, in.at(1), [](double a, double b) { return a + b; });
  if (name == "Mul") return each(x, in.at(1), [](double a, double b) { return a * b; });
  if (name == "Div") return each(x, in.at(1), [](double a, double b) { return a / b; });
  if (name == "Sub") return each(x, in.at(1), [](double a, double b) { return a - b; });
  if (name == "Pow") return each(x, in.at(1), [](double a, double b) { return std::pow(a, b); });
  if (name == "Max") return each(x, in.at(1), [](double a, double b) { return std::max(a, b); });
  if (name == "Min") return each(x, in.at(1), [](double a, double b) { return std::min(a, b); });
  if (name == "Less") return each(x, in.at(1), [](double a, double b) { return a < b; });
  if (name == "Greater") return each(x, in.at(1), [](double a, double b) { return a > b; });
  if (name == "Equal") return each(x, in.at(1), [](double a, double b) { return a == b; });
  if (name == "Or") return each(x, in.at(1), [](double a, double b) { return a + b > 0; });
  if (name == "Where") {
    const Array no = each(x, in.at(2), [](double a, double b) { return a > 0 ? 0 : b; });
    const Array yes = each(x, in.at(1), [](double a, double b) { return a > 0 ? b : 0; });
    return each(yes, no, [](double a, double b) { return a + b; });
  }
  if (name == "PRelu") return each(x, in.at(1), [](double a, double s) { return a < 0 ? s * a : a; });
  using Math = double (*)(double);
  static const std::map<std::string, Math> math{
      {"Abs", std::fabs},    {"Acos", std::acos}, {"Acosh", std::acosh}, {"Asin", std::asin},
      {"Asinh", std::asinh}, {"Atan", std::atan}, {"Atanh", std::atanh}, {"Ceil", std::ceil},
      {"Cos", std::cos},     {"Cosh", std::cosh}, {"Exp", std::exp},     {"Floor", std::floor},
      {"Log", std::log},     {"Sin", std::sin},   {"Sinh", std::sinh},   {"Sqrt", std::sqrt},
      {"Tan", std::tan}};
  if (math.count(name) > 0) return each(x, math.at(name));
  if (name == "Neg") return each(x, [](double a) { return -a; });
  if (name == "Relu") return each(x, [](double a) { return std::max(a, 0.0); });
  if (name == "Erf") return each(x, [](double a) { return std::erf(a); });
  if (name == "Tanh") return each(x, [](double a) { return std::tanh(a); });
  if (name == "Sigmoid") return each(x, [](double a) { return 1 / (1 + std::exp(-a)); });
  if (name == "Softplus") return each(x, [](double a) { return std::log(std::exp(a) + 1); });
  const double alpha = name == "Elu" && node.message.messages(5).empty() ? 1 : node.real("alpha");
  if (name == "LeakyRelu") return each(x, [&](double a) { return a < 0 ? alpha * a : a; });
  if (name == "Elu") return each(x, [&](double a) { return a < 0 ? alpha * (std::exp(a) - 1) : a; });
  throw std::runtime_error("an operator that was not expected: " + name);
}

/// All outputs of a node.
inline std::vector<Array> outputs_of(const Node& node, const std::vector<Array>& in) {
  if (node.operation == "RNN") return rnn(node, in);
  if (node.operation == "LSTM") return lstm(node, in);
  if (node.operation == "TopK") return {sorted(node, in), Array{}};  // where they were is not computed
  return {compute(node, in)};
}

/// A file, and what it makes of inputs.
struct File {
  explicit File(std::string bytes) : bytes_(std::move(bytes)), model(bytes_), graph(model.message(7)) {}

  /// Name and extents of the input (field 11) or the output (field 12); 0 stands for "batch".
  std::pair<std::string, std::vector<std::size_t>> port(std::uint64_t field) const {
    const Message port = graph.message(field);
    std::vector<std::size_t> extents;
    for (const Message& d : port.message(2).message(1).message(2).messages(1)) {
      if (d.has(2) && d.text(2) != "batch") throw std::runtime_error("another open extent than batch");
      extents.push_back(d.has(2) ? 0 : d.whole(1));
    }
    return {port.text(1), extents};
  }

  /// Samples one behind the other. Each name is given once, before it is read.
  Array run(std::size_t samples, std::vector<double> x) const {
    std::map<std::string, Array> values;
    const auto give = [&](const std::string& name, Array value) {
      if (!values.emplace(name, std::move(value)).second) throw std::runtime_error(name + " is there twice");
    };
    auto [input, extents] = port(11);
    if (extents.at(0) != 0 && extents[0] != samples) throw std::runtime_error("another number of samples");
    extents[0] = samples;
    give(input, {extents, std::move(x)});
    for (const Message& tensor : graph.messages(5)) give(tensor.text(8), array_of(tensor));
    for (const Message& message : graph.messages(1)) {
      std::vector<Array> in;
      for (const std::string& name : message.texts(1)) in.push_back(values.at(name));
      const std::vector<Array> out = outputs_of(Node{message}, in);
      const std::vector<std::string> names = message.texts(2);
      for (std::size_t k = 0; k < names.size(); ++k)
        if (!names[k].empty()) give(names[k], out.at(k));  // without a name it is left out
    }
    auto [output, out_extents] = port(12);
    out_extents.at(0) = samples;
    if (values.at(output).shape != out_extents) throw std::runtime_error("another shape than is announced");
    return values.at(output);
  }

 private:
  std::string bytes_;

 public:
  Message model, graph;
};

}  // namespace onnx
