// SPDX-License-Identifier: MIT
// Schedules: by which factor the learning rate of the coming step differs from the optimizer's own.
//
// A schedule is any callable `double operator()(const Progress&)`, a lambda for example. Those below throw
// ValueError for options that make no sense, in `validate()` and when called. Optional is `describe`, which
// names options (core/description.hpp): by them a run that is taken up is compared.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <numbers>

#include "espalier/core/check.hpp"
#include "espalier/core/description.hpp"

namespace espalier {

/// How far training has come. `loss` is that of the latest finished epoch: the validation loss if there are
/// validation data, else what the run minimizes, the mean loss of the epoch's batches plus the penalties
/// after it.
struct Progress {
  long step = 0;                                           ///< the coming step, counted from 0
  long steps = 0;                                          ///< planned in total
  long epoch = 0;                                          ///< of that step, counted from 0
  long epochs = 0;                                         ///< planned in total
  double loss = std::numeric_limits<double>::quiet_NaN();  ///< NaN before the first epoch has finished
};

template <class S>
concept Schedule = requires(S& schedule, const Progress& progress) {
  { schedule(progress) } -> std::convertible_to<double>;
};

namespace detail {

inline long planned_steps(std::string_view where, const Progress& p) {
  if (p.steps < 1) fail(where, "at least 1 planned step (Progress::steps)", p.steps);
  return p.steps;
}

/// From `from` at x = 0 to `to` at x = 1, along half a cosine.
inline double cosine(double from, double to, double x) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * std::clamp(x, 0.0, 1.0))) / 2;
}

}  // namespace detail

/// The optimizer's rate, unchanged.
struct ConstantRate {
  double operator()(const Progress&) const { return 1; }
  bool operator==(const ConstantRate&) const = default;
};

/// Times `factor` after every `every` epochs (torch StepLR).
struct StepDecay {
  long every = 30;  ///< epochs
  double factor = 0.1;

  void validate() const {
    if (every < 1) detail::fail("StepDecay", "every >= 1 epochs", every);
    detail::check_positive("StepDecay", "factor", factor);
  }
  void describe(auto&& f) const { f("every", static_cast<double>(every)), f("factor", factor); }
  double operator()(const Progress& p) const {
    validate();
    return std::pow(factor, p.epoch / every);
  }
  bool operator==(const StepDecay&) const = default;
};

/// Times `factor` after every epoch (torch ExponentialLR).
struct ExponentialDecay {
  double factor = 0.95;

  void validate() const { detail::check_positive("ExponentialDecay", "factor", factor); }
  void describe(auto&& f) const { f("factor", factor); }
  double operator()(const Progress& p) const {
    validate();
    return std::pow(factor, p.epoch);
  }
  bool operator==(const ExponentialDecay&) const = default;
};

/// Along half a cosine from 1 toward `final_factor`, step by step (Loshchilov & Hutter 2017, eq. 5, without
/// restarts).
struct CosineDecay {
  double final_factor = 0;

  void validate() const { detail::check_not_negative("CosineDecay", "final_factor", final_factor); }
  void describe(auto&& f) const { f("final_factor", final_factor); }
  double operator()(const Progress& p) const {
    validate();
    const auto steps = static_cast<double>(detail::planned_steps("CosineDecay", p));
    return detail::cosine(1, final_factor, static_cast<double>(p.step) / steps);
  }
  bool operator==(const CosineDecay&) const = default;
};

/// `then`, whose first value is approached in `steps` equal steps: 1/steps, 2/steps, ..., 1 of it. `then`
/// counts its own steps from the end of the warm-up; epochs and losses it sees as they are. `WarmUp{500,
/// CosineDecay{}}`.
template <class S = ConstantRate>
struct WarmUp {
  long steps = 0;
  S then{};

  void validate() const {
    if (steps < 0) detail::fail("WarmUp", "steps >= 0", steps);
    if constexpr (requires { then.validate(); }) then.validate();
  }
  void describe(auto&& f) const {
    f("steps", static_cast<double>(steps)), f("then", detail::described(then));
  }
  double operator()(const Progress& p) {
    static_assert(Schedule<S>,
                  "WarmUp: `then` is not a schedule: it lacks double operator()(const Progress&)");
    validate();
    Progress rest = p;
    rest.step = std::max(0L, p.step - steps);
    if (p.steps > 0) rest.steps = std::max(1L, p.steps - steps);
    const double ramp = p.step < steps ? static_cast<double>(p.step + 1) / static_cast<double>(steps) : 1;
    return ramp * then(rest);
  }
  bool operator==(const WarmUp&) const = default;
};

