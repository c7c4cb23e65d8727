// SPDX-License-Identifier: MIT
// Certificates as text: what is printed, and what files say. Bounds have all their digits, since a bound that
// is rounded is none.
#pragma once

#include <limits>
#include <string>

#include "espalier/certify/certificates.hpp"
#include "espalier/core/format_message.hpp"

namespace espalier {
namespace detail {

inline std::string line_of(const NormBounds& bounds) {
  return format_message("1-norm {}, 2-norm {}, infinity-norm {}", {bounds.one, bounds.two, bounds.infinity});
}

}  // namespace detail

inline std::string text_of(const LipschitzBounds& bounds) {
  std::string text = "Lipschitz " + detail::line_of(NormBounds{bounds.one, bounds.two, bounds.infinity});
  text += detail::format_message("; 2-norm by layers {}, of layers together {}\n",
                                 {bounds.product, bounds.composed});
  for (const LayerBounds& layer : bounds.layers)
    text += "  layer " + layer.path + ", " + layer.layer + ": " + detail::line_of(layer.bounds) + "\n";
  return text;
}

namespace detail {

inline std::string text_of_signs(const InputSigns& signs) {
  Index rising = 0, falling = 0, unread = 0;
  for (Index i = 0; i < signs.inputs(); ++i)
    rising += signs.sign(i) > 0, falling += signs.sign(i) < 0, unread += !signs.reads(i);
  return format_message("inputs {}: {} never read, {} with which no output falls, {} with which none rises\n",
                        {signs.inputs(), unread, rising, falling});
}

inline std::string text_of_facts(const WeightFacts& facts) {
  std::string text = format_message("{} {} x {}: {} zeros, largest {}",
                                    {facts.parameter, facts.rows, facts.cols, facts.zeros, facts.largest});
  if (facts.unread > 0) text += format_message(", {} columns never read", {facts.unread});
  if (facts.not_negative) text += ", not negative";
  if (facts.not_positive) text += ", not positive";
  if (facts.grid.step > 0 || (facts.grid.levels > 0 && 2 * facts.grid.levels <= facts.rows * facts.cols))
    text += format_message(", {} levels from {} to {}", {facts.grid.levels, facts.grid.lo, facts.grid.hi});
  if (facts.grid.step > 0) text += format_message(" in steps of {}", {facts.grid.step});
  if (facts.decay_box > 0)
    text += format_message(", {} the box {} of its decay",
                           {facts.in_decay_box ? "in" : "not in", facts.decay_box});
  return text + "\n";
}

inline std::string text_of_sums(const IntegerSums& layer) {
  std::string text =
      format_message("layer {}, integers from {} to {}", {layer.layer, layer.reads.low, layer.reads.high});
  if (layer.reads.most != std::numeric_limits<Index>::max())
    text += format_message(", of which at most {} are not 0", {layer.reads.most});
  return text + format_message(": partial sums from {} to {}, accumulators of {} bits\n",
                               {layer.sums.low, layer.sums.high, layer.bits()});
}

}  // namespace detail

inline std::string text_of(const Certificates& certificates) {
  std::string text;
  if (certificates.lipschitz) text += text_of(*certificates.lipschitz);
  if (!certificates.unknown.empty()) text += "Lipschitz: no bound is known, " + certificates.unknown + "\n";
  if (certificates.input_signs) text += detail::text_of_signs(*certificates.input_signs);
  for (const Contraction& one : certificates.recurrent)
    text += "layer " + one.layer + ", a step " + (one.contracts() ? "contracts: " : "may stretch: ") +
            detail::line_of(one.step) + "\n";
  for (const IntegerSums& layer : certificates.integers) text += detail::text_of_sums(layer);
  for (const WeightFacts& facts : certificates.weights) text += detail::text_of_facts(facts);
  return text;
}

}  // namespace espalier
