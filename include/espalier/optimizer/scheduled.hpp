// SPDX-License-Identifier: MIT
// A policy whose number follows a schedule: a strength that decays, a radius that falls.
#pragma once

#include <cmath>
#include <concepts>
#include <memory>
#include <string_view>
#include <utility>

#include "espalier/core/check.hpp"
#include "espalier/core/policy.hpp"
#include "espalier/optimizer/any_schedule.hpp"
#include "espalier/pack/pace.hpp"

namespace espalier {
namespace detail {

/// Has a policy a number that a factor scales?
template <class P>
inline constexpr bool can_be_scaled = requires(P& p) {
  { p.scaled(1.0) } -> std::same_as<P>;
}
|| requires(P& p) { p.strength *= 1.0; }
|| requires(P& p) { p.radius *= 1.0; }
|| requires(P& p) { p.bound *= 1.0; };

/// Scales it: what `scaled` says, else the strength, the radius or the bound.
template <class P>
void scale(P& p, double factor) {
  if constexpr (requires { p.policy; })
    scale(p.policy, factor);
  else if constexpr (requires { p.scaled(factor); })
    p = p.scaled(factor);
  else if constexpr (requires { p.strength *= factor; })
    p.strength *= factor;
  else if constexpr (requires { p.radius *= factor; })
    p.radius *= factor;
  else
    p.bound *= factor;
}

}  // namespace detail

/// `Dense(64, 128, Scheduled{L1{1e-4}, CosineDecay{}})`: the strength, radius or bound of the policy, or what
/// its member `P scaled(double factor) const` scales, is multiplied by the schedule's factor of the step.
/// `fit` follows it before each step; a loop of your own calls `follow_schedules(net, progress)`. Until then
/// the factor is 1. PerInput and Whole stand inside, Every outside. At step 0 the schedule begins anew.
template <class P>
class Scheduled {
  static_assert(!detail::on_schedule<P>, "Scheduled in Scheduled: write one schedule, which multiplies both");
  static_assert(!detail::acts_seldom<P>,
                "Scheduled stands inside of Every: write Every{n, Scheduled{policy, schedule}}");
  static_assert(detail::can_be_scaled<detail::Ungrouped<P>>,
                "a policy in Scheduled has nothing that a factor scales, neither strength, radius nor bound: "
                "give it P scaled(double factor) const, or write it without Scheduled");
  static_assert(!(KeepsNumbers<detail::Ungrouped<P>> && Set<detail::Ungrouped<P>>),
                "a set that knows the place of each weight, or the weights that training started from, keeps "
                "its numbers: write it without Scheduled");

 public:
  P policy;  ///< as it is now

  static constexpr Grain grain = detail::grain_of<P>;
  static constexpr int block = detail::block_of<P>;

  /// As P makes itself, on no schedule.
  Scheduled() : Scheduled(P{}, ConstantRate{}) {}
  /// Throws ValueError for no schedule, and for one by reference: copies of a model have each their own.
  Scheduled(const P& p, AnySchedule schedule) : policy(p), base_(p) {
    if (!schedule) detail::fail("Scheduled", "a schedule", "an empty one");
    if (schedule.by_reference()) detail::fail("Scheduled", "a schedule by value", "std::ref");
    running_ = schedule;
    schedule_ = std::make_shared<const AnySchedule>(std::move(schedule));
  }

  /// As it was written.
  const P& base() const { return base_; }
  const AnySchedule& schedule() const { return *schedule_; }
  double factor() const { return factor_; }

  /// Takes the factor of the coming step. ValueError for one that is negative or not finite.
  void follow(const Progress& progress) {
    if (progress.step == 0) running_ = *schedule_;
    set_factor(running_(progress));
  }
  void set_factor(double factor) {
    if (!(factor >= 0) || !std::isfinite(factor))
      detail::fail("Scheduled", "a factor of the schedule >= 0 and finite", factor);
    policy = base_;
    if (factor != 1) detail::scale(policy, factor);
    factor_ = factor;
  }

  /// Are they written alike? The factor does not matter; lambdas are alike in copies only.
  bool operator==(const Scheduled& other) const requires std::equality_comparable<P> {
    const std::string text = schedule().text();
    return base_ == other.base_ && (schedule_ == other.schedule_ ||
                                    (text == other.schedule().text() && text.find("unnamed") == text.npos));
  }

 private:
  P base_;
  std::shared_ptr<const AnySchedule> schedule_;
  AnySchedule running_;  // remembers what it has seen of a run
  double factor_ = 1;
};
template <class P, class S>
Scheduled(P, S) -> Scheduled<P>;

}  // namespace espalier
