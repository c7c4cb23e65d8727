// SPDX-License-Identifier: MIT
// The proofs of check_policy for a penalty with a prox: does it minimize (x - y)^2 / (2 t) + value(x)?
#pragma once

#include <utility>

#include "espalier/testing/check_set.hpp"

namespace espalier::detail {

/// In double: values of floats are rounded too much to show a minimum.
class ProxProofs {
 public:
  using Numbers = CheckedNumbers<double>;

  ProxProofs(CheckedPack<double>& pack, const DeclaredTraits& declared, Rng& rng, PolicyReport& report)
      : pack_(pack), declared_(declared), inputs_(rng, pack.size()), report_(report) {}

  /// How far the value in the middle of two points is above the mean of theirs, of their sum.
  double bulge() {
    double worst = 0;
    for (const double scale : {1e-3, 0.3, 1.0, 3.0, 1e3})
      for (int trial = 0; trial < 20; ++trial) {
        const Numbers a = inputs_.numbers(scale), b = inputs_.numbers(scale);
        const double ends = (pack_.penalty(a) + pack_.penalty(b)) / 2,
                     middle = pack_.penalty(inputs_.between(a, b, 0.5));
        if (std::isfinite(middle))
          worst = std::max(worst, (middle - ends) / nonzero(std::abs(ends) + std::abs(middle)));
        else if (std::isfinite(ends))
          worst = 1;
      }
    return worst;
  }

  void run(const CheckedSizes& sizes, bool convex) {
    convex_ = convex;
    for (const double scale : sizes.scales())
      for (const bool uneven : {false, true}) {
        if (uneven && pack_.pack().traits().grain == Grain::matrix) break;
        for (long trial = 0; trial < sizes.trials; ++trial) {
          t_ = inputs_.steps(uneven);
          try_input(trial == 0 ? Numbers(pack_.size()) : inputs_.numbers(scale), inputs_.numbers(scale),
                    scale);
          if (!convex && trial % 3 == 0) try_search(scale);
        }
      }
    for (int trial = 0; trial < 20; ++trial) {
      Numbers y = inputs_.numbers(1);
      if (!pack_.contains(y)) y = pack_.after(y);  // a value may be infinite outside a set
      t_.assign(y.size(), 0.0);
      const Numbers p = pack_.after(y, t_);
      report_.note("identity at t = 0", different(p, y), 0, [&] { return shown(y, p); });
    }
    try_nan();
    if (declared_.keeps_finite) try_largest();
  }

 private:
  std::string shown(const Numbers& y, const Numbers& p) const {
    std::string text = format_message(
        "double, {} x {}: {} becomes {}",
        {pack_.rows(), pack_.cols(), text_of_numbers(y, pack_.cols()), text_of_numbers(p, pack_.cols())});
    if (!t_.empty()) text += " with step sizes " + text_of_numbers(t_, pack_.cols());
    return text;
  }
  static double nonzero(double x) { return std::max(x, std::numeric_limits<double>::min()); }
  static double different(const Numbers& a, const Numbers& b) {
    double count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] != b[i];
    return count;
  }
  double length(const Numbers& a) const { return distance_in_steps(a, Numbers(a.size()), t_); }

  void try_input(const Numbers& y, const Numbers& other, double scale) {
    const Numbers p = pack_.after(y, t_), q = pack_.after(other, t_);
    report_.note("deterministic", differing(pack_.after(y, t_), p), 0, [&] { return shown(y, p); });
    if (pack_.pack().traits().has_set)
      report_.note("feasible", !pack_.contains(p) || !std::isfinite(pack_.penalty(p)), 0,
                   [&] { return shown(y, p); });
    if (convex_)
      report_.note(
          "non-expansive",
          (distance_in_steps(p, q, t_) - distance_in_steps(y, other, t_)) / nonzero(length(p) + length(q)),
          1e3 * roundoff<double>, [&] { return shown(y, p) + ", " + shown(other, q); });
    Numbers without = p, moved = p;
    without[inputs_.place()] = 0;
    moved[inputs_.place()] += scale * inputs_.small() * (inputs_.part() < 0.5 ? 1 : -1);
    const Numbers zero(y.size());
    for (const Numbers& x :
         {without, moved, zero, y, other, q, inputs_.between(p, y, inputs_.small()),
          inputs_.between(p, other, inputs_.small()), inputs_.between(p, zero, inputs_.small())})
      try_other(x, y, p);
    if (declared_.homogeneous) try_twice(y, p);
    if (declared_.of_norm) try_rotated(y);
    try_slope(y, scale);
  }

