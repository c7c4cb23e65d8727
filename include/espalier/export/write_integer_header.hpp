// SPDX-License-Identifier: MIT
// A quantized net as one header without dependencies, in integers alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "espalier/certify/integer_layers.hpp"
#include "espalier/data/write_file.hpp"
#include "espalier/export/code_text.hpp"
#include "espalier/export/header_options.hpp"
#include "espalier/io/metadata.hpp"

namespace espalier {

struct IntegerHeaderOptions {
  std::string name{};  ///< of the namespace
};

namespace detail {

/// The smallest type that has all of these numbers.
inline std::string integer_type(int bits) {
  return "std::int" + std::string(bits <= 8 ? "8" : bits <= 16 ? "16" : "32") + "_t";
}

/// "{1, -2}", in lines.
inline std::string integer_list(std::span<const std::int64_t> numbers) {
  std::string text = "{";
  std::size_t line = 0;
  for (const std::int64_t number : numbers) {
    if (text.size() > 1) text += ",";
    if (text.size() > line + 100) text += "\n    ", line = text.size();
    text += std::to_string(number);
  }
  return text + "}";
}

/// Writes one integer layer after the other.
class IntegerCode {
 public:
  explicit IntegerCode(const std::vector<IntegerLayer>& layers) {
    for (std::size_t k = 0; k < layers.size(); ++k) add(layers[k], std::to_string(k));
  }

  const std::string& constants() const { return constants_; }
  const std::string& steps() const { return steps_; }
  /// "{12, 15}"
  std::string bits() const { return integer_list(bits_); }
  std::string first_type() const { return integer_type(static_cast<int>(bits_.front())); }

 private:
  void add(const IntegerLayer& layer, const std::string& k) {
    const int bits = layer.range().bits();
    if (bits > 32)
      fail(layer.path + "weight", "accumulators of at most 32 bits: bound the sums of its weights", bits);
    bits_.push_back(bits);
    std::vector<std::int64_t> by_input;
    for (Index i = 0; i < layer.inputs; ++i)
      for (Index j = 0; j < layer.outputs; ++j) by_input.push_back(layer.row(j)[static_cast<std::size_t>(i)]);
    const auto [least, most] = std::minmax_element(by_input.begin(), by_input.end());
    const std::vector<Filling> values{{"k", k},
                                      {"before", std::to_string(bits_.size() - 2)},
                                      {"W", integer_type(AccumulatorRange{*least, *most}.bits())},
                                      {"A", integer_type(bits)},
                                      {"n", std::to_string(layer.outputs)},
                                      {"size", std::to_string(by_input.size())},
                                      {"weights", integer_list(by_input)},
                                      {"biases", integer_list(layer.biases)},
                                      {"shift", std::to_string(bits_.size() > 1 ? last_->shift : 0)},
                                      {"highest", std::to_string(bits_.size() > 1 ? last_->highest : 0)},
                                      {"inputs", std::to_string(layer.inputs)}};
    constants_ += fill_in(
        "/* of input 0 to all $n$ outputs, then of input 1, ... */\n"
        "inline constexpr $W$ weights_$k$[$size$] = $weights$;\n"
        "inline constexpr $A$ biases_$k$[$n$] = $biases$;\n\n",
        values);
    if (bits_.size() > 1)
      steps_ += fill_in(
          "  $A$ sums_$k$[$n$];\n"
          "  for (int j = 0; j < $n$; ++j) sums_$k$[j] = biases_$k$[j];\n"
          "  for (int i = 0; i < $inputs$; ++i)\n"
          "    add(sums_$k$, weights_$k$ + i * $n$, $n$, activation(sums_$before$[i], $shift$, "
          "$highest$));\n",
          values);
    last_ = &layer;
  }

