// SPDX-License-Identifier: MIT
// Which of the policies that a layer is given are for its weight, for its bias and for its gains.
#pragma once

#include <concepts>
#include <type_traits>

#include "espalier/pack/pack_of.hpp"

namespace espalier {

namespace detail {

/// What a policy is on a parameter that is one vector: those of vectors look at all of it, whatever its
/// shape.
template <class P>
inline constexpr bool of_rows = !Grouping<P>::named && (NormSet<P> || VectorSet<P> || VectorPenalty<P>);
template <class P>
struct FormOnVector {
  using type = std::conditional_t<of_rows<P>, OnVector<P>, P>;
};
template <class P>
struct FormOnVector<Every<P>> {
  using type = Every<typename FormOnVector<P>::type>;
};
template <class P>
struct FormOnVector<Scheduled<P>> {
  using type = Scheduled<typename FormOnVector<P>::type>;
};
template <class P>
using AsOnVector = typename FormOnVector<P>::type;

template <class P>
AsOnVector<P> as_on_vector(const P& policy) {
  if constexpr (std::is_same_v<AsOnVector<P>, P>)
    return policy;
  else if constexpr (of_rows<P>)
    return {policy};
  else if constexpr (requires { policy.n; })
    return {policy.n, as_on_vector(policy.policy)};
  else
    return {as_on_vector(policy.base()), policy.schedule()};
}

}  // namespace detail

/// Policies for the bias, which is free otherwise: `Dense(64, 10, Bias{NonNegative{}})`. A bias is one
/// vector: `Bias{MaxNorm{1}}` bounds the norm of all its numbers, `Bias{UnitNorm{}}` makes it 1.
template <class... Ps>
struct Bias {
  Pack<detail::AsOnVector<Ps>...> pack;
  Bias() = default;
  explicit Bias(const Ps&... ps) requires(sizeof...(Ps) > 0) : pack(detail::as_on_vector(ps)...) {}
  bool operator==(const Bias&) const = default;
};

/// Policies for the gains of WeightNorm, one vector too: `Dense(64, 10, WeightNorm{}, Gain{Clip{0, 2}})`.
template <class... Ps>
struct Gain {
  Pack<detail::AsOnVector<Ps>...> pack;
  Gain() = default;
  explicit Gain(const Ps&... ps) requires(sizeof...(Ps) > 0) : pack(detail::as_on_vector(ps)...) {}
  bool operator==(const Gain&) const = default;
};

/// y = W x, without a bias.
struct NoBias {
  bool operator==(const NoBias&) const = default;
};

namespace detail {

template <class P>
inline constexpr bool is_bias = false;
template <class... Ps>
inline constexpr bool is_bias<Bias<Ps...>> = true;
template <class P>
inline constexpr bool is_gain = false;
template <class... Ps>
inline constexpr bool is_gain<Gain<Ps...>> = true;

/// Stands for policies that are written before the sizes of a layer.
struct BeforeSizes {};

struct WeightPolicies {
  template <class P>
  static constexpr bool keeps = !is_bias<P> && !is_gain<P> && !std::same_as<P, NoBias>;
};

/// The Bias<...> (Gain<...>) among the policies, or an empty one.
template <class None, template <class> class Wanted, class... Ps>
struct Find {
  using type = None;
};
template <class None, template <class> class Wanted, class P, class... Ps>
struct Find<None, Wanted, P, Ps...>
    : std::conditional_t<Wanted<P>::value, std::type_identity<P>, Find<None, Wanted, Ps...>> {};
template <class P>
struct BiasTest : std::bool_constant<is_bias<P>> {};
template <class P>
struct GainTest : std::bool_constant<is_gain<P>> {};

/// What a layer has beside its weight, checked.
template <class... Policies>
struct LayerPolicies {
  using Weight = PackOf<WeightPolicies, Policies...>;
  using BiasPolicies = typename Find<Bias<>, BiasTest, Policies...>::type;
  using GainPolicies = typename Find<Gain<>, GainTest, Policies...>::type;

  static constexpr bool has_bias = !(false || ... || std::same_as<Policies, NoBias>);
  static constexpr bool row_scaled = (false || ... || RowScale<Policies>);
  static constexpr bool has_gain = (false || ... || [] {
    if constexpr (RowScale<Policies>) return bool{Policies::trains_gain};
    return false;
  }());

  static_assert(has_gain || std::same_as<GainPolicies, Gain<>>,
                "Gain<...> needs a gain: add WeightNorm to the layer");
  static_assert(has_bias || std::same_as<BiasPolicies, Bias<>>,
                "Bias<...> needs a bias: remove NoBias from the layer");
  static_assert((0 + ... + int{is_bias<Policies>}) <= 1 && (0 + ... + int{is_gain<Policies>}) <= 1,
                "Bias<...> or Gain<...> is given twice: write all its policies into one");

  /// The Bias<...> (Gain<...>) among the policies.
  static BiasPolicies bias(const Policies&... policies) {
    BiasPolicies found;
    (
        [&] {
          if constexpr (is_bias<Policies>) found = policies;
        }(),
        ...);
    return found;
  }
  static GainPolicies gain(const Policies&... policies) {
    GainPolicies found;
    (
        [&] {
          if constexpr (is_gain<Policies>) found = policies;
        }(),
        ...);
    return found;
  }
};

}  // namespace detail
}  // namespace espalier
