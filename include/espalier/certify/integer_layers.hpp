// SPDX-License-Identifier: MIT
// A quantized net as a chain of integer layers, with the width that their accumulators need.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "espalier/certify/accumulator_bits.hpp"
#include "espalier/constraint/grid.hpp"
#include "espalier/constraint/quantized.hpp"
#include "espalier/constraint/quantized_toward_zero.hpp"
#include "espalier/layer/dense.hpp"
#include "espalier/layer/quantized_relu.hpp"
#include "espalier/model/sequential.hpp"

namespace espalier {

/// The inputs of an integer net: x = unit * (a whole number of the range). `unit` is a power of two.
struct IntegerInputs {
  IntegerRange range{};
  double unit = 1;
};

/// sum = W x + b, and behind all layers but the last min(max(sum, 0) >> shift, highest). A sum stands for
/// `unit` times as much.
struct IntegerLayer {
  std::string path;  ///< of the layer: "0."
  Index outputs = 0, inputs = 0;
  std::vector<std::int64_t> weights{}, biases{};  ///< row by row
  IntegerRange reads{};
  double unit = 1;
  int shift = 0;
  std::int64_t highest = 0;  ///< 0: no activation follows

  std::span<const std::int64_t> row(Index j) const {
    return std::span(weights).subspan(static_cast<std::size_t>(j * inputs), static_cast<std::size_t>(inputs));
  }
  /// Of all neurons.
  AccumulatorRange range() const {
    AccumulatorRange all;
    for (Index j = 0; j < outputs; ++j) {
      const AccumulatorRange own = accumulator_range(row(j), biases[static_cast<std::size_t>(j)], reads);
      all = {std::min(all.low, own.low), std::max(all.high, own.high)};
    }
    return all;
  }
};

namespace detail {

inline bool is_power_of_two(double x) {
  int exponent = 0;
  return x > 0 && std::frexp(x, &exponent) == 0.5;
}

template <class L>
inline constexpr bool is_dense = false;
template <int In, int Out, class... Ps>
inline constexpr bool is_dense<Dense<In, Out, Ps...>> = true;

/// The step of the levels that the policies of a weight keep it on; 0 without one.
template <Scalar S>
double step_of_levels(const AnyPack<S>& pack) {
  if (const auto* levels = pack.template find<QuantizedTowardZero>()) return levels->step;
  if (const auto* levels = pack.template find<Quantized>()) return levels->step;
  if (const auto* levels = pack.template find<Grid>()) return levels->step;
  return 0;
}

/// x / unit, which must be whole.
inline std::int64_t whole_number(const std::string& path, double x, double unit,
                                 std::string_view else_write) {
  const double number = x / unit;
  if (!(std::abs(number) <= 0x1p31) || std::round(number) != number)
    fail(path, {"multiples of {} of at most 32 bits{}", {unit, else_write}}, x);
  return static_cast<std::int64_t>(number);
}

/// Reads a model layer by layer; biases as they are, or rounded.
template <Scalar S>
class IntegerWalk {
 public:
  IntegerWalk(const Parameters<S>& parameters, const IntegerInputs& inputs, bool round)
      : model_{parameters}, reads_(inputs.range), unit_(inputs.unit), round_(round) {
    reads_.validate("integer_layers");
    if (!is_power_of_two(unit_)) fail("integer_layers", "a unit of inputs that is a power of two", unit_);
  }

  template <class L>
  void visit(Index place, const L& layer) {
    const std::string path = std::to_string(place) + ".";
    if constexpr (is_dense<L>) {
      if (wants_activation()) refuse(path, "Dense");
      dense(path, L::has_bias);
    } else if constexpr (std::is_same_v<L, QuantizedReLU>) {
      if (!wants_activation()) refuse(path, "QuantizedReLU");
      activation(path, layer);
    } else {
      refuse(path, activation_name<L>());
    }
  }

  std::vector<IntegerLayer> layers() {
    if (!wants_activation()) fail("integer_layers", "a Dense at the end", "another layer");
    return std::move(layers_);
  }

 private:
  struct Model {
    using scalar_type = S;
    const Parameters<S>& all;
    const Parameters<S>& parameters() const { return all; }
  };

  bool wants_activation() const { return !layers_.empty() && layers_.back().highest == 0; }
  [[noreturn]] static void refuse(const std::string& path, std::string_view found) {
    fail("integer_layers, layer " + path.substr(0, path.size() - 1),
         "Dense and QuantizedReLU in turn, and a Dense at the end", found);
  }

  void dense(const std::string& path, bool has_bias) {
    const std::string name = path + "weight";
    const double step = step_of_levels(model_.all.at(name).pack);
    if (step == 0) fail(name, "Quantized, QuantizedTowardZero or Grid among its policies", "none of them");
    if (!is_power_of_two(step)) fail(name, "levels whose step is a power of two", step);
    const Matrix<S> w = effective_weight(model_, name);
    IntegerLayer result{.path = path, .outputs = w.rows(), .inputs = w.cols(), .reads = reads_};
    for (Index j = 0; j < w.rows(); ++j)
      for (Index i = 0; i < w.cols(); ++i)
        result.weights.push_back(whole_number(name, static_cast<double>(w(j, i)), step, ""));
    result.unit = step * unit_;
    result.biases.assign(static_cast<std::size_t>(w.rows()), 0);
    if (has_bias) read_biases(result);
    layers_.push_back(std::move(result));
  }

