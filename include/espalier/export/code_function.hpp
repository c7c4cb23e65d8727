// SPDX-License-Identifier: MIT
// Activations as source text: functions of one number that compilers compute for a whole register.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/export/code_step.hpp"
#include "espalier/export/code_text.hpp"

namespace espalier::detail {

/// One of the library's activations as a function of x. `helper` is a function of this file that it calls.
struct ActivationText {
  std::string function, helper;
};

/// "Tanh", "Sigmoid" and so on; `option` is the number that it has, if any. Floats are computed by helpers
/// that take a few operations, doubles by <math.h>.
inline ActivationText activation_text(const CodeStyle& style, std::string_view name, double option) {
  const std::string zero = style.number(0), one = style.number(1), a = style.number(option);
  const auto call = [&](std::string_view function, const std::string& x) {
    return (style.single ? style.own(std::string(function) + "_of") : style.math(function)) + "(" + x + ")";
  };
  const auto helper = [&](std::string_view function) {
    return std::string(style.single ? function : "math");
  };
  // Sums of parts rather than a choice: compilers do not compute both sides of one for a whole register.
  const std::string positive = "(x > " + zero + " ? x : " + zero + ")",
                    negative = "(x > " + zero + " ? " + zero + " : x)";
  if (name == "ReLU") return {"x < " + zero + " ? " + zero + " : x", ""};
  if (name == "LeakyReLU") return {positive + " + " + a + " * " + negative, ""};
  if (name == "ELU") return {positive + " + " + a + " * " + call("expm1", negative), helper("expm1")};
  if (name == "GELU")
    return {"x * (" + style.math("erfc") + "(-x / " + style.number(std::sqrt(2.0)) + ") / " +
                style.number(2) + ")",
            "math"};
  // e^x of floats ends at 88: so does its factor, or a number far below would not become 0.
  const std::string bounded = style.single ? "(x < -88.0f ? -88.0f : x)" : "x";
  if (name == "SiLU")
    return {bounded + " * (" + one + " / (" + one + " + " + call("exp", "-x") + "))", helper("exp")};
  if (name == "Sigmoid") return {one + " / (" + one + " + " + call("exp", "-x") + ")", helper("exp")};
  if (name == "Tanh") return {call("tanh", "x"), helper("tanh")};
  return {
      positive + " + " + call("log1p", call("exp", "-" + a + " * (x < " + zero + " ? -x : x)")) + " / " + a,
      helper("log1p")};  // Softplus
}

/// e^x, and e^x - 1 of x <= 0, by the polynomial of Cephes (expf.c) for e^r, |r| <= log(2) / 2: off by less
/// than 2 units of roundoff of the result. Rounding to a whole number and 2^n take no instruction that
/// compilers could not use for a whole register. Below the smallest normal number e^x is that number.
inline constexpr std::string_view exp_helper =
    R"($fn$ $S$ $my$two_to($std$uint32_t bits) {
  $S$ power;
  bits = (bits + 127U) << 23U;
  $std$memcpy(&power, &bits, sizeof power);
  return power;
}
$fn$ $S$ $my$exp_of_part($S$ x, $S$* power) {
  const $S$ shifted = x * 1.44269504F + 12582912.0F, n = shifted - 12582912.0F;
  const $S$ r = x - n * 0.693359375F - n * -2.12194440e-4F;
  $std$uint32_t bits;
  $std$memcpy(&bits, &shifted, sizeof bits);
  *power = $my$two_to(bits);
  return ((((((1.9875691500e-4F * r + 1.3981999507e-3F) * r + 8.3334519073e-3F) * r + 4.1665795894e-2F) * r +
            1.6666665459e-1F) * r + 5.0000001201e-1F) * r * r + r);
}
$fn$ $S$ $my$exp_of($S$ x) {
  const $S$ most = x > 88.0F ? 88.0F : x, within = most < -87.0F ? -87.0F : most;
  $S$ power;
  const $S$ rest = $my$exp_of_part(within, &power);
  return power + power * rest;
}
)";
inline constexpr std::string_view expm1_helper =
    R"($fn$ $S$ $my$expm1_of($S$ x) {
  const $S$ most = x > 0.0F ? 0.0F : x, within = most < -87.0F ? -87.0F : most;
  $S$ power;
  const $S$ rest = $my$exp_of_part(within, &power);
  return (power - 1.0F) + power * rest;
}
)";
/// log(1 + x) of 0 <= x <= 1, off by less than 4 units of roundoff: the series of 2 artanh(x / (2 + x)),
/// whose rest is below 2^-27.
inline constexpr std::string_view log1p_helper =
    R"($fn$ $S$ $my$log1p_of($S$ x) {
  const $S$ s = x / (2.0F + x), t = s * s;
  return 2.0F * s * (1.0F + t * (1.0F / 3.0F + t * (0.2F + t * (1.0F / 7.0F + t * (1.0F / 9.0F + t * (1.0F / 11.0F + t * (1.0F / 13.0F + t / 15.0F)))))));
}
)";
/// The rational function by which Eigen, and so `predict`, computes tanh of floats, in the same order; off by
/// less than 7 units of roundoff. Where
/// x is tiny its tanh is x: added, since a choice of results keeps compilers from computing several at a
/// time.
inline constexpr std::string_view tanh_helper =
    R"($fn$ $S$ $my$tanh_of($S$ x) {
  const $S$ size = x < 0.0F ? -x : x, tiny = size < 0.0004F ? x : 0.0F;
  const $S$ most = x > $clamp$ ? $clamp$ : x, clamped = most < -$clamp$ ? -$clamp$ : most;
  const $S$ within = size < 0.0004F ? 0.0F : clamped, square = within * within;
  $S$ p = $p11$, q = $q4$;
  p = $p9$;
  p = $p7$;
  p = $p5$;
  p = $p3$;
  p = $p1$;
  p = within * p;
  q = $q2$;
  q = $q0$;
  return p / q + tiny;
}
)";