  /// No other x may have a lower objective. Where the penalty is convex, it also is above the plane of slope
  /// (y - p) / t that touches it in p.
  void try_other(const Numbers& x, const Numbers& y, const Numbers& p) {
    const double here = pack_.penalty(p), there = pack_.penalty(x);
    if (std::isinf(there) && std::isfinite(here)) return;  // a value may be infinite outside a set
    const auto text = [&] {
      return shown(y, p) + ", though " + text_of_numbers(x, pack_.cols()) + " costs less";
    };
    const double here_far = dot_in_steps(p, y, p, y, t_) / 2, there_far = dot_in_steps(x, y, x, y, t_) / 2;
    const double size = length(p), moved = distance_in_steps(y, p, t_), way = distance_in_steps(x, p, t_);
    const double spread = (moved + size) * (way + size) + std::abs(here) + std::abs(there);
    constexpr double allowed = 1e3 * roundoff<double>;
    report_.note("minimal", (here + here_far - there - there_far) / nonzero(spread + here_far + there_far),
                 allowed, text);
    if (convex_)
      report_.note("variational inequality", (here + dot_in_steps(y, p, x, p, t_) - there) / nonzero(spread),
                   allowed, text);
  }
  /// Where the penalty is not convex, what is near p says nothing of other minima: searches from far points,
  /// one weight after another, must not find a better one.
  void try_search(double scale) {
    const Numbers y = inputs_.numbers(scale), p = pack_.after(y, t_);
    const auto objective = [&](const Numbers& x) {
      return pack_.penalty(x) + dot_in_steps(x, y, x, y, t_) / 2;
    };
    for (Numbers x : {y, Numbers(y.size()), inputs_.between(y, Numbers(y.size()), inputs_.part())}) {
      double least = objective(x);
      for (double step = scale; step > 1e-3 * scale; step /= 2)
        for (std::size_t i = 0; i < x.size(); ++i)
          for (const double way : {step, -step}) {
            const double before = std::exchange(x[i], x[i] + way), found = objective(x);
            if (found < least)
              least = found;
            else
              x[i] = before;
          }
      try_other(x, y, p);
    }
  }
  void try_twice(const Numbers& y, const Numbers& p) {
    Numbers twice = y;
    for (double& x : twice) x *= 2;
    const double once = pack_.penalty(y);
    report_.note("homogeneous", std::abs(pack_.penalty(twice) - 2 * once) / nonzero(std::abs(once)),
                 1e3 * roundoff<double>,
                 [&] { return shown(y, p) + ", and the value of twice that is not twice its"; });
  }
  /// Reflects y, if it is one vector, on a random plane.
  void try_rotated(const Numbers& y) {
    if (pack_.rows() != 1) return;
    const Numbers v = inputs_.numbers(1), none;
    const Numbers zero(y.size());
    const double square = dot_in_steps(v, zero, v, zero, none), along = dot_in_steps(v, zero, y, zero, none);
    if (square == 0) return;
    Numbers rotated = y;
    for (std::size_t i = 0; i < y.size(); ++i) rotated[i] -= 2 * along / square * v[i];
    const double value = pack_.penalty(y);
    report_.note("of the norm alone", std::abs(pack_.penalty(rotated) - value) / nonzero(std::abs(value)),
                 1e3 * roundoff<double>, [&] { return shown(y, rotated) + ", as long, at another value"; });
  }
  void try_slope(const Numbers& w, double scale) {
    const double bound = pack_.pack().slope_bound();
    if (!(bound > 0) || !convex_) return;
    const Grain grain = pack_.pack().traits().grain;
    const Index block = pack_.pack().traits().block;
    const Index n = block > 0                ? block
                    : grain == Grain::row    ? pack_.cols()
                    : grain == Grain::column ? pack_.rows()
                    : grain == Grain::whole  ? pack_.rows() * pack_.cols()
                                             : 1;
    Numbers moved = w;
    const std::size_t i = inputs_.place();
    moved[i] += scale;
    const double slope = std::abs(pack_.penalty(moved) - pack_.penalty(w)) / std::abs(moved[i] - w[i]);
    report_.note("slope bound", slope / (bound * std::sqrt(static_cast<double>(n))), 1 + 1e-6, [&] {
      return format_message("slope {} along one weight, from {} to {}",
                            {slope, text_of_numbers(w, pack_.cols()), text_of_numbers(moved, pack_.cols())});
    });
  }
  void try_nan() {
    for (int trial = 0; trial < 8; ++trial) {
      t_.clear();
      Numbers y = inputs_.numbers(1);
      y[inputs_.place()] = std::numeric_limits<double>::quiet_NaN();
      bool finite = true;
      const Numbers p = pack_.after(y, t_, &finite);
      report_.note("NaN is not repaired",
                   finite && std::all_of(p.begin(), p.end(), [](double x) { return std::isfinite(x); }), 0,
                   [&] { return shown(y, p); });
    }
  }
  void try_largest() {
    using Limits = std::numeric_limits<double>;
    for (const double x : {Limits::lowest(), Limits::max(), Limits::min(), Limits::denorm_min(), 0.0}) {
      const Numbers y(pack_.size(), x), p = pack_.after(y);
      report_.note("keeps finite",
                   !std::all_of(p.begin(), p.end(), [](double w) { return std::isfinite(w); }), 0,
                   [&] { return shown(y, p); });
    }
  }

