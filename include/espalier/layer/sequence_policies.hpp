// SPDX-License-Identifier: MIT
// Which of the policies that a recurrent layer is given are for the weight of its inputs, and which for that
// of its own hidden state.
#pragma once

#include <concepts>
#include <string_view>
#include <tuple>
#include <utility>

#include "espalier/layer/policies.hpp"
#include "espalier/layer/weight.hpp"

namespace espalier {

/// Policies for the weight that multiplies the inputs of a recurrent layer:
/// `LSTM(8, 16, 20, {}, InputWeight{L1{1e-4}})`.
template <class... Ps>
struct InputWeight {
  static_assert(
      !(false || ... || (detail::is_bias<Ps> || std::same_as<Ps, NoBias>)),
      "a weight has no bias: write Bias<...> and NoBias beside InputWeight<...> and RecurrentWeight<...>");
  std::tuple<Ps...> policies;
  InputWeight() = default;
  explicit InputWeight(const Ps&... ps) requires(sizeof...(Ps) > 0) : policies(ps...) {}
  bool operator==(const InputWeight&) const = default;
};

/// Policies for the weight that multiplies the hidden state of the step before:
/// `LSTM(8, 16, 20, {}, RecurrentWeight{MaxNorm{1}})`.
template <class... Ps>
struct RecurrentWeight {
  static_assert(
      !(false || ... || (detail::is_bias<Ps> || std::same_as<Ps, NoBias>)),
      "a weight has no bias: write Bias<...> and NoBias beside InputWeight<...> and RecurrentWeight<...>");
  std::tuple<Ps...> policies;
  RecurrentWeight() = default;
  explicit RecurrentWeight(const Ps&... ps) requires(sizeof...(Ps) > 0) : policies(ps...) {}
  bool operator==(const RecurrentWeight&) const = default;
};

namespace detail {

template <class P>
inline constexpr bool is_weight_wrapper = false;
template <class... Ps>
inline constexpr bool is_weight_wrapper<InputWeight<Ps...>> = true;
template <class... Ps>
inline constexpr bool is_weight_wrapper<RecurrentWeight<Ps...>> = true;

/// What one argument of a recurrent layer says of the weight of `Wrapper`: what stands in that, or the policy
/// itself, which is then for both weights.
template <template <class...> class Wrapper>
struct ForWeight {
  template <class P>
  static auto of(const P& policy) {
    if constexpr (is_weight_wrapper<P> || is_bias<P> || std::same_as<P, NoBias>)
      return std::tuple<>();
    else
      return std::tuple<P>(policy);
  }
  template <class... Ps>
  static auto of(const Wrapper<Ps...>& wrapped) {
    return wrapped.policies;
  }
};

/// What it says of the bias.
struct ForBias {
  template <class P>
  static auto of(const P& policy) {
    if constexpr (is_bias<P> || std::same_as<P, NoBias>)
      return std::tuple<P>(policy);
    else
      return std::tuple<>();
  }
};

/// What the arguments of a recurrent layer say of a parameter, as a tuple of policies.
template <class Parameter, class... Policies>
auto policies_for(const Policies&... policies) {
  return std::tuple_cat(Parameter::of(policies)...);
}
template <class Parameter, class... Policies>
using PoliciesFor = decltype(policies_for<Parameter>(std::declval<const Policies&>()...));

/// A weight, and a bias, under the policies of a tuple.
template <class Tuple>
struct Under;
template <class... Ps>
struct Under<std::tuple<Ps...>> {
  using WeightType = Weight<Dynamic, Dynamic, Ps...>;
  using Roles = LayerPolicies<Ps...>;

  static WeightType weight(std::string_view where, Index in, Index out, const std::tuple<Ps...>& policies) {
    return std::apply([&](const Ps&... ps) { return WeightType(where, in, out, ps...); }, policies);
  }
  static auto bias(const std::tuple<Ps...>& policies) {
    return std::apply([](const Ps&... ps) { return Roles::bias(ps...); }, policies);
  }
};

}  // namespace detail
}  // namespace espalier
