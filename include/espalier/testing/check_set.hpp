// SPDX-License-Identifier: MIT
// The proofs of check_policy for a set: is what its projection gives in it, and the nearest point of it?
#pragma once

#include <functional>

#include "espalier/testing/checked_pack.hpp"
#include "espalier/testing/policy_report.hpp"

namespace espalier::detail {

/// What a policy says of itself in constants that AnyPack does not know.
struct DeclaredTraits {
  bool keeps_finite = false, homogeneous = false, of_norm = false;
  bool says_convex = false, convex = false;  ///< does it say whether it is convex, and what?
};

/// For `contains`, `project` and prox in one precision.
template <Scalar S>
class SetProofs {
 public:
  using Numbers = CheckedNumbers<S>;

  SetProofs(CheckedPack<S>& pack, const DeclaredTraits& declared, Rng& rng, PolicyReport& report)
      : pack_(pack), declared_(declared), inputs_(rng, pack.size()), report_(report) {}

  /// How far from the set the middle of two of its points is, of the distance between them. Of a convex set
  /// it is about 0.
  double hollow() {
    double worst = 0;
    for (const double scale : {0.3, 1.0, 3.0, 1e3})
      for (int trial = 0; trial < 20; ++trial) {
        const Numbers y = inputs_.numbers(scale);
        Numbers other = inputs_.numbers(scale);
        // Of long vectors, two at random seldom have a hollow between them; opposite ones do.
        if (trial % 2 == 1) std::transform(y.begin(), y.end(), other.begin(), std::negate<S>{});
        const Numbers a = pack_.after(y), b = pack_.after(other);
        const Numbers middle = inputs_.between(a, b, 0.5);
        const double apart = distance_in_steps(a, b, {});
        if (apart > 0 && !pack_.contains(middle))
          worst = std::max(worst, distance_in_steps(middle, pack_.after(middle), {}) / apart);
      }
    return worst;
  }

  void run(const CheckedSizes& sizes, bool convex) {
    convex_ = convex;
    for (const double scale : sizes.scales())
      for (const bool uneven : {false, true}) {
        if (uneven && !pack_.in_metric()) break;
        for (long trial = 0; trial < sizes.trials; ++trial) {
          t_ = inputs_.steps(uneven);
          try_input(trial == 0 ? Numbers(pack_.size()) : inputs_.numbers(scale), inputs_.numbers(scale));
          if (scale == 1 && pack_.pack().traits().flat) try_flat();
          if (trial == 0 && scale == 1) try_odd_inputs(uneven);
        }
      }
    if (declared_.keeps_finite) try_largest();
  }

 private:
  static constexpr double unit = roundoff<S>;

  /// What shows a failure.
  std::string input(const Numbers& y, const Numbers& result) const {
    std::string text =
        format_message("{}, {} x {}: {} becomes {}",
                       {sizeof(S) == 4 ? "float" : "double", pack_.rows(), pack_.cols(),
                        text_of_numbers(y, pack_.cols()), text_of_numbers(result, pack_.cols())});
    if (!t_.empty()) text += " with step sizes " + text_of_numbers(t_, pack_.cols());
    return text;
  }
  double length(const Numbers& a) const { return distance_in_steps(a, Numbers(a.size()), t_); }

  void try_input(const Numbers& y, const Numbers& other) {
    const Numbers p = pack_.after(y, t_), z = pack_.after(other, t_);
    const auto shown = [&] { return input(y, p); };
    report_.note("feasible", !pack_.contains(p), 0, shown);
    report_.note("deterministic", differing(pack_.after(y, t_), p), 0, shown);
    report_.note("idempotent", differing(pack_.after(p, t_), p), 0,
                 [&] { return input(p, pack_.after(p, t_)); });
    if (convex_)
      report_.note(
          "non-expansive",
          (distance_in_steps(p, z, t_) - distance_in_steps(y, other, t_)) / nonzero(length(p) + length(z)),
          8 * unit, [&] { return input(y, p) + ", " + input(other, z); });
    try_feasible(z, y, p);
    try_feasible(inputs_.between(p, y, inputs_.small()), y, p);
    try_feasible(inputs_.between(p, Numbers(p.size()), inputs_.part()), y, p);
    try_feasible(pack_.after(inputs_.between(p, other, inputs_.small()), t_), y, p);
    if (convex_) try_feasible(inputs_.between(p, z, inputs_.part()), y, p);
    if (declared_.homogeneous) {
      Numbers twice = p;
      for (S& x : twice) x *= 2;
      report_.note("homogeneous", !pack_.contains(twice), 0,
                   [&] { return input(y, p) + ", which is in the set, and twice that is not"; });
    }
  }

  /// If z is feasible, it must not be touched, must not be nearer to y than p, and y - p must not point to
  /// it.
  void try_feasible(const Numbers& z, const Numbers& y, const Numbers& p) {
    if (!pack_.contains(z)) return;
    const auto shown = [&] {
      return input(y, p) + ", though " + text_of_numbers(z, pack_.cols()) + " is in the set";
    };
    report_.note("feasible weights stay", differing(pack_.after(z, t_), z), 0,
                 [&] { return input(z, pack_.after(z, t_)); });
    const double gone = distance_in_steps(y, p, t_), size = length(p);
    report_.note("nearest", (gone - distance_in_steps(y, z, t_)) / nonzero(gone + size), 100 * unit, shown);
    if (convex_)
      report_.note(
          "variational inequality",
          dot_in_steps(y, p, z, p, t_) / nonzero((gone + size) * (distance_in_steps(z, p, t_) + size)),
          100 * unit, shown);
  }
  static double nonzero(double x) { return std::max(x, std::numeric_limits<double>::min()); }

