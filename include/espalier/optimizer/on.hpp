// SPDX-License-Identifier: MIT
// What an optimizer does to some parameters only, which a pattern of paths chooses: their rate, whether a
// rule sees matrices, their policies and their gradient transforms. PyTorch calls this parameter groups.
#pragma once

#include <concepts>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "espalier/core/check.hpp"
#include "espalier/layer/policies.hpp"
#include "espalier/optimizer/transform.hpp"

namespace espalier {

/// The learning rate of some parameters is that of the others, schedule included, times this factor: 0.1 is a
/// tenth. Decoupled decay and the step sizes of sets and penalties go with it. For 0 write freeze(net, "0.*")
/// instead.
struct RateFactor {
  double factor = 1;

  void validate() const { detail::check_positive_float("RateFactor", "factor", factor); }
  void describe(auto&& f) const { f("factor", factor); }
  bool operator==(const RateFactor&) const = default;
};

/// A rule that sees matrices moves these parameters number by number, as it moves biases: `On{"4.weight",
/// Elementwise{}}` leaves an output head or an embedding to the Adam inside Muon, at its `other_rate`
/// (`use_muon=False` in Jordan's code; with torch.optim.Muon they get an optimizer of their own).
struct Elementwise {
  bool operator==(const Elementwise&) const = default;
};

namespace detail {

struct PoliciesOfPattern {
  template <class T>
  static constexpr bool keeps = !GradientTransform<T> && !JointPenalty<T> && !is_bias<T> && !is_gain<T> &&
                                !std::same_as<T, RateFactor> && !std::same_as<T, Elementwise>;
};

}  // namespace detail

/// `On{"0.*", RateFactor{0.1}, MaxNorm{3}, Bias{NonNegative{}}, ClipNorm{1}}`, among what an optimizer is
/// given: for the parameters whose paths fit the pattern, in which * stands for any text. Any number of
///
/// - RateFactor: the factors of all patterns that fit a parameter are multiplied;
/// - Elementwise, under a rule that sees matrices, as Muon;
/// - policies, written as for a layer: for the weights that fit, in Bias{...} for biases, in Gain{...} for
///   gains. They replace those that the optimizer has for all weights. Where a layer has policies of its own,
///   or two patterns have policies for one parameter, they are refused;
/// - gradient transforms, which see the gradients of all that fit as one array, at their turn among the
///   other transforms.
///
/// A pattern that fits nothing trained is refused.
template <class... Items>
struct On {
  static_assert(sizeof...(Items) > 0,
                "On{pattern} alone does nothing: write what for, as On{pattern, MaxNorm{3}}");
  static_assert(
      (true && ... && (!GradientTransform<Items> || detail::TransformsArray<Items>)),
      "a gradient transform that looks at parameters chooses its own by their paths: write it without On");
  static_assert((true && ... && !JointPenalty<Items>),
                "a penalty on several parameters chooses its own by their paths: write it without On, as "
                "ProductOfNorms{.strength = 1e-3, .pattern = \"0.*\"}");

  using Policies = detail::PackOf<detail::PoliciesOfPattern, Items...>;
  static_assert(
      Policies::reparametrizations == 0,
      "a reparametrization belongs to a layer, not to an optimizer: write Dense(in, out, WeightNorm{})");
  static_assert((0 + ... + int{detail::is_bias<Items>}) <= 1 && (0 + ... + int{detail::is_gain<Items>}) <= 1,
                "Bias<...> or Gain<...> is given twice: write all its policies into one");

  std::string pattern;
  std::tuple<Items...> items;

  explicit On(std::string paths, const Items&... what) : pattern(std::move(paths)), items(what...) {}

  /// f(item) for each of them.
  template <class F>
  void for_each(F&& f) const {
    std::apply([&](const Items&... item) { (f(item), ...); }, items);
  }
  void validate() const {
    for_each([](const auto& item) {
      const auto& inner = detail::ungrouped(item);
      if constexpr (requires { inner.validate(); }) inner.validate();
    });
  }
};

namespace detail {

template <class E>
inline constexpr bool is_on = false;
template <class... Items>
inline constexpr bool is_on<On<Items...>> = true;

/// Does an On say Elementwise?
template <class E>
inline constexpr bool says_elementwise = false;
template <class... Items>
inline constexpr bool says_elementwise<On<Items...>> = (false || ... || std::same_as<Items, Elementwise>);

/// Does what an optimizer is given change gradients, by itself or for a pattern?
template <class E>
inline constexpr bool transforms_gradients = GradientTransform<E>;
template <class... Items>
inline constexpr bool transforms_gradients<On<Items...>> = (false || ... || GradientTransform<Items>);

}  // namespace detail
}  // namespace espalier