  const IntegerLayer* last_ = nullptr;
  std::string constants_, steps_;
  std::vector<std::int64_t> bits_;
};

inline constexpr std::string_view integer_file =
    R"(/* Written by espalier $version$: $inputs$ -> $outputs$ in integers.
 * predict computes the sums of one sample; unit times those are the outputs of the net. Its inputs are whole
 * numbers from $low$ to $high$$sparse$.
 * None of its sums overflows, in whatever order they are taken: those of layer k need accumulator_bits[k] bits. */
#ifndef $name$_INTEGERS_HPP
#define $name$_INTEGERS_HPP

#include <cstdint>

namespace $name$ {

inline constexpr int inputs = $inputs$;
inline constexpr int outputs = $outputs$;
inline constexpr double input_unit = $input_unit$;
inline constexpr double unit = $unit$;
inline constexpr int accumulator_bits[$layers$] = $bits$;

namespace detail {

$constants$template <class Sum, class Weight>
inline void add(Sum* sums, const Weight* weights, int n, std::int32_t x) {
  if (x == 0) return;
  for (int j = 0; j < n; ++j) sums[j] = static_cast<Sum>(sums[j] + x * weights[j]);
}
inline std::int32_t activation(std::int32_t sum, int shift, std::int32_t highest) {
  const std::int32_t x = sum > 0 ? sum >> shift : 0;
  return x < highest ? x : highest;
}
inline void finish(const $A$* sums_0, std::int32_t* out) {
$steps$  for (int j = 0; j < outputs; ++j) out[j] = sums_$last$[j];
}

}  // namespace detail

/* All inputs of a sample, most of which may be 0. */
template <class Input>
inline void predict(const Input* in, std::int32_t* out) {
  $A$ sums[$n$];
  for (int j = 0; j < $n$; ++j) sums[j] = detail::biases_0[j];
  for (int i = 0; i < inputs; ++i) detail::add(sums, detail::weights_0 + i * $n$, $n$, static_cast<std::int32_t>(in[i]));
  detail::finish(sums, out);
}
$on$
}  // namespace $name$

#endif
)";

inline constexpr std::string_view integer_on = R"(
/* The places of the inputs that are 1; all others are 0. */
inline void predict_on(const int* on, int count, std::int32_t* out) {
  $A$ sums[$n$];
  for (int j = 0; j < $n$; ++j) sums[j] = detail::biases_0[j];
  for (int i = 0; i < count; ++i) detail::add(sums, detail::weights_0 + on[i] * $n$, $n$, 1);
  detail::finish(sums, out);
}
)";

inline std::string integer_text(const std::vector<IntegerLayer>& layers, const IntegerInputs& inputs,
                                const IntegerHeaderOptions& options) {
  check_header_name(options.name);
  const IntegerCode code(layers);
  const CodeStyle exact{.name = options.name, .single = false};
  std::vector<Filling> values{{"version", version_text()},
                              {"name", options.name},
                              {"inputs", std::to_string(layers.front().inputs)},
                              {"outputs", std::to_string(layers.back().outputs)},
                              {"low", std::to_string(inputs.range.low)},
                              {"high", std::to_string(inputs.range.high)},
                              {"input_unit", exact.number(inputs.unit)},
                              {"unit", exact.number(layers.back().unit)},
                              {"layers", std::to_string(layers.size())},
                              {"last", std::to_string(layers.size() - 1)},
                              {"bits", code.bits()},
                              {"constants", code.constants()},
                              {"steps", code.steps()},
                              {"A", code.first_type()},
                              {"n", std::to_string(layers.front().outputs)}};
  if (inputs.range.most < layers.front().inputs)
    values.push_back({"sparse", ", of which at most " + std::to_string(inputs.range.most) + " are not 0"});
  if (inputs.range.low == 0 && inputs.range.high == 1) values.push_back({"on", fill_in(integer_on, values)});
  return fill_in(integer_file, values);
}

}  // namespace detail

/// The text of the header that `write_integer_header` writes.
template <Model M>
std::string integer_header_text(const M& net, const IntegerInputs& inputs,
                                const IntegerHeaderOptions& options) {
  return detail::integer_text(integer_layers(net, inputs), inputs, options);
}

/// Writes a chain of quantized Dense layers and QuantizedReLU as a C++17 header that computes in integers:
/// `write_integer_header(net, "engine_net.hpp", {IntegerRange::unsigned_bits(1, 32)}, {.name = "engine"})`
/// makes engine::predict(in, out), with std::int32_t sums, and for inputs that are 0 or 1
/// engine::predict_on(places, count, out). Weights take 8, 16 or 32 bits, and accumulators 16 or 32 (8 where
/// they fit), whatever certificate and weights allow; engine::accumulator_bits are the certificate. The sums
/// times engine::unit are `predict` of the net, to the bit where `integer_layers` says so.
///
/// Throws ValueError as `integer_layers`, for a name that is no identifier, and where accumulators need more
/// than 32 bits; FileError where the file cannot be written.
template <Model M>
void write_integer_header(const M& net, const std::filesystem::path& file, const IntegerInputs& inputs,
                          const IntegerHeaderOptions& options) {
  detail::write_file(file, integer_header_text(net, inputs, options));
}

}  // namespace espalier
