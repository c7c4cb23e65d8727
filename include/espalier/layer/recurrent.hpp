// SPDX-License-Identifier: MIT
// The simple recurrent layer: a hidden state that each step of a sequence changes.
#pragma once

#include <string_view>

#include "espalier/layer/sequence.hpp"
#include "espalier/layer/slopes.hpp"

namespace espalier {

struct RecurrentOptions {
  bool last = false;  ///< outputs are the hidden states of the last step, not of all
};

namespace detail {

/// h = tanh(z)
struct ElmanCell {
  static constexpr Index gates = 1;
  static constexpr bool has_state = false;
  static constexpr std::string_view name = "Recurrent";

  static constexpr Slopes slopes() { return {0, 1}; }

  void initialize_bias(auto*, Index) const {}

  void forward(auto& z, const auto&, auto&, auto& h) const { h.array() = z.array().tanh(); }
  void backward(const auto&, const auto&, const auto&, const auto& h, const auto& dh, auto&, auto& dz) const {
    dz.array() = dh.array() * (1 - h.array().square());
  }

  bool operator==(const ElmanCell&) const = default;
};

}  // namespace detail

/// h_t = tanh(W_ih x_t + W_hh h_(t-1) + b), h_0 = 0 (Elman 1990; torch.nn.RNN, whose two biases are one
/// here). `Recurrent(inputs, hidden, steps)` takes sequences of a fixed length: a batch is (inputs * steps) x
/// samples, time step t in rows t * inputs ... (t + 1) * inputs - 1. Outputs are all h_t in the same order,
/// (hidden * steps) x samples, or with `{.last = true}` only that of the last step, hidden x samples.
///
/// Parameters: "weight_ih" (hidden x inputs), "weight_hh" (hidden x hidden), with WeightNorm "gain_ih" and
/// "gain_hh", and "bias" unless NoBias{} is among the policies. Policies are for both weights, those in
/// InputWeight{...} and RecurrentWeight{...} for one; Bias{...} is for the bias:
/// `Recurrent(8, 16, 20, {.last = true}, L1{1e-5}, RecurrentWeight{MaxNorm{1}})`.
template <class... Policies>
class Recurrent : public detail::Sequence<detail::ElmanCell, Policies...> {
 public:
  /// Throws ShapeError unless there are at least 1 input, hidden unit and step, ValueError for policies that
  /// make no sense.
  Recurrent(Index inputs, Index hidden, Index steps, const RecurrentOptions& options = {},
            const Policies&... policies)
      : detail::Sequence<detail::ElmanCell, Policies...>(inputs, hidden, steps, options.last, {},
                                                         policies...) {}

  bool operator==(const Recurrent&) const = default;
};

}  // namespace espalier