inline void write_tanh_helper(CodeText& out) {
  const CodeStyle& style = out.style();
  const auto term = [&](std::string_view factor, std::string_view more) {
    return style.multiply_add("square", factor, more);
  };
#ifdef EIGEN_VECTORIZE_FMA
  const std::string clamp = "7.99881172180175781F";
#else
  const std::string clamp = "7.90531110763549805F";
#endif
  out.add(tanh_helper, {{"clamp", clamp},
                        {"p11", term("-2.76076847742355e-16F", "2.00018790482477e-13F")},
                        {"p9", term("p", "-8.60467152213735e-11F")},
                        {"p7", term("p", "5.12229709037114e-08F")},
                        {"p5", term("p", "1.48572235717979e-05F")},
                        {"p3", term("p", "6.37261928875436e-04F")},
                        {"p1", term("p", "4.89352455891786e-03F")},
                        {"q4", term("1.19825839466702e-06F", "1.18534705686654e-04F")},
                        {"q2", term("q", "2.26843463243900e-03F")},
                        {"q0", term("q", "4.89352518554385e-03F")}});
}

/// Is this a helper that calls e^x?
inline bool needs_exp(const std::string& helper) {
  return helper == "exp" || helper == "expm1" || helper == "log1p";
}

/// Writes the helpers that the steps call, each once.
inline void write_helpers(CodeText& out, const std::vector<std::string>& helpers) {
  const auto has = [&](std::string_view name) {
    return std::find(helpers.begin(), helpers.end(), name) != helpers.end();
  };
  if (std::any_of(helpers.begin(), helpers.end(), needs_exp)) out.add(exp_helper);
  if (has("expm1")) out.add(expm1_helper);
  if (has("log1p")) out.add(log1p_helper);
  if (has("tanh")) write_tanh_helper(out);
}

/// Writes `function_k(x)` of one number.
inline void write_function(CodeText& out, const CodeStep& step, const std::string& k) {
  out.add("$fn$ $S$ $my$function_$k$($S$ x) { return $text$; }\n", {{"k", k}, {"text", step.function}});
}

/// Writes softmax as `softmax_k(x, y)`; y may be x.
inline void write_softmax(CodeText& out, const CodeStep& step, const std::string& k) {
  const CodeStyle& style = out.style();
  out.add(
      "$fn$ void $my$softmax_$k$(const $S$* x, $S$* y) {\n"
      "  $S$ most = x[0], sum = $zero$;\n"
      "  for (int i = 1; i < $n$; ++i) most = most < x[i] ? x[i] : most;\n"
      "  for (int i = 0; i < $n$; ++i) y[i] = $exp$(x[i] - most);\n"
      "  for (int i = 0; i < $n$; ++i) sum += y[i];\n"
      "  for (int i = 0; i < $n$; ++i) y[i] /= sum;\n"
      "}\n",
      {{"k", k},
       {"zero", style.number(0)},
       {"n", std::to_string(step.inputs)},
       {"exp", style.single ? style.own("exp_of") : style.math("exp")}});
}

/// Writes sorting as `group_sort_k(x, y)`; y may be x. NaN comes last, as in `predict`.
inline void write_group_sort(CodeText& out, const CodeStep& step, const std::string& k) {
  out.add(
      "$fn$ void $my$group_sort_$k$(const $S$* x, $S$* y) {\n"
      "  for (int begin = 0; begin < $n$; begin += $size$)\n"
      "    for (int i = begin; i < $n$ && i < begin + $size$; ++i) {\n"
      "      const $S$ value = x[i];\n"
      "      int at = i;\n"
      "      for (; at > begin && (value < y[at - 1] || (value == value && y[at - 1] != y[at - 1])); --at)\n"
      "        y[at] = y[at - 1];\n"
      "      y[at] = value;\n"
      "    }\n"
      "}\n",
      {{"k", k}, {"n", std::to_string(step.inputs)}, {"size", std::to_string(step.per)}});
}

/// Writes batch normalization as `normalize_k(x, y)`; y may be x.
inline void write_normalize(CodeText& out, const CodeStep& step, const std::string& k) {
  const CodeStyle& style = out.style();
  out.numbers("gain_" + k, step.gain);
  out.numbers("mean_" + k, step.mean);
  out.numbers("scale_" + k, step.scales);
  out.numbers("bias_" + k, step.bias);
  const auto of = [&](std::string_view what) { return style.own(what) + "_" + k + "[c]"; };
  out.add(
      "$fn$ void $my$normalize_$k$(const $S$* x, $S$* y) {\n"
      "  for (int c = 0; c < $channels$; ++c)\n"
      "    for (int i = $per$ * c; i < $per$ * (c + 1); ++i) y[i] = $value$;\n"
      "}\n",
      {{"k", k},
       {"channels", std::to_string(step.gain.size())},
       {"per", std::to_string(step.per)},
       {"value",
        style.multiply_add(of("gain"), "((x[i] - " + of("mean") + ") * " + of("scale") + ")", of("bias"))}});
}

}  // namespace espalier::detail