  void read_biases(IntegerLayer& layer) const {
    const std::string name = layer.path + "bias";
    const S* b = model_.all.values_of(model_.all.at(name)).data;
    for (std::int64_t& bias : layer.biases) {
      const auto x = static_cast<double>(*b++);
      bias = whole_number(name, round_ ? std::round(x / layer.unit) * layer.unit : x, layer.unit,
                          ", as round_biases(net, inputs) makes them");
    }
  }

  void activation(const std::string& path, const QuantizedReLU& relu) {
    IntegerLayer& before = layers_.back();
    if (!is_power_of_two(relu.step) || relu.step < before.unit)
      fail(path + "QuantizedReLU", {"a step that is a power of two and at least {}", {before.unit}},
           relu.step);
    before.shift = std::ilogb(relu.step / before.unit);
    before.highest =
        static_cast<std::int64_t>(std::floor(static_cast<double>(static_cast<S>(relu.hi)) / relu.step));
    reads_ = {0, before.highest};
    unit_ = relu.step;
  }

  Model model_;
  IntegerRange reads_;
  double unit_;
  bool round_;
  std::vector<IntegerLayer> layers_{};
};

template <Scalar S, class... Layers>
std::vector<IntegerLayer> walk_integers(const Sequential<S, Layers...>& model, const IntegerInputs& inputs,
                                        bool round) {
  IntegerWalk<S> walk(model.parameters(), inputs, round);
  [&]<std::size_t... k>(std::index_sequence<k...>) {
    (walk.visit(Index{k}, std::get<k>(model.layers())), ...);
  }
  (std::index_sequence_for<Layers...>{});
  return walk.layers();
}

}  // namespace detail

/// The integers of a chain of Dense layers with QuantizedReLU between them, whose weights are on levels
/// (QuantizedTowardZero, Quantized, Grid). Steps are powers of two, so that nothing is rounded: weights,
/// biases and shifts are those of the net. Throws ValueError, naming the layer, for other layers, for steps
/// that are no powers of two, and for biases that are no multiples of the unit of their sums: `round_biases`
/// makes them so.
///
/// `predict` of the net is `unit` times the sums of the last layer, to the bit, where accumulators take at
/// most 25 bits in a net of floats, 54 in one of doubles: all of its sums are then exact.
template <Model M>
std::vector<IntegerLayer> integer_layers(const M& model, const IntegerInputs& inputs) {
  return detail::walk_integers(model, inputs, false);
}

/// Rounds the biases of a quantized net to what its integers can say, the nearest multiples of the unit of
/// their sums. Then they are projected, so that those in a set stay in it. After training, before
/// `integer_layers`.
template <Model M>
void round_biases(M& model, const IntegerInputs& inputs) {
  using S = typename M::scalar_type;
  M rounded = model;
  for (const IntegerLayer& layer : detail::walk_integers(model, inputs, true)) {
    const std::string name = layer.path + "bias";
    if (!rounded.parameters().find(name)) continue;
    Matrix<S> b(layer.outputs, 1);
    for (Index j = 0; j < b.size(); ++j)
      b(j) = static_cast<S>(static_cast<double>(layer.biases[static_cast<std::size_t>(j)]) * layer.unit);
    assign(rounded, name, b);
  }
  model = std::move(rounded);
}

/// What the accumulators of one integer layer hold, whatever its inputs.
struct IntegerSums {
  std::string layer;  ///< its path: "0"
  IntegerRange reads{};
  AccumulatorRange sums{};

  int bits() const { return sums.bits(); }
  bool operator==(const IntegerSums&) const = default;
};

/// The smallest and the largest partial sum of each layer. Throws as `integer_layers`.
template <Model M>
std::vector<IntegerSums> integer_sums(const M& model, const IntegerInputs& inputs) {
  std::vector<IntegerSums> sums;
  for (const IntegerLayer& layer : integer_layers(model, inputs))
    sums.push_back({layer.path.substr(0, layer.path.size() - 1), layer.reads, layer.range()});
  return sums;
}

/// The width that the accumulators of a quantized net need, layer by layer: with so many bits no sum of any
/// inputs overflows, in whatever order its products and its bias are added; with one bit fewer some do. A
/// certificate: computed from the weights, whatever the policies. Throws as `integer_layers`.
template <Model M>
std::vector<int> accumulator_bits(const M& model, const IntegerInputs& inputs) {
  std::vector<int> bits;
  for (const IntegerSums& layer : integer_sums(model, inputs)) bits.push_back(layer.bits());
  return bits;
}

}  // namespace espalier
