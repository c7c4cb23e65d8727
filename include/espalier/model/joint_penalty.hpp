// SPDX-License-Identifier: MIT
// Penalties that see several parameters of a model at once, as the product of the norms of its layers.
//
// Such a policy has two members, const and for float and double:
//
//   double value(const Parameters<S>& parameters) const;
//   bool add_gradient(Parameters<S>& parameters) const;   // false: there was nothing to add
//
// It finds its parameters by their paths and kinds, reads their values and changes gradients only. It may
// write to the gradients of frozen parameters, which are not used. Those of a tied parameter are added to
// what it is tied to. Optional are a name, `describe` (core/description.hpp), `void validate() const`, and
// `void validate(const Parameters<S>& parameters) const`, which throws ValueError for a model that the policy
// does not fit.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include "espalier/core/description.hpp"
#include "espalier/core/parameter.hpp"
#include "espalier/core/policy.hpp"

namespace espalier {

template <Scalar S>
class Parameters;

template <class P>
concept JointPenalty = requires(const P& p, Parameters<float>& f, Parameters<double>& d) {
  { p.add_gradient(f) } -> std::same_as<bool>;
  { p.add_gradient(d) } -> std::same_as<bool>;
}
&&requires(const P& p, const Parameters<float>& f, const Parameters<double>& d) {
  { p.value(f) } -> std::same_as<double>;
  { p.value(d) } -> std::same_as<double>;
};

/// A joint penalty without its type. Copies share it, and are equal; nobody changes it.
template <Scalar S>
class AnyJointPenalty {
 public:
  template <JointPenalty P>
  explicit AnyJointPenalty(const P& penalty) : held_(std::make_shared<const Of<P>>(penalty)) {}

  std::string_view name() const { return held_->name(); }
  /// With its options: "ProductOfNorms{strength = 0.001, pattern = '*'}".
  std::string text() const { return held_->text(); }
  double value(const Parameters<S>& parameters) const { return held_->value(parameters); }
  bool add_gradient(Parameters<S>& parameters) const { return held_->add_gradient(parameters); }
  void validate(const Parameters<S>& parameters) const { held_->validate(parameters); }

  bool operator==(const AnyJointPenalty&) const = default;

 private:
  struct Held {
    virtual ~Held() = default;
    virtual std::string_view name() const = 0;
    virtual std::string text() const = 0;
    virtual double value(const Parameters<S>&) const = 0;
    virtual bool add_gradient(Parameters<S>&) const = 0;
    virtual void validate(const Parameters<S>&) const = 0;
  };
  template <class P>
  struct Of final : Held {
    P policy;

    explicit Of(const P& penalty) : policy(penalty) {}
    std::string_view name() const override { return policy_name<P>(); }
    std::string text() const override { return detail::described(policy); }
    double value(const Parameters<S>& parameters) const override { return policy.value(parameters); }
    bool add_gradient(Parameters<S>& parameters) const override { return policy.add_gradient(parameters); }
    void validate([[maybe_unused]] const Parameters<S>& parameters) const override {
      if constexpr (requires { policy.validate(parameters); }) policy.validate(parameters);
    }
  };

  std::shared_ptr<const Held> held_;
};

/// As it stands in a model.
template <Scalar S>
struct JointEntry {
  AnyJointPenalty<S> penalty;
  /// What a step does, once for all that there are. A pointer, so that programs without any do not compile
  /// it.
  void (*add_gradients)(Parameters<S>& parameters, S largest);
  Activity activity{};
  bool added = false;  ///< a gradient, in the step at hand
};

}  // namespace espalier
