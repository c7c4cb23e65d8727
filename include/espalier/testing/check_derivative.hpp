// SPDX-License-Identifier: MIT
// The proofs of check_policy for what has a derivative, a smooth penalty or a reparametrization, and for
// decay.
#pragma once

#include <functional>

#include "espalier/core/policy.hpp"
#include "espalier/testing/checked_pack.hpp"
#include "espalier/testing/policy_report.hpp"

namespace espalier::detail {

/// norm(a - b) / (norm(a) + norm(b)); 0 where both vanish.
inline double relative_error(const CheckedNumbers<double>& a, const CheckedNumbers<double>& b) {
  const CheckedNumbers<double> zero(a.size()), none;
  const double sizes = distance_in_steps(a, zero, none) + distance_in_steps(b, zero, none);
  return sizes == 0 ? 0 : distance_in_steps(a, b, none) / sizes;
}

/// Differences find a right gradient to about 1e-10; this is the bound of gradient_check.
inline constexpr double gradient_tolerance = 1e-6;

inline void check_gradient(const AnyPack<float>& single, const AnyPack<double>& twice, Index rows, Index cols,
                           long trials, Rng& rng, PolicyReport& report) {
  using Numbers = CheckedNumbers<double>;
  CheckedPack<float> in_float(single, rows, cols);
  CheckedPack<double> in_double(twice, rows, cols);
  CheckedInputs<float> inputs(rng, in_float.size());
  const CheckedNumbers<float> start = inputs.numbers(1);
  in_float.start(start), in_double.start(in_precision<double>(start));
  for (const double scale : {0.1, 1.0, 10.0})
    for (long trial = 0; trial < trials; ++trial) {
      // Without ties: where a gradient is 0 by symmetry, differences find their own roundings.
      const CheckedNumbers<float> w = inputs.numbers(scale, false), none(w.size());
      Numbers at = in_precision<double>(w), slopes(w.size()), ones(w.size(), 1.0);
      Numbers g = in_double.gradient(at, ones);
      for (std::size_t i = 0; i < g.size(); ++i) {
        g[i] -= 1;
        const double value = at[i], h = 1e-5 * std::max(1.0, std::abs(value));
        at[i] = value + h;
        const double above = in_double.penalty(at);
        at[i] = value - h;
        slopes[i] = (above - in_double.penalty(at)) / (2 * h);
        at[i] = value;
      }
      const auto shown = [&] {
        return format_message(
            "double, {} x {}: the gradient at {} is {}, its differences {}",
            {rows, cols, text_of_numbers(at, cols), text_of_numbers(g, cols), text_of_numbers(slopes, cols)});
      };
      report.note("gradient", relative_error(g, slopes), gradient_tolerance, shown);
      const Numbers in_single = in_precision<double>(in_float.gradient(w, none));
      report.note("float against double", relative_error(in_single, g), 1e3 * roundoff<float>, [&] {
        return format_message("{} x {}: the gradient at {} is {} and {}",
                              {rows, cols, text_of_numbers(at, cols), text_of_numbers(in_single, cols),
                               text_of_numbers(g, cols)});
      });
    }
}

/// The members of an element map, without its type.
struct CheckedMap {
  std::function<double(double)> weight, parameter;
  std::function<double(double, double)> pull_back;
  std::function<float(float)> single_weight;
};
template <ElementMap P>
CheckedMap checked_map(const P& p) {
  return {[p](double x) { return p.weight(x); }, [p](double w) { return parameter_of(p, w); },
          [p](double x, double dw) { return p.pull_back(x, dw); }, [p](float x) { return p.weight(x); }};
}

inline void check_map(const CheckedMap& map, long trials, Rng& rng, PolicyReport& report) {
  for (const double scale : {0.1, 1.0, 10.0}) {
    CheckedNumbers<double> slopes, pulled;
    long flat = 0;
    for (long trial = 0; trial < 20 * trials; ++trial) {
      const double stored = static_cast<double>(static_cast<float>(scale * rng.normal()));
      const double w = map.weight(stored), back = map.weight(map.parameter(w)),
                   pull = map.pull_back(stored, 1);
      // A stored number is rounded, and the weight follows it.
      const double size = std::abs(w) + std::abs(pull) * std::max(1.0, std::abs(stored));
      report.note("weight(parameter(w)) is w", size > 0 ? std::abs(back - w) / size : std::abs(back - w),
                  100 * roundoff<double>, [&] {
                    return format_message("{} is stored as {}, which gives {}", {w, map.parameter(w), back});
                  });
      const double single = map.single_weight(static_cast<float>(stored));
      report.note("float against double", size > 0 ? std::abs(single - w) / size : std::abs(single - w),
                  100 * roundoff<float>, [&] {
                    return format_message("{} gives {} and {}", {stored, single, w});
                  });
      const double h = 1e-5 * std::max(1.0, std::abs(stored)), above = map.weight(stored + h),
                   below = map.weight(stored - h);
      flat += above == below;
      slopes.push_back((above - below) / (2 * h)), pulled.push_back(pull);
    }
    const double nan = map.weight(std::numeric_limits<double>::quiet_NaN());
    report.note("NaN is not repaired", nan == nan, 0,
                [&] { return format_message("NaN gives the weight {}", {nan}); });
    if (2 * flat > static_cast<long>(slopes.size()))
      report.skip("pull_back", "weight() has steps; straight through them leads no derivative");
    else
      report.note("pull_back", relative_error(slopes, pulled), gradient_tolerance, [&] {
        return format_message("for stored numbers of size {}: found {}, differences {}",
                              {scale, text_of_numbers(pulled, 8), text_of_numbers(slopes, 8)});
      });
  }
}

/// A rate of 0 changes nothing, and no usual rate makes weights longer.
inline void check_shrink(const AnyPack<double>& pack, PolicyReport& report) {
  const double at_rest = pack.shrink(0, 0.1);
  report.note("rate 0 keeps weights", std::abs(at_rest - 1), 0,
              [&] { return format_message("shrink(0, 0.1) is {}", {at_rest}); });
  for (const double rate : {1e-6, 1e-3, 0.1}) {
    const double factor = pack.shrink(rate, 0.1);
    report.note("makes weights shorter", std::abs(factor), 1, [&] {
      return format_message("shrink({}, 0.1) is {}", {rate, factor});
    });
  }
}

}  // namespace espalier::detail
