// SPDX-License-Identifier: MIT
// Long short-term memory: a recurrent layer whose cells keep what their gates tell them to.
#pragma once

#include <cmath>
#include <string_view>

#include "espalier/layer/activation.hpp"
#include "espalier/layer/sequence.hpp"

namespace espalier {

struct LSTMOptions {
  bool last = false;  ///< outputs are the hidden states of the last step, not of all
  /// Added to the biases of the forget gates by `initialize`, so that cells begin by keeping what they have
  /// (Gers et al. 2000; Jozefowicz et al. 2015 recommend 1). 0 is PyTorch's start.
  double forget_bias = 1;
};

namespace detail {

/// c = f c_before + i g and h = o tanh(c), z being those of i, f, g, o, one under the other.
struct LSTMCell {
  static constexpr Index gates = 4;
  static constexpr bool has_state = true;
  static constexpr std::string_view name = "LSTM";

  double forget_bias = 1;

  template <Scalar S>
  void initialize_bias(S* bias, Index hidden) const {
    ArrayMap<S>(bias + hidden, hidden) += static_cast<S>(forget_bias);
  }

  /// i, f, g, o stand where z was.
  void forward(auto& z, const auto& c_before, auto& c, auto& h) const {
    const Index n = h.rows();
    auto i = z.topRows(n).array(), f = z.middleRows(n, n).array();
    auto g = z.middleRows(2 * n, n).array(), o = z.bottomRows(n).array();
    i = detail::logistic(i);
    f = detail::logistic(f);
    g = g.tanh();
    o = detail::logistic(o);
    c.array() = f * c_before.array() + i * g;
    h.array() = o * c.array().tanh();
  }

  void backward(const auto& a, const auto& c_before, const auto& c, const auto& h, const auto& dh, auto& dc,
                auto& dz) const {
    const Index n = h.rows();
    const auto i = a.topRows(n).array(), f = a.middleRows(n, n).array();
    const auto g = a.middleRows(2 * n, n).array(), o = a.bottomRows(n).array();
    auto di = dz.topRows(n).array(), df = dz.middleRows(n, n).array();
    auto dg = dz.middleRows(2 * n, n).array(), d_o = dz.bottomRows(n).array();
    d_o = c.array().tanh();
    dc.array() += dh.array() * o * (1 - d_o.square());
    d_o *= dh.array() * o * (1 - o);
    di = dc.array() * g * i * (1 - i);
    df = dc.array() * c_before.array() * f * (1 - f);
    dg = dc.array() * i * (1 - g.square());
    dc.array() *= f;
  }

  bool operator==(const LSTMCell&) const = default;
};

}  // namespace detail

/// i, f, g, o = s(z_i), s(z_f), tanh(z_g), s(z_o) of z = W_ih x_t + W_hh h_(t-1) + b, s the logistic
/// function; c_t = f c_(t-1) + i g and h_t = o tanh(c_t), from c_0 = h_0 = 0 (Hochreiter & Schmidhuber 1997,
/// with the forget gates of Gers et al. 2000; torch.nn.LSTM, whose two biases are one here). `LSTM(inputs,
/// hidden, steps)` takes sequences of a fixed length: a batch is (inputs * steps) x samples, time step t in
/// rows t * inputs ... (t + 1) * inputs - 1. Outputs are all h_t in the same order, (hidden * steps) x
/// samples, or with `{.last = true}` only that of the last step, hidden x samples.
///
/// Parameters: "weight_ih" (4 hidden x inputs), "weight_hh" (4 hidden x hidden), with WeightNorm "gain_ih"
/// and "gain_hh", and "bias" (4 hidden) unless NoBias{} is among the policies; rows are those of i, f, g, o,
/// as in PyTorch. Policies are for both weights, those in InputWeight{...} and RecurrentWeight{...} for one;
/// Bias{...} is for the bias: `LSTM(8, 16, 20, {.last = true}, InputWeight{L1{1e-5}},
/// RecurrentWeight{MaxNorm{1}})`. A policy on rows sees the row of each gate of a unit apart.
template <class... Policies>
class LSTM : public detail::Sequence<detail::LSTMCell, Policies...> {
 public:
  /// Throws ShapeError unless there are at least 1 input, hidden unit and step, ValueError for policies or
  /// options that make no sense.
  LSTM(Index inputs, Index hidden, Index steps, const LSTMOptions& options = {}, const Policies&... policies)
      : detail::Sequence<detail::LSTMCell, Policies...>(inputs, hidden, steps, options.last,
                                                        {options.forget_bias}, policies...) {
    if (!std::isfinite(options.forget_bias))
      detail::fail("LSTM", "a finite forget_bias", options.forget_bias);
  }

  bool operator==(const LSTM&) const = default;
};

}  // namespace espalier
