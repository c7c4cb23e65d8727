// SPDX-License-Identifier: MIT
// The operators RNN and LSTM of ONNX, by the equations of its specification, in one direction and with the
// default activations.
#pragma once

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "onnx_message.hpp"

namespace onnx {

/// X: seq_length x batch_size x input_size. W: num_directions x gates hidden_size x input_size, R: the same x
/// hidden_size, B: num_directions x 2 gates hidden_size, which is Wb and then Rb.
struct Recurrence {
  const Array &x, &w, &r;
  std::vector<double> b;
  std::size_t steps, batch, inputs, hidden, rows;

  Recurrence(const Node& node, const std::vector<Array>& in, std::size_t gates)
      : x(in.at(0)),
        w(in.at(1)),
        r(in.at(2)),
        steps(x.shape.at(0)),
        batch(x.shape.at(1)),
        inputs(x.shape.at(2)),
        hidden(node.whole("hidden_size")),
        rows(gates * hidden) {
    using Shape = std::vector<std::size_t>;
    if (node.message.messages(5).size() != 1) throw std::runtime_error("more attributes than hidden_size");
    if (in.size() > 4) throw std::runtime_error("more inputs than X, W, R and B");
    if (w.shape != Shape{1, rows, inputs} || r.shape != Shape{1, rows, hidden})
      throw std::runtime_error("W or R of another shape");
    if (in.size() == 4 && in[3].shape != Shape{1, 2 * rows}) throw std::runtime_error("B of another shape");
    b = in.size() == 4 ? in[3].x : std::vector<double>(2 * rows, 0);
  }

  /// Row k of Xt W^T + Ht-1 R^T + Wb + Rb, for one sample.
  double sum(std::size_t k, std::size_t t, std::size_t sample, const std::vector<double>& h) const {
    double z = b[k] + b[rows + k];
    for (std::size_t j = 0; j < inputs; ++j)
      z += x.x[(t * batch + sample) * inputs + j] * w.x[k * inputs + j];
    for (std::size_t j = 0; j < hidden; ++j) z += h[sample * hidden + j] * r.x[k * hidden + j];
    return z;
  }

  /// Y: seq_length x num_directions x batch_size x hidden_size, and Y_h: the last of them. `next(t, sample,
  /// j, h)` is number j of Ht from H of the step before.
  std::vector<Array> run(const auto& next) const {
    Array all{{steps, 1, batch, hidden}};
    std::vector<double> h(batch * hidden, 0);
    for (std::size_t t = 0; t < steps; ++t) {
      std::vector<double> now;
      for (std::size_t sample = 0; sample < batch; ++sample)
        for (std::size_t j = 0; j < hidden; ++j) now.push_back(next(t, sample, j, h));
      h = std::move(now);
      all.x.insert(all.x.end(), h.begin(), h.end());
    }
    return {all, {{1, batch, hidden}, h}};
  }
};

/// Ht = tanh(Xt Wi^T + Ht-1 Ri^T + Wbi + Rbi)
inline std::vector<Array> rnn(const Node& node, const std::vector<Array>& in) {
  const Recurrence r(node, in, 1);
  return r.run([&](std::size_t t, std::size_t sample, std::size_t j, const std::vector<double>& h) {
    return std::tanh(r.sum(j, t, sample, h));
  });
}

/// Rows are those of i, o, f and c. Ct = ft Ct-1 + it ct and Ht = ot tanh(Ct).
inline std::vector<Array> lstm(const Node& node, const std::vector<Array>& in) {
  const Recurrence r(node, in, 4);
  std::vector<double> cells(r.batch * r.hidden, 0);
  const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
  return r.run([&](std::size_t t, std::size_t sample, std::size_t j, const std::vector<double>& h) {
    const auto gate = [&](std::size_t k) { return r.sum(k * r.hidden + j, t, sample, h); };
    const double i = sigmoid(gate(0)), o = sigmoid(gate(1)), f = sigmoid(gate(2)), c = std::tanh(gate(3));
    double& cell = cells[sample * r.hidden + j];
    cell = f * cell + i * c;
    return o * std::tanh(cell);
  });
}

}  // namespace onnx