template <class S>
WarmUp(long, S) -> WarmUp<S>;
WarmUp(long)->WarmUp<>;

/// Up from `start_factor` to 1 in the first `warm_fraction` of the steps, down to `final_factor` in the rest,
/// both along half a cosine (Smith & Topin 2018; torch OneCycleLR in two phases, where the defaults read
/// div_factor = 25, final_div_factor = 1e4).
struct OneCycle {
  double warm_fraction = 0.3, start_factor = 0.04, final_factor = 4e-6;

  void validate() const {
    if (!(warm_fraction >= 0 && warm_fraction <= 1))
      detail::fail("OneCycle", "0 <= warm_fraction <= 1", warm_fraction);
    detail::check_not_negative("OneCycle", "start_factor", start_factor);
    detail::check_not_negative("OneCycle", "final_factor", final_factor);
  }
  void describe(auto&& f) const {
    f("warm_fraction", warm_fraction), f("start_factor", start_factor), f("final_factor", final_factor);
  }
  double operator()(const Progress& p) const {
    validate();
    const auto steps = static_cast<double>(detail::planned_steps("OneCycle", p)),
               step = static_cast<double>(p.step);
    const double peak = warm_fraction * steps - 1, last = steps - 1;
    if (step <= peak) return detail::cosine(start_factor, 1, peak > 0 ? step / peak : 1);
    return detail::cosine(1, final_factor, last > peak ? (step - peak) / (last - peak) : 1);
  }
  bool operator==(const OneCycle&) const = default;
};

/// Times `factor` once the loss has not improved for more than `patience` epochs (torch ReduceLROnPlateau,
/// mode 'min', relative threshold). An improvement is a loss below best - threshold * abs(best), which for
/// losses above 0 is PyTorch's rule; below 0 PyTorch takes what is worse for an improvement. It remembers a
/// run: start the next one with a fresh value.
struct OnPlateau {
  double factor = 0.1;
  long patience = 10;  ///< epochs
  double threshold = 1e-4;
  double minimum = 0;  ///< the least it returns
  long cooldown = 0;   ///< epochs after a reduction in which bad ones do not count

  /// Of the run so far.
  struct State {
    double current = 1, best = std::numeric_limits<double>::infinity();
    long epoch = 0, bad = 0, cooling = 0;
    bool operator==(const State&) const = default;
  } state{};

  void validate() const {
    if (!(factor > 0 && factor < 1)) detail::fail("OnPlateau", "0 < factor < 1", factor);
    if (patience < 0) detail::fail("OnPlateau", "patience >= 0", patience);
    detail::check_fraction("OnPlateau", "threshold", threshold);
    if (!(minimum >= 0 && minimum <= 1)) detail::fail("OnPlateau", "0 <= minimum <= 1", minimum);
    if (cooldown < 0) detail::fail("OnPlateau", "cooldown >= 0", cooldown);
  }
  void describe(auto&& f) const {
    f("factor", factor), f("patience", static_cast<double>(patience)), f("threshold", threshold);
    f("minimum", minimum), f("cooldown", static_cast<double>(cooldown));
  }
  double operator()(const Progress& p) {
    validate();
    if (p.epoch != state.epoch && !std::isnan(p.loss)) {
      state.epoch = p.epoch;
      record_loss(p.loss);
    }
    return state.current;
  }
  bool operator==(const OnPlateau&) const = default;

 private:
  void record_loss(double loss) {
    const bool first = std::isinf(state.best) && state.best > 0;
    const bool better = first ? loss < state.best : loss < state.best - threshold * std::abs(state.best);
    if (better) state.best = loss;
    state.bad = better ? 0 : state.bad + 1;
    if (state.cooling > 0) --state.cooling, state.bad = 0;
    if (state.bad <= patience) return;
    state = {std::max(state.current * factor, minimum), state.best, state.epoch, 0, cooldown};
  }
};

}  // namespace espalier
