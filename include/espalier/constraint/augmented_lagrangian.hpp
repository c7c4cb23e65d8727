// SPDX-License-Identifier: MIT
// An inequality of a user's own on several parameters, by an augmented Lagrangian.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>

#include "espalier/core/check.hpp"
#include "espalier/core/description.hpp"
#include "espalier/core/error.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

struct AugmentedLagrangianOptions {
  double rate = 10;  ///< rho: how fast the multiplier grows, in the unit of the loss over that of c squared
  long every = 10;   ///< steps between two updates of the multiplier
};

/// c(W) <= 0 for a differentiable c of several parameters: the loss gets (max(0, lambda + rho c)^2 -
/// lambda^2) / (2 rho), and after every n-th step lambda becomes max(0, lambda + rho c) (Hestenes 1969,
/// Powell 1969; for inequalities Rockafellar 1973). At rest c <= 0, lambda >= 0, lambda c = 0 and the
/// gradient of loss + lambda c is 0: the conditions of Karush, Kuhn and Tucker. It is no set: between, and at
/// the end up to how far training has come, c may be above 0. `c` has two members, and what a policy may have
/// beside:
///
///   double value(const auto& parameters) const;                // of Parameters<S>
///   void add_gradient(auto& parameters, double factor) const;  // gradients += factor * that of value
///
/// It is a penalty of the optimizer and an observer of `fit`, the same object:
///
///   AugmentedLagrangian budget{Budget{}, {.rate = 10, .every = 20}};
///   Optimizer optimizer{Adam{}, budget};
///   fit(net, data, loss, optimizer, {.epochs = 50}, budget);
///
/// As an observer it updates lambda; where it is none, lambda stays what it is. Copies share lambda, those in
/// optimizers and models too. Each run of `fit` begins with lambda = 0, unless it goes on from a TrainState;
/// a checkpoint keeps it with what other observers keep. In a loop of your own call `update(net)` after
/// every n-th step. Under a rule that divides by the size of gradients, as Adam, rho need not be large.
template <class Constraint>
class AugmentedLagrangian {
 public:
  using Options = AugmentedLagrangianOptions;
  static constexpr std::string_view name = "AugmentedLagrangian";

  explicit AugmentedLagrangian(const Constraint& constraint, const Options& options = {})
      : constraint_(constraint), options_(options), state_(std::make_shared<State>()) {
    validate();
  }

  double multiplier() const { return state_->multiplier; }
  const Constraint& constraint() const { return constraint_; }

  double value(const auto& parameters) const {
    const double lambda = state_->multiplier, slope = slope_at(parameters);
    return (slope * slope - lambda * lambda) / (2 * options_.rate);
  }
  bool add_gradient(auto& parameters) const {
    const double slope = slope_at(parameters);
    if (slope > 0) constraint_.add_gradient(parameters, slope);
    return slope > 0;
  }

  /// lambda = max(0, lambda + rho c). Throws NotFiniteError, and changes nothing, if c is not finite.
  void update(const auto& model) {
    const double slope = slope_at(model.parameters());
    if (!std::isfinite(slope)) detail::fail<NotFiniteError>(name, "a finite value of the constraint", slope);
    state_->multiplier = slope;
  }

  void start(const auto& plan) {
    if (plan.done == 0) *state_ = {};
  }
  void batch(const auto& model, const auto&) {
    if (++state_->steps % options_.every == 0) update(model);
  }
  static void each_state(auto& self, auto&& f) {
    f("multiplier", self.state_->multiplier), f("steps", self.state_->steps);
  }

  void validate() const {
    detail::check_positive_float(name, "rate", options_.rate);
    if (options_.every < 1) detail::fail(name, "every >= 1", options_.every);
    if constexpr (requires { constraint_.validate(); }) constraint_.validate();
  }
  void validate(const auto& parameters) const {
    if constexpr (requires { constraint_.validate(parameters); }) constraint_.validate(parameters);
  }
  void describe(auto&& f) const {
    f("constraint", detail::described(constraint_));
    f("rate", options_.rate), f("every", static_cast<double>(options_.every));
  }

 private:
  struct State {
    double multiplier = 0;
    long steps = 0;  ///< of the run so far
  };
  /// max(0, lambda + rho c), and NaN for NaN.
  double slope_at(const auto& parameters) const {
    const double slope = state_->multiplier + options_.rate * constraint_.value(parameters);
    return slope < 0 ? 0 : slope;
  }

  Constraint constraint_;
  Options options_;
  std::shared_ptr<State> state_;
};

}  // namespace espalier