  /// NaN, and a step size of 0.
  void try_odd_inputs(bool uneven) {
    for (int trial = 0; trial < 8; ++trial) {
      Numbers y = inputs_.numbers(1);
      if (uneven && pack_.size() > 1) {
        t_[inputs_.place()] = 0;
        const Numbers p = pack_.after(y, t_);
        report_.note("feasible, some steps are 0", !pack_.contains(p), 0, [&] { return input(y, p); });
        t_ = inputs_.steps(true);
      }
      const std::size_t place = inputs_.place();
      if (held(y, place)) continue;
      y[place] = std::numeric_limits<S>::quiet_NaN();
      bool finite = true;
      const Numbers p = pack_.after(y, t_, &finite);
      report_.note("NaN is not repaired", finite && all_finite(p), 0, [&] { return input(y, p); });
    }
  }
  /// Is there one value only that a weight may have, as under a mask? That is not a repair of NaN.
  bool held(Numbers y, std::size_t place) {
    const S ends[] = {S(-1e3), S(0.7), S(1e3)};
    S found[3];
    for (int k = 0; k < 3; ++k) y[place] = ends[k], found[k] = pack_.after(y, t_)[place];
    return found[0] == found[1] && found[1] == found[2];
  }
  static bool all_finite(const Numbers& p) {
    return std::all_of(p.begin(), p.end(), [](S x) { return std::isfinite(x); });
  }
  void try_flat() {
    Numbers y(pack_.size());
    for (S& x : y) x = static_cast<S>(10 * (inputs_.part() - 0.5));
    if (pack_.size() == 1 || pack_.contains(y)) return;  // one number may be free
    const Numbers p = pack_.after(y, t_);
    Numbers beside = p;
    for (S& x : beside) x += static_cast<S>(0.02 * (inputs_.part() - 0.5));
    report_.note("flat", pack_.contains(beside), 0, [&] {
      return input(y, p) + ", and all around that is in the set: " + text_of_numbers(beside, pack_.cols());
    });
  }
  void try_largest() {
    t_.clear();
    using Limits = std::numeric_limits<S>;
    for (const S x : {Limits::lowest(), Limits::max(), Limits::min(), Limits::denorm_min(), S(0)}) {
      const Numbers y(pack_.size(), x), p = pack_.after(y);
      report_.note("keeps finite", !all_finite(p), 0, [&] { return input(y, p); });
    }
  }

  CheckedPack<S>& pack_;
  DeclaredTraits declared_;
  CheckedInputs<S> inputs_;
  PolicyReport& report_;
  Numbers t_;
  bool convex_ = true;
};

/// Do float and double find the same point? Where a set is not convex, two points may be equally near.
inline void compare_precisions_of_set(CheckedPack<float>& single, CheckedPack<double>& twice, bool convex,
                                      const CheckedSizes& sizes, Rng& rng, PolicyReport& report) {
  CheckedInputs<float> inputs(rng, single.size());
  for (const double scale : sizes.scales())
    for (long trial = 0; trial < sizes.trials; ++trial) {
      const CheckedNumbers<float> y = inputs.numbers(scale),
                                  t = inputs.steps(trial % 2 == 1 && single.in_metric());
      const auto y2 = in_precision<double>(y), t2 = in_precision<double>(t),
                 p = in_precision<double>(single.after(y, t)), q = twice.after(y2, t2);
      const double apart = convex ? distance_in_steps(p, q, t2)
                                  : std::abs(distance_in_steps(p, y2, t2) - distance_in_steps(q, y2, t2));
      const CheckedNumbers<double> zero(y.size());
      const double size = distance_in_steps(y2, zero, t2) + distance_in_steps(q, zero, t2);
      report.note("float against double", size > 0 ? apart / size : apart, 100 * roundoff<float>, [&] {
        return format_message("{} x {}: {} becomes {} and {}",
                              {single.rows(), single.cols(), text_of_numbers(y, single.cols()),
                               text_of_numbers(p, single.cols()), text_of_numbers(q, single.cols())});
      });
    }
}

inline void check_set(const AnyPack<float>& single, const AnyPack<double>& twice,
                      const DeclaredTraits& declared, Index rows, Index cols, const CheckedSizes& sizes,
                      Rng& rng, PolicyReport& report) {
  CheckedPack<float> in_float(single, rows, cols);
  CheckedPack<double> in_double(twice, rows, cols);
  const CheckedNumbers<float> start = CheckedInputs<float>(rng, in_float.size()).numbers(1);
  in_float.start(start), in_double.start(in_precision<double>(start));
  SetProofs<double> proofs(in_double, declared, rng, report);
  const double hollow = proofs.hollow();
  const bool says = declared.says_convex && declared.convex;
  const auto found = [&] {
    return format_message(
        "{} x {}: the middle of two of its points is as far from it as {:.2g} of their distance",
        {rows, cols, hollow});
  };
  // A hollow of a convex set comes from rounding.
  constexpr double roundings = 1e-4;
  if (says) report.note("convex", hollow, roundings, found);
  const bool convex = says || (!declared.says_convex && hollow <= roundings);
  if (!convex) {
    const bool seen = hollow > roundings;
    const std::string why = seen ? "not convex; " + found() : "not convex, as it says itself";
    report.skip("non-expansive", why), report.skip("variational inequality", why);
  }
  if (!in_double.in_metric()) report.skip("uneven steps", "its projection is the Euclidean one");
  proofs.run(sizes, convex);
  SetProofs<float>(in_float, declared, rng, report).run(sizes, convex);
  compare_precisions_of_set(in_float, in_double, convex, sizes, rng, report);
}

}  // namespace espalier::detail