  CheckedPack<double>& pack_;
  DeclaredTraits declared_;
  CheckedInputs<double> inputs_;
  PolicyReport& report_;
  Numbers t_;
  bool convex_ = true;
};

inline void check_prox(const AnyPack<float>& single, const AnyPack<double>& twice,
                       const DeclaredTraits& declared, Index rows, Index cols, const CheckedSizes& sizes,
                       Rng& rng, PolicyReport& report) {
  CheckedPack<float> in_float(single, rows, cols);
  CheckedPack<double> in_double(twice, rows, cols);
  const CheckedNumbers<float> start = CheckedInputs<float>(rng, in_float.size()).numbers(1);
  in_float.start(start), in_double.start(in_precision<double>(start));
  ProxProofs proofs(in_double, declared, rng, report);
  const double bulge = proofs.bulge();
  const auto found = [&] {
    return format_message(
        "{} x {}: the value in the middle of two points is above their mean by {:.2g} of both",
        {rows, cols, bulge});
  };
  constexpr double roundings = 1e-9;
  const bool says = declared.says_convex ? declared.convex : twice.traits().grain == Grain::element;
  if (says) report.note("convex", bulge, roundings, found);
  const bool convex = says || (!declared.says_convex && bulge <= roundings);
  if (!convex) {
    const bool seen = bulge > roundings;
    const std::string why = seen ? "not convex; " + found() : "not convex, as it says itself";
    report.skip("non-expansive", why), report.skip("variational inequality", why);
    if (twice.slope_bound() > 0) report.skip("slope bound", why);
  }
  if (twice.traits().grain == Grain::matrix)
    report.skip("uneven steps", "its prox takes one step size for all");
  proofs.run(sizes, convex);
  compare_precisions_of_set(in_float, in_double, convex, sizes, rng, report);
}

}  // namespace espalier::detail
